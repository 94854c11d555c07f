"""Questions to the tables, answered as events and small values."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Table,
    case,
    distinct,
    exists,
    func,
    literal,
    select,
    tuple_,
)

from domain.events import Event, FrameObserved, LineCrossed, StreamHealth, VisitEnded, WindowClosed
from domain.stores import StoreAddress
from sinks.sql.address import parse
from sinks.sql.belonging import of_those, rows_inside
from sinks.sql.engine import open_engine
from sinks.sql.outfits import OutfitCount, outfit_counts
from sinks.sql.rows import AnyEvent, Stored, events_of, inner_tables
from sinks.sql.tables import metadata, tables_by_kind
from sinks.sql.views import is_current
from sinks.sql.window_sums import clothing_of_windows, sums_by_stream

ClothingTable: TypeAlias = Literal["visit_garments", "visit_body"]
"""What `SqlReader.clothing` counts: garments, or what covers upper and lower body."""

_OF_WINDOWS: dict[ClothingTable, str] = {"visit_garments": "window_garments", "visit_body": "window_body"}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are meant.

    Attributes:
        since: Events at or after this moment; None is from the beginning.
        until: Events before this moment; None is to the end.
        stream_id: Of this stream only; None is all.
        analysis_id: Of this analysis only; None is the current one of each source, see `sinks.sql.views`.
        window_s: Windows of this length only, seconds; other events are not held to it.
        min_group: Windows that tell of no fewer people than this; other events are not held to it.
        after: Events behind the one of that moment, stream and id, in the order in which they are listed.
    """

    since: datetime | None = None
    until: datetime | None = None
    stream_id: str | None = None
    analysis_id: str | None = None
    window_s: int | None = None
    min_group: int = 1
    after: tuple[datetime, str, str] | None = None


EVERYTHING = EventFilter()


@dataclass(frozen=True, slots=True)
class StoredCrossings:
    """Crossings of one line.

    Attributes:
        stream_id: Name of the camera or recording.
        line: Name of the line.
        came_in, went_out: How many crossed it in either direction, staff included.
    """

    stream_id: str
    line: str
    came_in: int
    went_out: int


@dataclass(frozen=True, slots=True)
class EventRows:
    """An event as it is stored.

    Attributes:
        event: Its row.
        inside: Rows of one table of what is inside it, in their order.
    """

    event: Stored
    inside: list[Stored]


@dataclass(frozen=True, slots=True)
class StoredTotals:
    """Sums over what is stored of one stream.

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
    """Reads what `SqlSink` wrote. Any thread may ask.

    Args:
        store: As for `SqlSink`; the tables must be there.

    Raises:
        OutputError: The address is wrong. (A store that is away or has no tables raises SQLAlchemy's errors when asked.)
    """

    def __init__(self, store: StoreAddress | str) -> None:
        address = parse(store) if isinstance(store, str) else store
        engine = open_engine(address, connect_timeout_s=5.0, lock_timeout_s=10.0)
        # Nothing is written, so beginning and ending a transaction would only be two journeys more.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def totals(self, wanted: EventFilter = EVERYTHING) -> list[StoredTotals]:
        """One entry a stream that has frames or visits there, in order of their names."""
        frames, visits = _table(FrameObserved), _table(VisitEnded)
        persons = frames.c.persons
        seen_in = (
            select(frames.c.stream_id, func.count(), func.max(persons), func.avg(persons))
            .where(*_conditions(frames, wanted))
            .group_by(frames.c.stream_id)
        )
        ended_in = (
            select(visits.c.stream_id, func.count())
            .where(*_conditions(visits, wanted))
            .group_by(visits.c.stream_id)
        )
        with self._engine.connect() as connection:
            seen = {row[0]: (row[1], row[2], float(row[3])) for row in connection.execute(seen_in)}
            ended = {row[0]: row[1] for row in connection.execute(ended_in)}
        return [
            StoredTotals(stream, *seen.get(stream, (0, 0, 0.0)), visits=ended.get(stream, 0))
            for stream in sorted(seen.keys() | ended.keys())
        ]

    def clothing(
        self, wanted: EventFilter = EVERYTHING, table: ClothingTable = "visit_garments"
    ) -> dict[str, dict[str, int]]:
        """How many visits wore each garment, or something on upper and lower body, by its colour."""
        visits, garments = _table(VisitEnded), metadata().tables[table]
        part, color = garments.c.part, garments.c.color
        those = select(visits.c.event_id).where(*_conditions(visits, wanted))
        counted: dict[str, dict[str, int]] = defaultdict(dict)
        with self._engine.connect() as connection:
            wore = (
                select(part, color, func.count(distinct(garments.c.visit_id)))
                .where(of_those(connection, garments.c.visit_id, those))
                .group_by(part, color)
            )
            for garment, name, number in connection.execute(wore):
                counted[garment][name] = number
        return dict(counted)

    def totals_of_windows(self, wanted: EventFilter = EVERYTHING) -> list[StoredTotals]:
        """As `totals`, from windows alone."""
        with self._engine.connect() as connection:
            found = sums_by_stream(connection, _conditions(_table(WindowClosed), wanted))
        return [StoredTotals(*one) for one in found]

    def clothing_of_windows(
        self, wanted: EventFilter = EVERYTHING, table: ClothingTable = "visit_garments"
    ) -> dict[str, dict[str, int]]:
        """As `clothing`, from windows alone."""
        counted: dict[str, dict[str, int]] = defaultdict(dict)
        conditions = _conditions(_table(WindowClosed), wanted)
        with self._engine.connect() as connection:
            for part, color, visits in clothing_of_windows(connection, conditions, _OF_WINDOWS[table]):
                counted[part][color] = visits
        return dict(counted)

    def crossings(self, wanted: EventFilter = EVERYTHING) -> list[StoredCrossings]:
        """One entry a line that somebody crossed, in order of streams and lines."""
        crossed = _table(LineCrossed)
        line = crossed.c.stream_id, crossed.c.line
        sides = (func.sum(case((crossed.c.direction == side, 1), else_=0)) for side in ("in", "out"))
        query = select(*line, *sides).where(*_conditions(crossed, wanted)).group_by(*line).order_by(*line)
        with self._engine.connect() as connection:
            return [StoredCrossings(*row) for row in connection.execute(query)]

    def outfits(self, wanted: EventFilter = EVERYTHING, *, limit: int) -> list[OutfitCount]:
        """What visits wore above and below the waist, the most frequent first."""
        with self._engine.connect() as connection:
            return outfit_counts(connection, _conditions(_table(VisitEnded), wanted), limit)

    def visits(self, wanted: EventFilter = EVERYTHING, *, limit: int | None = None) -> list[VisitEnded]:
        """Visits by the moment they ended, the first `limit` of them."""
        return self.events(VisitEnded, wanted, limit=limit)

    def windows(self, wanted: EventFilter = EVERYTHING, *, limit: int | None = None) -> list[WindowClosed]:
        """Windows by the moment they ended, the first `limit` of them."""
        return self.events(WindowClosed, wanted, limit=limit)

    def frames(self, wanted: EventFilter = EVERYTHING, *, limit: int | None = None) -> list[FrameObserved]:
        """Frames with persons and garments by their moment, the first `limit` of them."""
        return self.events(FrameObserved, wanted, limit=limit)

    def health(self, wanted: EventFilter = EVERYTHING, *, limit: int | None = None) -> list[StreamHealth]:
        """How streams fared, by the moment, the first `limit` reports."""
        return self.events(StreamHealth, wanted, limit=limit)

    def events(
        self, event_class: type[AnyEvent], wanted: EventFilter = EVERYTHING, *, limit: int | None = None
    ) -> list[AnyEvent]:
        """Events of that kind by their moment, the first `limit` of them."""
        table = _table(event_class)
        query = select(table).where(*_conditions(table, wanted)).order_by(*_order(table)).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
            ids = [row["event_id"] for row in rows]
            return events_of(event_class, rows, rows_inside(connection, inner_tables(event_class), ids))

    def rows(
        self,
        event_class: type[Event],
        wanted: EventFilter = EVERYTHING,
        *,
        limit: int,
        inner: str | None = None,
    ) -> list[EventRows]:
        """Events of that kind by their moment as rows of their table; making events of them takes most of the time.

        Args:
            event_class: The kind.
            wanted: Which of them.
            limit: How many events at most.
            inner: A table of what is inside them: then only events that have rows there, with these rows.
        """
        table = _table(event_class)
        conditions = _conditions(table, wanted)
        below = metadata().tables[inner] if inner else None
        owner = inner_tables(event_class)[below] if below is not None else ""
        if below is not None:
            conditions.append(exists().where(below.c[owner] == table.c.event_id))
        query = select(table).where(*conditions).order_by(*_order(table)).limit(limit)
        with self._engine.connect() as connection:
            found = [EventRows(row, []) for row in connection.execute(query).mappings()]
            if below is not None:
                by_id = {one.event["event_id"]: one for one in found}
                for row in rows_inside(connection, {below: owner}, list(by_id))[below]:
                    by_id[row[owner]].inside.append(row)
        return found


def _table(event_class: type[Event]) -> Table:
    return tables_by_kind()[event_class].table


def _conditions(table: Table, wanted: EventFilter) -> list[ColumnElement[bool]]:
    one = wanted.analysis_id
    conditions = [is_current(table) if one is None else table.c.analysis_id == one]
    if wanted.since is not None:
        conditions.append(table.c.event_time >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.c.event_time < wanted.until)
    if wanted.stream_id is not None:
        conditions.append(table.c.stream_id == wanted.stream_id)
    if wanted.window_s is not None and "window_s" in table.c:
        conditions.append(table.c.window_s == wanted.window_s)
    if wanted.min_group > 1 and "min_group" in table.c:
        conditions.append(table.c.min_group >= wanted.min_group)
    if wanted.after is not None:
        conditions.append(tuple_(*_order(table)) > tuple_(*_values(table, wanted.after)))
    return conditions


def _order(table: Table) -> tuple[ColumnElement[Any], ...]:
    return table.c.event_time, table.c.stream_id, table.c.event_id


def _values(table: Table, after: tuple[datetime, str, str]) -> tuple[ColumnElement[Any], ...]:
    return tuple(literal(value, column.type) for value, column in zip(after, _order(table), strict=True))
