"""What leaves the system, versioned. A field of v1 may be added, never changed or removed.

Every event carries a deterministic id, made from its stream, its kind and what it is about, so that processing a recording again,
or sending again after a crash, produces the same ids and stores nothing twice. The JSON Schemas in `docs/schemas/` are generated
from these classes.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.events.base import Count, Event, EventPart, Seconds, Share, event_id, timestamp
from domain.events.clothing import (
    ClothingCounts,
    ColorName,
    GarmentName,
    SleeveLength,
    TrouserLength,
)
from domain.events.frame import FrameObserved, GarmentSeen, PersonObserved
from domain.events.health import HealthStatus, StreamHealth
from domain.events.visit import DerivedLengths, OutfitItem, VisitEnded
from domain.events.window import Coverage, WindowClosed

__all__ = [
    "EVENT_CLASSES",
    "ClothingCounts",
    "ColorName",
    "Count",
    "Coverage",
    "DerivedLengths",
    "Event",
    "EventPart",
    "FrameObserved",
    "GarmentName",
    "GarmentSeen",
    "HealthStatus",
    "OutfitItem",
    "PersonObserved",
    "Seconds",
    "Share",
    "SleeveLength",
    "StreamHealth",
    "TrouserLength",
    "VisitEnded",
    "WindowClosed",
    "event_from_json",
    "event_id",
    "timestamp",
]

EVENT_CLASSES: tuple[type[Event], ...] = (FrameObserved, VisitEnded, WindowClosed, StreamHealth)

_ADAPTER: TypeAdapter[Event] = TypeAdapter(
    Annotated[FrameObserved | VisitEnded | WindowClosed | StreamHealth, Field(discriminator="event_type")]
)


def event_from_json(text: str | bytes) -> Event:
    """Read one event back.

    Raises:
        pydantic.ValidationError: The text is not an event of this version.
    """
    return _ADAPTER.validate_json(text)
