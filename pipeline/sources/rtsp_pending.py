"""Pictures of a camera that were read, but not yet handed on."""

import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.sources.event_clock import EventClock
from pipeline.sources.rtsp_session import Shot
from pipeline.sources.timeline import MediaClock

_LONGEST_HOLD = timedelta(seconds=3)
"""How long the first frames wait for the camera's first sender report; GStreamer's and most cameras' come within 2 s."""
_LATE = timedelta(seconds=3)
_LATE_AT_START = timedelta(seconds=8)
# Where more are sampled than 13 a second, not all can wait so long.
_MOST_HELD = 40
# 1.5 bytes each: 20 pictures of 1080p.
_MOST_PIXELS_HELD = 40_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A sampled picture whose event time may not be known yet."""

    shot: Shot
    index: int
    media_s: float
    frames_damaged: int


class Hold:
    """The first frames of a connection, until its camera has told the time."""

    def __init__(self) -> None:
        self.frames: deque[Held] = deque()
        self._until: datetime | None = None
        self._over = False

    def add(self, shot: Shot, index: int, media_s: float, frames_damaged: int) -> None:
        """Hold a sampled picture, if only for a moment."""
        self.frames.append(Held(shot, index, media_s, frames_damaged))

    def is_over(self, now: datetime, times: EventClock) -> bool:
        """Whether what is held can be let go, and all that follows at once."""
        self._until = self._until or now + _LONGEST_HOLD
        pixels = sum(held.shot.frame.width * held.shot.frame.height for held in self.frames)
        too_many = len(self.frames) >= _MOST_HELD or pixels > _MOST_PIXELS_HELD
        self._over = self._over or times.is_reported or now >= self._until or too_many
        return self._over


class Seen:
    """How far the pictures of a camera have come in media time."""

    def __init__(self) -> None:
        self.connected_s = 0.0
        self.media_s: float | None = None
        self._clock = MediaClock()
        self._at = time.monotonic()
        self._fresh = True

    def reconnected(self) -> None:
        """The next picture is the first of a connection."""
        self._fresh = True

    def since_last_s(self) -> float:
        """Seconds since the last picture, or since the source began to try."""
        return time.monotonic() - self._at

    def media_time_s(self, shot: Shot) -> float:
        """Note a picture and tell its media time; the gap before the first one of a connection counts, but not as connected."""
        if self._fresh:
            self._clock.restart(self.since_last_s())
        media_s = self._clock.at(shot.stamp_s, 0.0 if self._fresh else shot.step_s)
        if self.media_s is not None and not self._fresh:
            self.connected_s += media_s - self.media_s
        self.media_s, self._at, self._fresh = media_s, time.monotonic(), False
        return media_s


class Patience:
    """Whether a picture may wait for those who take it, because it is not late yet. One thread.

    What comes in one go, after a connection or while a parser was still loading, is no reason to drop anything. But a parser that
    is slower than the camera never catches up, and then what is too late must go.
    """

    def __init__(self) -> None:
        self._most = _LATE_AT_START

    def covers(self, late: timedelta) -> bool:
        """Whether so late is not too late; whoever has caught up may not fall so far behind again."""
        self._most = min(self._most, max(late, timedelta()) + _LATE)
        return late < self._most
