"""What a stream says of itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.events import HealthStatus, StreamHealth, StreamIdentity
from domain.frame import Frame, TimeSource
from pipeline.sources.base import SourceStats
from pipeline.stream_clock import StreamClock


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """Frames of a stream so far: read, sampled and damaged as its source counts them, and those that came from the parser."""

    read: int = 0
    sampled: int = 0
    damaged: int = 0
    parsed: int = 0

    def with_frame(self, frame: Frame) -> "FrameCounts":
        """The same, and a frame that came from the parser."""
        return FrameCounts(frame.index + 1, frame.sample_index + 1, frame.frames_damaged, self.parsed + 1)

    def at_end(self, stats: SourceStats) -> "FrameCounts":
        """The same, and what the source has read since."""
        return FrameCounts(stats.frames_read, stats.frames_sampled, stats.frames_damaged, self.parsed)


class HealthReports:
    """How a stream does, and when it is due to say so again.

    Args:
        stream: Its name, and what the ids of its events are made from.
        clock: Of the stream.
        interval_s: A live stream says that often that frames come; None for a recording.
    """

    def __init__(self, stream: StreamIdentity, clock: StreamClock, interval_s: float | None) -> None:
        self._stream, self._clock = stream, clock
        self._interval = None if interval_s is None else timedelta(seconds=interval_s)
        self.frames = FrameCounts()
        self.next: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether a live stream is to say that frames come; asked with the time of each of them."""
        if self._interval is None:
            return False
        due = self.next is not None and now >= self.next
        if due or self.next is None:
            self.next = now + self._interval
        return due

    def report(
        self,
        status: HealthStatus,
        *,
        message: str = "",
        gap_s: float | None = None,
        at: datetime | None = None,
    ) -> StreamHealth:
        """The event; of the newest moment, unless it is said of which."""
        event_time, time_source = self._clock.moment
        moment = (at or event_time, time_source)
        return stream_health(self._stream, status, moment, self.frames, message=message, gap_s=gap_s)


def stream_health(
    stream: StreamIdentity,
    status: HealthStatus,
    moment: tuple[datetime, TimeSource],
    frames: FrameCounts,
    *,
    message: str = "",
    gap_s: float | None = None,
) -> StreamHealth:
    """The health event of a moment. What was sampled and did not come from the parser was dropped."""
    event_time, time_source = moment
    return StreamHealth(
        event_id=stream.event_id("health", status, event_time),
        stream_id=stream.stream_id,
        analysis_id=stream.analysis_id,
        event_time=event_time,
        time_source=time_source,
        status=status,
        message=message,
        gap_s=gap_s,
        frames_read=frames.read,
        frames_sampled=frames.sampled,
        frames_parsed=frames.parsed,
        frames_dropped=max(0, frames.sampled - frames.parsed),
        frames_damaged=frames.damaged,
    )
