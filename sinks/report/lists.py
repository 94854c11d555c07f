"""Lists of events for the report, from what the kinds of event say of themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from domain.events import Detail, Event, event_classes
from domain.events.report import ReportColumn, ReportList, ShownAs

_NUMBERS: frozenset[ShownAs] = frozenset({"number", "track", "duration"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how it is shown; `remark` is said behind it, and nothing where it is empty."""

    value: Any
    shown_as: ShownAs
    remark: str

    @property
    def numeric(self) -> bool:
        """Whether it stands with the numbers, to the right."""
        return self.shown_as in _NUMBERS


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column."""

    text: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class EventList:
    """Events of one kind, a row for each.

    Attributes:
        kind: The `event_type`.
        heading: Of the list.
        columns: From the left.
        rows: In order.
        left_out: How many earlier ones are not listed.
    """

    kind: str
    heading: str
    columns: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    left_out: int


def not_kept(events: Detail) -> str:
    """What is said in the place of lists of kinds that do not leave; empty where all do."""
    headings = [
        kind.report.heading for kind in event_classes() if kind.report and not kind.leaves_with(events)
    ]
    return f"Not kept by privacy.events: {events} ({', '.join(headings)})." if headings else ""


def wanted(event: Event) -> bool:
    """Whether the report lists this event."""
    described = type(event).report
    if described is None:
        return False
    return all(getattr(event, field) in values for field, values in described.only.items())


def lists_of(
    events: Sequence[Event], streams: Sequence[str], left_out: Mapping[str, int]
) -> dict[str, EventList]:
    """A list for each kind of event that has one, by its `event_type`.

    Args:
        events: Of all kinds, in any order.
        streams: Names of the streams, in their order.
        left_out: Earlier events that are not among them, by `event_type`.
    """
    ranks = {stream: rank for rank, stream in enumerate(streams)}
    return {
        kind.kind(): _list_of(
            kind, kind.report, [one for one in events if type(one) is kind], ranks, left_out
        )
        for kind in event_classes()
        if kind.report is not None
    }


def _list_of(
    kind: type[Event],
    described: ReportList,
    events: Sequence[Event],
    ranks: Mapping[str, int],
    left_out: Mapping[str, int],
) -> EventList:
    def place(event: Event) -> tuple[Any, ...]:
        return tuple(
            ranks.get(event.stream_id, len(ranks)) if field == "stream_id" else getattr(event, field)
            for field in described.order
        )

    return EventList(
        kind=kind.kind(),
        heading=described.heading,
        columns=[Heading(column.heading, column.shown_as in _NUMBERS) for column in described.columns],
        rows=[[_cell(column, event) for column in described.columns] for event in sorted(events, key=place)],
        left_out=left_out.get(kind.kind(), 0),
    )


def _cell(column: ReportColumn, event: Event) -> Cell:
    remark = str(getattr(event, column.remark)) if column.remark else ""
    if column.remarks:
        remark = column.remarks.get(remark, "")
    return Cell(attrgetter(column.field)(event), column.shown_as, remark)
