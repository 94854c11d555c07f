"""What leaves the system, versioned. A field of v1 may be added, never changed or removed.

Every event carries a deterministic id, made from its analysis, its kind and what it is about, so that analysing a recording in the
same way again, or sending again after a crash, produces the same ids and stores nothing twice. The JSON Schemas in `docs/schemas/`
are generated from these classes.
"""

from domain.events.alert import AlertChanged
from domain.events.base import DETAILS, Count, Detail, Event, EventPart, Seconds, Share, event_id, timestamp
from domain.events.clothing import (
    BodyCounts,
    ClothingCounts,
    ColorName,
    CoveredPart,
    CoveringGarment,
    GarmentName,
    KnownColorName,
    SleeveLength,
    TrouserLength,
    added,
)
from domain.events.crossing import Certainty, LineCrossed
from domain.events.exposure import ExposureItem, ExposureMeasured
from domain.events.frame import FrameObserved, GarmentSeen, PersonObserved
from domain.events.group import GroupEnded, GroupMember
from domain.events.health import HealthStatus, StreamHealth
from domain.events.identity import StreamIdentity
from domain.events.places import FootSeen, Role
from domain.events.presence import PresenceCell, PresenceFlow, PresenceMapped
from domain.events.registry import event_classes, event_from_json
from domain.events.site_visitor import SiteVisitorSeen
from domain.events.visit import BodyWorn, DerivedLengths, OutfitItem, VisitEnded
from domain.events.visitor import VisitorSeen
from domain.events.window import Coverage, WindowClosed
from domain.events.window_places import LineCounts, RoomCounts, ZoneCounts
from domain.events.zone_visit import ZoneVisitEnded

__all__ = [
    "DETAILS",
    "AlertChanged",
    "BodyCounts",
    "BodyWorn",
    "Certainty",
    "ClothingCounts",
    "ColorName",
    "Count",
    "Coverage",
    "CoveredPart",
    "CoveringGarment",
    "DerivedLengths",
    "Detail",
    "Event",
    "EventPart",
    "ExposureItem",
    "ExposureMeasured",
    "FootSeen",
    "FrameObserved",
    "GarmentName",
    "GarmentSeen",
    "GroupEnded",
    "GroupMember",
    "HealthStatus",
    "KnownColorName",
    "LineCounts",
    "LineCrossed",
    "OutfitItem",
    "PersonObserved",
    "PresenceCell",
    "PresenceFlow",
    "PresenceMapped",
    "Role",
    "RoomCounts",
    "Seconds",
    "Share",
    "SiteVisitorSeen",
    "SleeveLength",
    "StreamHealth",
    "StreamIdentity",
    "TrouserLength",
    "VisitEnded",
    "VisitorSeen",
    "WindowClosed",
    "ZoneCounts",
    "ZoneVisitEnded",
    "added",
    "event_classes",
    "event_from_json",
    "event_id",
    "timestamp",
]
