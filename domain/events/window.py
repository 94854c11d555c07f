"""What happened in a window of time."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from domain.events.base import Count, Event, EventPart, Seconds, Share
from domain.events.clothing import ClothingCounts


class Coverage(EventPart):
    """What the numbers beside it rest on."""

    frames_read: Count = Field(description="Frames that arrived from the source")
    frames_sampled: Count = Field(description="Frames picked for parsing")
    frames_parsed: Count
    frames_dropped: Count = Field(
        description="Sampled frames that were never parsed, because parsing was too slow for a live stream"
    )
    seconds_observed: Seconds = Field(description="Time with a signal")
    seconds_without_signal: Seconds
    share: Share = Field(
        description="seconds_observed / length, times frames_parsed / frames_sampled: 1 is all of it"
    )


class WindowClosed(Event):
    """Counts of a tumbling window, aligned to the epoch. `event_time` is the end of the window."""

    topic: ClassVar[str] = "footfall.windows.v1"
    event_type: Literal["window"] = "window"
    window_start: AwareDatetime
    window_s: Annotated[int, Field(gt=0)]
    persons_min: Count
    persons_mean: Annotated[float, Field(ge=0)]
    persons_max: Count
    visits_begun: Count
    visits_ended: Count
    garments: ClothingCounts = Field(
        description="Visits that ended in this window, counted by garment and its colour; these sum up to the run's totals"
    )
    coverage: Coverage
