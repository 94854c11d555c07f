"""What a stream says of itself."""

from dataclasses import dataclass
from datetime import datetime

from domain.events import HealthStatus, StreamHealth, StreamIdentity
from domain.frame import TimeSource


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """Frames of a stream so far: read, sampled and damaged as its source counts them, and those that came from the parser."""

    read: int
    sampled: int
    damaged: int
    parsed: int


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
