"""Deleting rows that are too old, a few at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from config.keeping import OTHERS
from sinks.sql.run_tables import ANALYSES, RUN_STREAMS
from sinks.sql.tables import metadata, tables_by_kind, tables_from_outside

_AT_ONCE = 1000


def _now() -> datetime:
    return datetime.now(UTC)


class RowRetention:
    """Deletes the events of cameras that happened too long ago, and those of recordings that were analysed too long ago.

    An old recording that is analysed today is not old: its rows go together, when the analysis has come to age. So of what a view
    shows of a recording either all is there or nothing, and never an older analysis instead. What is inside an event goes with it.

    Args:
        days: How many, by table; `others` for those of packages.
        now: The time of this machine.
    """

    def __init__(self, days: Mapping[str, float], now: Callable[[], datetime] = _now) -> None:
        others = {table.name for table in tables_from_outside()} if OTHERS in days else ()
        of_events = [kind.table for kind in tables_by_kind().values()]
        self._days = {
            table: days[OTHERS] if table.name in others else days[table.name]
            for table in of_events
            if table.name in days or table.name in others
        }
        self._now = now

    @property
    def tables(self) -> Sequence[str]:
        """Names of those that rows are deleted from."""
        return [table.name for table in self._days]

    def delete_some(self, connection: Connection) -> bool:
        """Delete up to 1,000 events, inside the caller's transaction. Returns whether there may be more."""
        for table, days in self._days.items():
            before = self._now() - timedelta(days=days)
            for old in _old_rows(connection, table, before):
                chosen = select(table.c.event_id).where(old).limit(_AT_ONCE).scalar_subquery()
                if connection.execute(delete(table).where(table.c.event_id.in_(chosen))).rowcount:
                    return True
        return False


def _old_rows(connection: Connection, table: Table, before: datetime) -> Iterator[ColumnElement[bool]]:
    """Conditions, each on one stream, which Footfall's own tables have an index for."""
    streams, analyses = metadata().tables[RUN_STREAMS], metadata().tables[ANALYSES]
    for (stream_id,) in connection.execute(select(streams.c.stream_id).distinct()).all():
        yield (
            (table.c.stream_id == stream_id) & (table.c.time_source != "file") & (table.c.event_time < before)
        )
    analysed = func.coalesce(analyses.c.complete_at, analyses.c.started_at, type_=analyses.c.started_at.type)
    aged = (
        select(streams.c.stream_id, streams.c.analysis_id)
        .distinct()
        .join(analyses, analyses.c.analysis_id == streams.c.analysis_id)
        .where(~analyses.c.live, analysed < before)
    )
    for stream_id, analysis_id in connection.execute(aged).all():
        yield (table.c.stream_id == stream_id) & (table.c.analysis_id == analysis_id)
