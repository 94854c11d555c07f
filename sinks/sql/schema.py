"""Which version the tables of a database have, and how they get to this one."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateColumn

from domain.errors import OutputError
from domain.stores import StoreAddress
from sinks.sql.address import parse, reason
from sinks.sql.cures import cure
from sinks.sql.engine import VERSION_TABLE, open_engine, time_limit
from sinks.sql.new_file import make_tables
from sinks.sql.rights import refuse_no_file, refuse_no_rights, refuse_read_only
from sinks.sql.tables import metadata, tables_from_outside
from sinks.sql.views import drop_views, make_views, view_names

_MIGRATIONS = Path(__file__).parent / "migrations"
_OF_EVERY_EVENT = {"analysis_id"}
# "footfall".
_LOCK_ID = 0x666F6F7466616C6C


def migrate(address: str) -> str:
    """Bring the tables of that database to this version, making them where there are none.

    Returns:
        The version they have now.

    Raises:
        OutputError: The database cannot be reached or written, is newer than this Footfall, or belongs to another application.
    """
    store = parse(address)
    refuse_no_file(store)
    engine = open_engine(store, connect_timeout_s=10.0, lock_timeout_s=30.0)
    try:
        with engine.connect() as connection:
            refuse_read_only(connection, store)
            _lock(connection, store)
            _refuse_foreign(connection, store)
            upgrade(connection)
            _make_tables_from_outside(connection, store)
            make_views(connection)
            connection.commit()
    except SQLAlchemyError as error:
        raise unusable(error, store) from None
    finally:
        engine.dispose()
    return head()


def prepare(
    engine: Engine, store: StoreAddress, *, limit_s: float, deletes_from: Collection[str] = ()
) -> None:
    """Make sure that the tables are of this version. Only a SQLite file or an empty database is changed for that.

    Args:
        engine: Of the database.
        store: Its address, for messages.
        limit_s: How long it may take once it is connected, seconds.
        deletes_from: Tables that old rows will be deleted from.

    Raises:
        OutputError: A PostgreSQL database is older, with the cure; or what `migrate` refuses.
        SQLAlchemyError: The database cannot be reached or written.
    """
    refuse_no_file(store)
    with engine.connect() as connection, time_limit(connection, limit_s):
        refuse_read_only(connection, store)
        _lock(connection, store)
        _refuse_foreign(connection, store)
        found = version(connection)
        if found != head():
            if found is not None and store.kind == "postgresql":
                raise OutputError(
                    f"{store.shown()} has tables of version {found}, this Footfall needs {head()}; "
                    "run: footfall migrate URL"
                )
            if store.kind == "sqlite" and not _versioned(connection):
                make_tables(connection)
            else:
                upgrade(connection)
        _make_tables_from_outside(connection, store)
        if view_names() - set(inspect(connection).get_view_names()):
            make_views(connection)
        refuse_no_rights(connection, store, deletes_from)
        connection.commit()
    if store.kind == "sqlite" and found is None:
        # The connection that made the file keeps no write-ahead log; the next one does.
        engine.dispose()


def upgrade(connection: Connection) -> None:
    """Run what is missing, inside the caller's transaction. The caller makes the views anew."""
    from sinks.sql.upgrading import run_migrations  # noqa: PLC0415 - brings Alembic along

    drop_views(connection)
    run_migrations(connection)


def version(connection: Connection) -> str | None:
    """What version the tables have; None without tables."""
    if not _versioned(connection):
        return None
    found = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - a constant
    return connection.execute(found).scalar_one_or_none()


def _versioned(connection: Connection) -> bool:
    return inspect(connection).has_table(VERSION_TABLE)


def head() -> str:
    """The version of this Footfall's tables."""
    return _versions()[-1]


@cache
def _versions() -> list[str]:
    """All of them, oldest first, by the names of the migrations: `v0001_first_tables.py` makes version 0001."""
    return sorted(path.name[1:5] for path in (_MIGRATIONS / "versions").glob("v[0-9]*.py"))


def unusable(error: SQLAlchemyError, store: StoreAddress) -> OutputError:
    """That error as a line for the user."""
    original = getattr(error, "orig", None) or error
    return OutputError(f"{store.shown()} cannot be used: {reason(original, store)}; {cure(original)}")


def _lock(connection: Connection, store: StoreAddress) -> None:
    """Begin a transaction that only one Footfall at a time gets, so that two that start together do not both make tables."""
    if store.kind == "sqlite":
        # Also finds out whether the file can be written.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})


def _refuse_foreign(connection: Connection, store: StoreAddress) -> None:
    found = version(connection)
    if found is None:
        taken = sorted(set(inspect(connection).get_table_names()) & set(metadata().tables))
        if taken:
            raise OutputError(
                f"{store.shown()} has a table {taken[0]} that is not Footfall's; name an empty database"
            )
    elif found not in _versions():
        raise OutputError(
            f"{store.shown()} has tables of version {found}, which is newer than this Footfall; update Footfall"
        )


def _make_tables_from_outside(connection: Connection, store: StoreAddress) -> None:
    """Make the tables of kinds of event that other packages add. Footfall's migrations know nothing of these.

    Only columns that events of every kind have got since are added.
    """
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    for table in tables_from_outside():
        if table.name not in there:
            table.create(connection)
            continue
        missing = {column.name for column in table.columns} - {
            column["name"] for column in inspector.get_columns(table.name)
        }
        for name in missing & _OF_EVERY_EVENT:
            words = CreateColumn(table.columns[name]).compile(dialect=connection.dialect)
            quoted = connection.dialect.identifier_preparer.quote(table.name)
            connection.exec_driver_sql(f"ALTER TABLE {quoted} ADD COLUMN {words}")
        missing -= _OF_EVERY_EVENT
        if missing:
            raise OutputError(
                f"{store.shown()} has a table {table.name} without the column {min(missing)}, which the package that "
                "fills it needs; bring the table to the package's version, or name another database"
            )
