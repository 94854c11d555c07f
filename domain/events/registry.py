"""Which kinds of event there are: Footfall's own, and those of packages that are installed beside it.

A package from outside adds a kind by an entry point of the group `footfall.events` that names a subclass of `Event`. Topic, schema,
tables and documentation follow from the class.
"""

from collections.abc import Iterable
from functools import cache, reduce
from importlib.metadata import EntryPoint, entry_points
from operator import or_
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from domain.errors import UsageError
from domain.events.alert import AlertChanged
from domain.events.base import Event
from domain.events.crossing import LineCrossed
from domain.events.exposure import ExposureMeasured
from domain.events.frame import FrameObserved
from domain.events.group import GroupEnded
from domain.events.health import StreamHealth
from domain.events.presence import PresenceMapped
from domain.events.site_visitor import SiteVisitorSeen
from domain.events.visit import VisitEnded
from domain.events.visitor import VisitorSeen
from domain.events.window import WindowClosed
from domain.events.zone_visit import ZoneVisitEnded

GROUP = "footfall.events"
"""Of entry points."""

OWN_KINDS: tuple[type[Event], ...] = (
    FrameObserved,
    VisitEnded,
    WindowClosed,
    StreamHealth,
    LineCrossed,
    ZoneVisitEnded,
    AlertChanged,
    GroupEnded,
    ExposureMeasured,
    VisitorSeen,
    PresenceMapped,
    SiteVisitorSeen,
)
"""Those that come with Footfall."""


@cache
def event_classes() -> tuple[type[Event], ...]:
    """Every kind, Footfall's own first, the others by the names of their entry points.

    Raises:
        UsageError: A package from outside offers something that is no kind of event.
    """
    return collected(entry_points(group=GROUP))


def collected(offered: Iterable[EntryPoint]) -> tuple[type[Event], ...]:
    """Footfall's own kinds and those that these entry points offer.

    Raises:
        UsageError: One of them cannot be imported, is no kind of event, or takes a name that is taken.
    """
    kinds = list(OWN_KINDS)
    for entry_point in sorted(offered, key=lambda point: point.name):
        kind = _loaded(entry_point)
        taken = next((other for other in kinds if _names(other) & _names(kind)), None)
        if taken is not None:
            raise _refused(
                entry_point, f"it takes a topic, table or event_type of {taken.__module__}.{taken.__name__}"
            )
        kinds.append(kind)
    return tuple(kinds)


def event_from_json(text: str | bytes) -> Event:
    """Read one event back.

    Raises:
        pydantic.ValidationError: The text is not an event of this version.
    """
    return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Event]:
    union: Any = reduce(or_, event_classes())
    return TypeAdapter(Annotated[union, Field(discriminator="event_type")])


def _loaded(entry_point: EntryPoint) -> type[Event]:
    try:
        kind = entry_point.load()
    # Whatever a package from outside does wrong is its own.
    except Exception as error:
        raise _refused(entry_point, f"{type(error).__name__}: {error}") from error
    if not (isinstance(kind, type) and issubclass(kind, Event) and hasattr(kind, "topic")):
        raise _refused(
            entry_point, f"{entry_point.value} is not a subclass of domain.events.Event with a topic"
        )
    return kind


def _refused(entry_point: EntryPoint, reason: str) -> UsageError:
    package = entry_point.dist.name if entry_point.dist else entry_point.value
    return UsageError(
        f"the package {package} offers the kind of event {entry_point.name}, which cannot be used: {reason}; "
        "update or uninstall it"
    )


def _names(kind: type[Event]) -> set[str]:
    return {f"topic {kind.topic}", f"table {kind.table.name}", f"event_type {kind.kind()}"}
