"""What one frame shows."""

from typing import ClassVar, Literal

from pydantic import Field

from domain.events.base import Count, Event, EventPart, Seconds, Share
from domain.events.clothing import ColorName, GarmentName


class GarmentSeen(EventPart):
    """A garment of one person in one frame."""

    part: GarmentName
    color: ColorName
    share: Share = Field(description="Part of the person's visible pixels that this garment covers")
    color_share: Share = Field(
        description="Part of the garment's pixels that have this colour; 0 when it is unknown"
    )
    confidence: Share = Field(description="How far to trust the colour, 0 to 1")


class PersonObserved(EventPart):
    """One person of one frame."""

    track_id: int | None = Field(
        description="Track that the person belongs to; null until the track is confirmed"
    )
    box: tuple[int, int, int, int] = Field(
        description="Left, top, right, bottom in pixels; right and bottom exclusive"
    )
    score: Share = Field(description="How sure the parser is of this person")
    garments: tuple[GarmentSeen, ...]


class FrameObserved(Event):
    """One parsed frame: who is in it and what they wear."""

    topic: ClassVar[str] = "footfall.frames.v1"
    event_type: Literal["frame"] = "frame"
    frame_index: Count = Field(description="Position among all frames of the source, from 0")
    media_time_s: Seconds
    width: Count
    height: Count
    persons: tuple[PersonObserved, ...]
