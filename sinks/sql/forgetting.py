"""Deleting from a store what is older than a moment, so that it is gone from the file, too."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, delete, func, inspect, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from domain.errors import OutputError
from domain.stores import StoreAddress
from sinks.sql.address import reason
from sinks.sql.engine import open_engine, time_limit
from sinks.sql.tables import tables_by_kind
from sinks.sqlite_upkeep import give_back, overwrite_what_goes

_AT_ONCE = 1000
_LIMIT_S = 10.0
_PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class ForgottenRows:
    """What went of one table.

    Attributes:
        table: Of a kind of event; what is inside its events went with them.
        rows: How many events.
    """

    table: str
    rows: int


def forget_rows(
    store: StoreAddress, before: Mapping[str, datetime], *, dry_run: bool = False
) -> tuple[list[ForgottenRows], int]:
    """Delete the events of each table that happened before its moment, 1,000 at a time, each in a transaction of its own.

    SQLite overwrites what goes, and gives its pages back; PostgreSQL is told to use them again (VACUUM).

    Args:
        store: Which one.
        before: Moments by table.
        dry_run: Only count.

    Returns:
        What went, or would, and how many bytes smaller the file is; 0 where there is none.

    Raises:
        OutputError: It cannot be reached or written, or holds no tables of Footfall.
    """
    if store.kind == "sqlite" and not store.file.is_file():
        raise OutputError(f"{store.shown()}: there is no such file")
    engine = open_engine(store, connect_timeout_s=_LIMIT_S, lock_timeout_s=_LIMIT_S)
    try:
        return _forget(engine, store, before, dry_run=dry_run)
    except SQLAlchemyError as error:
        said = reason(getattr(error, "orig", None) or error, store)
        raise OutputError(f"{store.shown()}: nothing more can be deleted there: {said}") from None
    finally:
        engine.dispose()


def _forget(
    engine: Engine, store: StoreAddress, before: Mapping[str, datetime], *, dry_run: bool
) -> tuple[list[ForgottenRows], int]:
    size = _bytes(store)
    with engine.connect() as connection, time_limit(connection, _PATIENCE_S):
        there = set(inspect(connection).get_table_names())
        tables = [kind.table for kind in tables_by_kind().values() if kind.table.name in there]
        if not tables:
            raise OutputError(f"{store.shown()} holds no tables of Footfall")
        connection.rollback()
        if store.kind == "sqlite":
            overwrite_what_goes(connection.exec_driver_sql)
        found = [
            ForgottenRows(table.name, _of_table(connection, table, before[table.name], dry_run=dry_run))
            for table in tables
            if table.name in before
        ]
    gone = [one for one in found if one.rows]
    if gone and not dry_run:
        _tidy(engine, store, [table for table in tables if table.name in {one.table for one in gone}])
    return gone, max(0, size - _bytes(store))


def _of_table(connection: Connection, table: Table, before: datetime, *, dry_run: bool) -> int:
    old = table.c.event_time < before
    if dry_run:
        count = connection.execute(select(func.count()).select_from(table).where(old)).scalar_one()
        connection.rollback()
        return int(count)
    return sum(_batches(connection, table, before))


def _batches(connection: Connection, table: Table, before: datetime) -> Iterator[int]:
    chosen = select(table.c.event_id).where(table.c.event_time < before).limit(_AT_ONCE).scalar_subquery()
    while True:
        went = connection.execute(delete(table).where(table.c.event_id.in_(chosen))).rowcount
        connection.commit()
        if not went:
            return
        yield went


def _tidy(engine: Engine, store: StoreAddress, tables: list[Table]) -> None:
    """Whatever pages are free go, or may be used again."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if store.kind == "sqlite":
            overwrite_what_goes(connection.exec_driver_sql)
            give_back(connection.exec_driver_sql)
            return
        for table in tables:
            # Whoever may delete may not always do this; the server does it by itself, later.
            with suppress(DBAPIError):
                connection.exec_driver_sql(
                    f"VACUUM {connection.dialect.identifier_preparer.format_table(table)}"
                )


def _bytes(store: StoreAddress) -> int:
    return store.file.stat().st_size if store.kind == "sqlite" else 0
