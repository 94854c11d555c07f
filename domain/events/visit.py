"""What a visit came to."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from domain.events.base import Count, Event, EventPart, Seconds, Share
from domain.events.clothing import ColorName, GarmentName, SleeveLength, TrouserLength


class OutfitItem(EventPart):
    """A garment of a whole visit: the vote over its frames, weighted by visible pixels."""

    part: GarmentName
    color: ColorName
    share: Share = Field(
        description="Part of the visit's frames, weighted by visible pixels, in which the garment was seen"
    )
    color_share: Share = Field(
        description="Part of the votes on this garment's colour that fell to this colour"
    )
    confidence: Share = Field(description="How far to trust the colour, 0 to 1")


class DerivedLengths(EventPart):
    """Derived from how much skin of arms and legs is seen, not told by the parser."""

    sleeves: SleeveLength = "unknown"
    trousers: TrouserLength = "unknown"


class VisitEnded(Event):
    """A confirmed track has ended. `event_time` is the end of the visit."""

    topic: ClassVar[str] = "footfall.visits.v1"
    event_type: Literal["visit"] = "visit"
    track_id: int
    started_at: AwareDatetime
    duration_s: Seconds
    frames: Count = Field(description="Frames in which the person was seen")
    ended_by: Literal["lost", "stream-end"]
    outfit: tuple[OutfitItem, ...]
    derived: DerivedLengths
