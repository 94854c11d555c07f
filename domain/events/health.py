"""How a stream fares."""

from typing import ClassVar, Literal

from pydantic import Field

from domain.events.base import Count, Event, Seconds

HealthStatus = Literal["started", "running", "signal-lost", "signal-restored", "ended", "failed"]


class StreamHealth(Event):
    """How a stream fares."""

    topic: ClassVar[str] = "footfall.health.v1"
    event_type: Literal["health"] = "health"
    status: HealthStatus
    message: str = ""
    gap_s: Seconds | None = Field(default=None, description="With signal-restored: seconds without a picture")
    frames_read: Count
    frames_sampled: Count
    frames_parsed: Count
    frames_dropped: Count
