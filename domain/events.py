"""What leaves the system, versioned. A field of v1 may be added, never changed or removed.

Every event carries a deterministic id, made from its stream, its kind and what it is about, so that processing a recording again,
or sending again after a crash, produces the same ids and stores nothing twice. The JSON Schemas in `docs/schemas/` are generated
from these classes.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from domain.frame import TimeSource

ColorName = Literal[
    "black",
    "white",
    "grey",
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "brown",
    "beige",
    "unknown",
]
"""Colour of a garment; `unknown` where the pixels do not tell."""

GarmentName = Literal[
    "hat",
    "upper-clothes",
    "dress",
    "coat",
    "pants",
    "skirt",
    "shoe",
    "scarf",
    "gloves",
    "socks",
    "sunglasses",
    "bag",
]
"""Labels of `domain.labels.GARMENTS`."""

SleeveLength = Literal["none", "short", "long", "unknown"]
TrouserLength = Literal["short", "knee", "long", "unknown"]

_NAMESPACE = UUID("6f0f7a11-fa11-5f00-8f00-7ca41c5e1e57")

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Count: TypeAlias = Annotated[int, Field(ge=0)]
Seconds: TypeAlias = Annotated[float, Field(ge=0)]
ClothingCounts: TypeAlias = dict[GarmentName, dict[ColorName, Count]]
"""Visits by garment and its colour."""


def event_id(stream_id: str, event_type: str, about: str) -> str:
    """The id of the event of that stream and kind that is about this; the same words give the same id on every machine."""
    return str(uuid5(_NAMESPACE, f"{stream_id}\n{event_type}\n{about}"))


def timestamp(moment: datetime) -> str:
    """An aware moment as it goes into event ids: ISO 8601 with microseconds."""
    return moment.isoformat(timespec="microseconds")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class GarmentSeen(_Model):
    """A garment of one person in one frame."""

    part: GarmentName
    color: ColorName
    share: Share = Field(description="Part of the person's visible pixels that this garment covers")
    color_share: Share = Field(
        description="Part of the garment's pixels that have this colour; 0 when it is unknown"
    )
    confidence: Share = Field(description="How far to trust the colour, 0 to 1")


class PersonObserved(_Model):
    """One person of one frame."""

    track_id: int | None = Field(
        description="Track that the person belongs to; null until the track is confirmed"
    )
    box: tuple[int, int, int, int] = Field(
        description="Left, top, right, bottom in pixels; right and bottom exclusive"
    )
    score: Share = Field(description="How sure the parser is of this person")
    garments: tuple[GarmentSeen, ...]


class OutfitItem(_Model):
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


class DerivedLengths(_Model):
    """Derived from how much skin of arms and legs is seen, not told by the parser."""

    sleeves: SleeveLength = "unknown"
    trousers: TrouserLength = "unknown"


class Coverage(_Model):
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


class _Event(_Model):
    topic: ClassVar[str]

    event_id: str
    schema_version: Literal[1] = 1
    stream_id: str
    event_time: AwareDatetime = Field(description="When it happened, UTC")
    time_source: TimeSource


class FrameObserved(_Event):
    """One parsed frame: who is in it and what they wear."""

    topic: ClassVar[str] = "footfall.frames.v1"
    event_type: Literal["frame"] = "frame"
    frame_index: Count = Field(description="Position among all frames of the source, from 0")
    media_time_s: Seconds
    width: Count
    height: Count
    persons: tuple[PersonObserved, ...]


class VisitEnded(_Event):
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


class WindowClosed(_Event):
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


HealthStatus = Literal["started", "running", "signal-lost", "signal-restored", "ended", "failed"]


class StreamHealth(_Event):
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


Event: TypeAlias = FrameObserved | VisitEnded | WindowClosed | StreamHealth
EVENT_CLASSES: tuple[type[FrameObserved | VisitEnded | WindowClosed | StreamHealth], ...] = (
    FrameObserved,
    VisitEnded,
    WindowClosed,
    StreamHealth,
)

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event_type")])


def event_from_json(text: str | bytes) -> Event:
    """Read one event back.

    Raises:
        pydantic.ValidationError: The text is not an event of this version.
    """
    return _ADAPTER.validate_json(text)
