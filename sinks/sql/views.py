"""Which events count where a recording was analysed more than once, and the views that show them.

Of a recording the newest complete analysis is current; where none is complete, the newest. A camera cannot be seen twice at the
same time, so all that was ever seen of it is current. Events of before there were analyses are current, too, unless
a recording of the same name was analysed since.
"""

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    inspect,
    not_,
    or_,
    select,
)

from sinks.sql.run_tables import ANALYSES, RUN_STREAMS
from sinks.sql.tables import metadata, tables_by_kind

_ENDING = "_current"


def is_current(events: Table) -> ColumnElement[bool]:
    """Whether an event of that table counts."""
    return or_(
        and_(events.c.analysis_id.is_not(None), events.c.analysis_id.not_in(_superseded())),
        and_(events.c.analysis_id.is_(None), not_(_seen_since(events))),
    )


def make_views(connection: Connection) -> None:
    """Make all of them: `analyses_current`, and one for each kind of event, as `visits_current`."""
    drop_views(connection)
    analyses = metadata().tables[ANALYSES]
    _make(connection, ANALYSES, select(analyses).where(analyses.c.analysis_id.not_in(_superseded())))
    for tables in tables_by_kind().values():
        _make(connection, tables.table.name, select(tables.table).where(is_current(tables.table)))


def drop_views(connection: Connection) -> None:
    """Take all of them away, so that the tables beneath can change."""
    for name in sorted(view_names() & set(inspect(connection).get_view_names())):
        connection.exec_driver_sql(f"DROP VIEW {_quoted(connection, name)}")


def view_names() -> set[str]:
    """Names of all views."""
    return {name + _ENDING for name in (ANALYSES, *(one.table.name for one in tables_by_kind().values()))}


def _make(connection: Connection, table: str, rows: Select[tuple[object, ...]]) -> None:
    compiled = rows.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    connection.exec_driver_sql(f"CREATE VIEW {_quoted(connection, table + _ENDING)} AS {compiled}")


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _superseded() -> Select[tuple[str]]:
    """Analyses of recordings of which there is a better one."""
    analyses = metadata().tables[ANALYSES]
    old, other = analyses.alias("old"), analyses.alias("other")
    better = exists().where(other.c.source_id == old.c.source_id, _is_better(other, old))
    return select(old.c.analysis_id).where(not_(old.c.live), better)


def _is_better(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    # The last item decides between equals, so that always exactly one is current.
    orders = [
        (
            case((side.c.complete_at.is_not(None), 1), else_=0),
            func.coalesce(side.c.complete_at, side.c.started_at),
        )
        for side in (one, other)
    ]
    (whole, moment), (other_whole, other_moment) = orders
    return or_(
        whole > other_whole,
        and_(whole == other_whole, moment > other_moment),
        and_(whole == other_whole, moment == other_moment, one.c.analysis_id > other.c.analysis_id),
    )


def _seen_since(events: Table) -> ColumnElement[bool]:
    tables = metadata().tables
    streams, analyses = tables[RUN_STREAMS], tables[ANALYSES]
    recorded = exists().where(
        streams.c.stream_id == events.c.stream_id,
        analyses.c.analysis_id == streams.c.analysis_id,
        not_(analyses.c.live),
    )
    return and_(events.c.time_source == "file", recorded)
