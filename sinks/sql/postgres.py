"""PostgreSQL as it is found: any encoding, any search path."""

import codecs
import re
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import psycopg
from psycopg import sql
from psycopg.abc import Buffer
from psycopg.rows import dict_row
from psycopg.types.string import StrDumper
from sqlalchemy import Connection, Select, Table
from sqlalchemy.exc import DBAPIError, OperationalError

from domain.stores import StoreAddress
from sinks.sql.types import UtcDateTime

_WINDOWS = re.compile(r"^WIN(?=\d)")
_OWN_SCHEMA = """
    SELECT space.nspname FROM pg_catalog.pg_class AS tables
    JOIN pg_catalog.pg_namespace AS space ON space.oid = tables.relnamespace
    WHERE tables.relname = %s AND pg_catalog.pg_table_is_visible(tables.oid)
      AND space.nspname <> pg_catalog.current_schema()
"""
# Servers of before 11 have no such setting.
_NO_JIT = "SELECT set_config(name, 'off', false) FROM pg_catalog.pg_settings WHERE name = 'jit'"


def arguments(store: StoreAddress, connect_timeout_s: float) -> dict[str, object]:
    """The parts of an address as `psycopg.connect` takes them; what is left out is libpq's own choice."""
    given: dict[str, object | None] = {
        **store.options,
        "host": ",".join(host for host, _ in store.hosts) or store.options.get("host"),
        "port": ",".join(str(port or "") for _, port in store.hosts).strip(",") or store.options.get("port"),
        "dbname": store.database or store.options.get("dbname"),
        "user": store.user,
        "password": store.password,
        "connect_timeout": max(2, round(connect_timeout_s)),
        "application_name": store.options.get("application_name", "footfall"),
        # Without it a server in SQL_ASCII answers bytes where text is expected.
        "client_encoding": "utf8",
    }
    return {name: value for name, value in given.items() if value is not None}


def prepare_connection(connection: psycopg.Connection[tuple[str, ...]], version_table: str) -> None:
    """Settle what a fresh connection writes and where.

    Names without a schema mean the first schema of the search path that has them, table by table. So where Footfall's tables are
    not in the first one, theirs takes its place: else a table of the same name elsewhere would be taken for one of them.

    Nothing is compiled by the server: our questions take some milliseconds, and LLVM takes more than a hundred to make them faster.
    """
    codec = _codec(connection.info.parameter_status("server_encoding") or "UTF8")
    if codec != "utf-8":
        connection.adapters.register_dumper(str, type("Fitting", (_FittingDumper,), {"codec": codec}))
    with connection.cursor() as cursor:
        cursor.execute(_OWN_SCHEMA, [version_table])
        row = cursor.fetchone()
        if row is not None:
            cursor.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(row[0])))
        cursor.execute(_NO_JIT)
    connection.commit()


def rows_at_once(
    connection: Connection, queries: Mapping[Table, Select[Any]]
) -> dict[Table, list[dict[str, Any]]]:
    """Ask several questions and wait once for all the answers (libpq's pipeline mode).

    Args:
        connection: To the store.
        queries: By the table that each reads.

    Returns:
        The rows of each, by the names of columns, as SQLAlchemy would give them.

    Raises:
        DBAPIError: As if SQLAlchemy had asked.
    """
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    asked = {table: query.compile(dialect=connection.dialect) for table, query in queries.items()}
    try:
        # An old libpq has none; then each is waited for.
        with driver.pipeline() if psycopg.Pipeline.is_supported() else nullcontext():
            cursors = {
                table: driver.cursor(row_factory=dict_row).execute(str(one).encode(), one.params)
                for table, one in asked.items()
            }
        return {table: _as_read(connection, table, cursor.fetchall()) for table, cursor in cursors.items()}
    except psycopg.Error as error:
        raise _told(connection, error) from None


def _as_read(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those rows, with moments in UTC, where the driver has them in the zone of the session."""
    for column in table.columns:
        if isinstance(column.type, UtcDateTime):
            for row in rows:
                row[column.name] = column.type.process_result_value(row[column.name], connection.dialect)
    return rows


def _told(connection: Connection, error: psycopg.Error) -> DBAPIError:
    """SQLAlchemy's error for it. The driver counts statements as prepared that the server left out after it, so it begins anew."""
    connection.invalidate(error)
    return OperationalError(None, None, error, hide_parameters=True, connection_invalidated=True)


def fit(text: str, codec: str) -> str:
    r"""Text that an encoding can hold: as in `shown_name`, `\xNN` for each byte, in UTF-8, of a character that it lacks."""
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return "".join(_fit(character, codec) for character in text)
    return text


def _fit(character: str, codec: str) -> str:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return "".join(f"\\x{byte:02x}" for byte in character.encode())
    return character


def _codec(server_encoding: str) -> str:
    """Python's name of an encoding; ASCII, which all of them share, for those that Python does not know."""
    if server_encoding == "SQL_ASCII":
        # Keeps bytes as they come.
        return "utf-8"
    try:
        return codecs.lookup(_WINDOWS.sub("cp", server_encoding).replace("KOI8", "koi8-")).name
    except LookupError:
        return "ascii"


class _FittingDumper(StrDumper):
    """Sends text that the server's encoding can hold."""

    codec = "ascii"

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(fit(obj, self.codec))
