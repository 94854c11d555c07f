"""A recording that stands for a camera: played at its own pace, again and again."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from config.cameras import SamplingSettings
from domain.frame import Frame, SourceItem
from pipeline.sources.base import SourcePosition, SourceStats
from pipeline.sources.file import FileSource

Wait = Callable[[threading.Event, float], bool]
"""Waits for the event, at most so many seconds; whether it is set."""


def _wait(event: threading.Event, seconds: float) -> bool:
    return event.wait(seconds)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ReplaySource:
    """Frames of a video file as a camera would send them: each at its moment, and the first follows the last.

    Event times are the moments of this machine at which the pictures are due, so they run on from one round to the next.

    Args:
        path: The file.
        stream_id: Name of the stream.
        sampling: How many pictures are looked at; `limit_s` counts over all rounds.
        clock: Monotonic seconds.
        now: The time of this machine, UTC.
        wait: How to wait until a picture is due.
    """

    def __init__(
        self,
        path: Path,
        *,
        stream_id: str,
        sampling: SamplingSettings,
        clock: Callable[[], float] = monotonic,
        now: Callable[[], datetime] = _utc_now,
        wait: Wait = _wait,
    ) -> None:
        self._path, self._stream_id, self._sampling = path, stream_id, sampling
        self._clock, self._now, self._wait = clock, now, wait
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._round = self._new_round()
        self._before = SourceStats(0, 0, 0.0)
        self._yielded = 0

    @property
    def stream_id(self) -> str:
        """Name of the stream."""
        return self._stream_id

    @property
    def location(self) -> str:
        """The path as the user gave it, as `shown_name` shows it."""
        return self._round.location

    @property
    def live(self) -> bool:
        """True: pictures come when they are due."""
        return True

    @property
    def duration_s(self) -> float | None:
        """None: it goes on."""
        return None

    @property
    def picture_step_s(self) -> float:
        """That of the file."""
        return self._round.picture_step_s

    @property
    def started_at(self) -> datetime | None:
        """None, as of a camera."""
        return None

    def content(self) -> str | None:
        """None, as of a camera."""
        return None

    def open(self) -> None:
        """Open the file and decode its first picture.

        Raises:
            SourceError: There is no such file, or it is not a video with a picture in it.
        """
        self._round.open()

    def resume(self, position: SourcePosition) -> None:
        """Nothing, as of a camera."""

    def items(self) -> Iterator[SourceItem]:
        """Frames, each when it is due; ends after `close` or the limit.

        Raises:
            MediaBroken: The file breaks in the middle.
            SourceError: The file went away between two rounds.
        """
        began_s, began = self._clock(), self._now()
        limit_s = self._sampling.limit_s
        while not self._stop.is_set():
            before, last_s = self._before, 0.0
            for item in self._round.items():
                if not isinstance(item, Frame):
                    continue
                at_s = before.media_seconds + item.media_time_s
                if limit_s is not None and at_s >= limit_s:
                    return
                if self._wait(self._stop, max(0.0, began_s + at_s - self._clock())):
                    return
                last_s = item.media_time_s
                self._yielded += 1
                yield replace(
                    item,
                    index=before.frames_read + item.index,
                    sample_index=self._yielded - 1,
                    media_time_s=at_s,
                    event_time=began + timedelta(seconds=at_s),
                    time_source="arrival",
                    frames_damaged=before.frames_damaged + item.frames_damaged,
                )
            self._next_round(last_s)

    def stats(self) -> SourceStats:
        """Counts over all rounds."""
        with self._lock:
            return replace(_together(self._before, self._round.stats()), frames_sampled=self._yielded)

    def close(self) -> None:
        """End `items` soon."""
        self._stop.set()
        with self._lock:
            self._round.close()

    def _next_round(self, last_s: float) -> None:
        """Begin anew; the first picture is due one step after the last."""
        ended = self._round
        done = ended.stats()
        seconds = max(done.media_seconds, last_s + ended.picture_step_s)
        ended.close()
        if self._stop.is_set():
            return
        following = self._new_round()
        following.open()
        with self._lock:
            self._before = _together(self._before, replace(done, media_seconds=seconds))
            self._round = following
            if self._stop.is_set():
                following.close()

    def _new_round(self) -> FileSource:
        return FileSource(
            self._path,
            stream_id=self._stream_id,
            sample_fps=self._sampling.fps,
            keyframes_only=self._sampling.keyframes_only,
        )


def _together(one: SourceStats, other: SourceStats) -> SourceStats:
    return SourceStats(
        one.frames_read + other.frames_read,
        one.frames_sampled + other.frames_sampled,
        one.media_seconds + other.media_seconds,
        one.frames_damaged + other.frames_damaged,
    )
