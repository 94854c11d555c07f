"""Questions to the tables, answered as events and small values."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

from domain.events import FrameObserved, StreamHealth, VisitEnded, WindowClosed
from sinks.sql.address import parse
from sinks.sql.engine import open_engine
from sinks.sql.rows import frame_event, health_event, visit_event, window_event
from sinks.sql.tables import (
    Base,
    FrameRow,
    HealthRow,
    PersonGarmentRow,
    PersonRow,
    VisitGarmentRow,
    VisitRow,
    WindowGarmentRow,
    WindowRow,
)

_Child = TypeVar("_Child", bound=Base)
_AT_ONCE = 500  # ids in one IN (...), well below what both databases take


@dataclass(frozen=True, slots=True)
class Span:
    """Which events are meant.

    Attributes:
        since: Events at or after this moment; None is from the beginning.
        until: Events before this moment; None is to the end.
        stream_id: Of this stream only; None is all.
    """

    since: datetime | None = None
    until: datetime | None = None
    stream_id: str | None = None


EVERYTHING = Span()


@dataclass(frozen=True, slots=True)
class StreamTotals:
    """Sums over one stream.

    Attributes:
        stream_id: Name of the camera or recording.
        frames: Parsed frames.
        persons_max, persons_mean: Persons in a frame.
        visits: Visits that ended.
    """

    stream_id: str
    frames: int
    persons_max: int
    persons_mean: float
    visits: int


class SqlReader:
    """Reads what `SqlSink` wrote. Any thread may ask; every question is one transaction.

    Args:
        url: As for `SqlSink`; the tables must be there.

    Raises:
        OutputError: The URL is wrong. (A store that is away or has no tables raises SQLAlchemy's errors with the first question.)
    """

    def __init__(self, url: str) -> None:
        self._engine = open_engine(parse(url), connect_timeout_s=5.0, lock_timeout_s=10.0)
        self._session = sessionmaker(self._engine)

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def totals(self, span: Span = EVERYTHING) -> list[StreamTotals]:
        """One entry a stream that has frames or visits there, in order of their names."""
        frames = (
            select(FrameRow.stream_id, func.count(), func.max(FrameRow.persons), func.avg(FrameRow.persons))
            .where(*_conditions(FrameRow, span))
            .group_by(FrameRow.stream_id)
        )
        visits = (
            select(VisitRow.stream_id, func.count())
            .where(*_conditions(VisitRow, span))
            .group_by(VisitRow.stream_id)
        )
        with self._session() as session:
            seen = {row[0]: (row[1], row[2], float(row[3])) for row in session.execute(frames)}
            ended = {row[0]: row[1] for row in session.execute(visits)}
        return [
            StreamTotals(stream, *seen.get(stream, (0, 0, 0.0)), visits=ended.get(stream, 0))
            for stream in sorted(seen.keys() | ended.keys())
        ]

    def clothing(self, span: Span = EVERYTHING) -> dict[str, dict[str, int]]:
        """How many visits wore each garment, by its colour."""
        wore = (
            select(
                VisitGarmentRow.part, VisitGarmentRow.color, func.count(distinct(VisitGarmentRow.visit_id))
            )
            .join(VisitRow)
            .where(*_conditions(VisitRow, span))
            .group_by(VisitGarmentRow.part, VisitGarmentRow.color)
        )
        counted: dict[str, dict[str, int]] = defaultdict(dict)
        with self._session() as session:
            for part, color, visits in session.execute(wore):
                counted[part][color] = visits
        return dict(counted)

    def visits(self, span: Span = EVERYTHING, *, limit: int | None = None) -> list[VisitEnded]:
        """Visits by the moment they ended, the first `limit` of them."""
        with self._session() as session:
            rows = session.scalars(_listed(VisitRow, span, limit)).all()
            worn = _children(session, VisitGarmentRow, VisitGarmentRow.visit_id, rows)
            return [visit_event(row, worn[row.event_id]) for row in rows]

    def windows(
        self, span: Span = EVERYTHING, *, window_s: int | None = None, limit: int | None = None
    ) -> list[WindowClosed]:
        """Windows by the moment they ended, of that length in seconds or of all, the first `limit` of them."""
        wanted = _listed(WindowRow, span, limit)
        if window_s is not None:
            wanted = wanted.where(WindowRow.window_s == window_s)
        with self._session() as session:
            rows = session.scalars(wanted).all()
            worn = _children(session, WindowGarmentRow, WindowGarmentRow.window_id, rows)
            return [window_event(row, worn[row.event_id]) for row in rows]

    def frames(self, span: Span = EVERYTHING, *, limit: int | None = None) -> list[FrameObserved]:
        """Frames with persons and garments by their moment, the first `limit` of them."""
        with self._session() as session:
            rows = session.scalars(_listed(FrameRow, span, limit)).all()
            persons = _children(session, PersonRow, PersonRow.frame_id, rows)
            worn = _children(session, PersonGarmentRow, PersonGarmentRow.frame_id, rows)
            return [frame_event(row, persons[row.event_id], _by_person(worn[row.event_id])) for row in rows]

    def health(self, span: Span = EVERYTHING, *, limit: int | None = None) -> list[StreamHealth]:
        """How streams fared, by the moment, the first `limit` reports."""
        with self._session() as session:
            return [health_event(row) for row in session.scalars(_listed(HealthRow, span, limit))]


_EventTable = FrameRow | VisitRow | WindowRow | HealthRow
_Listed = TypeVar("_Listed", FrameRow, VisitRow, WindowRow, HealthRow)


def _conditions(table: type[_EventTable], span: Span) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if span.since is not None:
        conditions.append(table.event_time >= span.since)
    if span.until is not None:
        conditions.append(table.event_time < span.until)
    if span.stream_id is not None:
        conditions.append(table.stream_id == span.stream_id)
    return conditions


def _listed(table: type[_Listed], span: Span, limit: int | None) -> Select[_Listed]:
    return (
        select(table)
        .where(*_conditions(table, span))
        .order_by(table.event_time, table.stream_id, table.event_id)
        .limit(limit)
    )


def _children(
    session: Session, table: type[_Child], parent: InstrumentedAttribute[str], rows: Sequence[_EventTable]
) -> dict[str, list[_Child]]:
    """The rows of that table under their parents' ids, in the order of their primary keys."""
    found: dict[str, list[_Child]] = defaultdict(list)
    ids = [row.event_id for row in rows]
    for start in range(0, len(ids), _AT_ONCE):
        wanted = (
            select(table)
            .where(parent.in_(ids[start : start + _AT_ONCE]))
            .order_by(*table.__table__.primary_key)
        )
        for child in session.scalars(wanted):
            found[getattr(child, parent.key)].append(child)
    return found


def _by_person(garments: Iterable[PersonGarmentRow]) -> dict[int, list[PersonGarmentRow]]:
    grouped: dict[int, list[PersonGarmentRow]] = defaultdict(list)
    for garment in garments:
        grouped[garment.person_position].append(garment)
    return grouped
