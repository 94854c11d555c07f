"""Connections: how they are opened, what they wait for at most, and what their errors mean."""

import os
import socket
import sqlite3
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from config.component import requires
from domain.stores import StoreAddress

_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_PROTOCOL,
}


_FOR_NOW = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
}
_AGAIN_S = 0.02
_USER = b"user\0footfall\0\0"
# Of PostgreSQL's protocol 3.0, and of what it answers the field "code" for cannot_connect_now.
_LOGIN = struct.pack("!II", 8 + len(_USER), 3 << 16) + _USER
_NOT_NOW = b"C57P03\0"
# PostgreSQL's class of states for what it has too little of: disk, memory, connections.
_NO_ROOM = "53"

VERSION_TABLE = "footfall_version"
"""Not Alembic's usual name: another application in the same database may have that one."""


def open_engine(store: StoreAddress, *, connect_timeout_s: float, lock_timeout_s: float) -> Engine:
    """An engine that connects when it is first used. Statements in its errors carry no values, and its URL no password.

    Raises:
        MissingExtra: The driver of PostgreSQL is not installed.
    """
    if store.kind == "sqlite":
        return _sqlite_engine(store, lock_timeout_s)
    return _postgres_engine(store, connect_timeout_s)


def _postgres_engine(store: StoreAddress, connect_timeout_s: float) -> Engine:
    with requires("postgres", "psycopg"):
        from sinks.sql import postgres  # noqa: PLC0415 - brings psycopg along
    engine = create_engine(
        "postgresql+psycopg://",
        connect_args=postgres.arguments(store, connect_timeout_s),
        hide_parameters=True,
        pool_size=1,
        max_overflow=4,
    )

    @event.listens_for(engine, "connect")
    def _(connection: Any, _entry: ConnectionPoolEntry) -> None:
        postgres.prepare_connection(connection, VERSION_TABLE)

    return engine


def _sqlite_engine(store: StoreAddress, lock_timeout_s: float) -> Engine:
    path = os.path.abspath(store.file)  # noqa: PTH100 - links in it stay as they are
    url = URL.create("sqlite+pysqlite", database=path)
    engine = create_engine(url, connect_args={"timeout": lock_timeout_s}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The many tables of a new file take a page each. In the log besides, and in larger pages, they would fill a small disk.
        is_new = connection.execute("PRAGMA page_count").fetchone() == (0,)
        connection.execute("PRAGMA page_size=2048")
        _set_journal(connection, "DELETE" if is_new else "WAL", lock_timeout_s)
        for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _set_journal(connection: sqlite3.Connection, mode: str, limit_s: float) -> None:
    """Choose the journal. Where another process is writing a file without a log, SQLite refuses at once instead of waiting."""
    deadline = time.monotonic() + limit_s
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode={mode}")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def _code(error: sqlite3.Error) -> int:
    """The low byte; the rest says more exactly why."""
    return (error.sqlite_errorcode or 0) & 0xFF


def passes(error: DBAPIError) -> bool:
    """Whether the same statement may succeed later: the store is away, busy, full or read-only now."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return _code(original) in _PASSING
    return error.connection_invalidated or isinstance(
        error, OperationalError | InterfaceError | InternalError
    )


def is_for_now(error: SQLAlchemyError) -> bool:
    """Whether a store that cannot be opened may be there soon: it has no room, or another program has locked it.

    A failing disk is not told from a full one.
    """
    original = getattr(error, "orig", None)
    if isinstance(original, sqlite3.Error):
        return _code(original) in _FOR_NOW
    return str(getattr(original, "sqlstate", None) or "").startswith(_NO_ROOM)


@contextmanager
def time_limit(connection: Connection, seconds: float) -> Iterator[None]:
    """Let nothing on this connection take longer, however silently the server hangs.

    A PostgreSQL that hangs does not mind its own `statement_timeout`, and libpq waits for an answer without end; so the socket is
    shut down from beside, which libpq reports as a lost connection. SQLite waits for locks only, which has its own limit.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        yield
        return
    handle = socket.socket(fileno=os.dup(driver.fileno()))

    def cut() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def is_away(error: SQLAlchemyError, store: StoreAddress, timeout_s: float) -> bool:
    """Whether a PostgreSQL could not be used because it is away or on its way, and not because of the address, the login or rights.

    Args:
        error: What came of it.
        store: Its address.
        timeout_s: How long to look, seconds.
    """
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    # Without a host, it is libpq's choice.
    return lost or (
        bool(store.hosts) and not any(_lets_in(host, port or 5432, timeout_s) for host, port in store.hosts)
    )


def _lets_in(host: str, port: int, timeout_s: float) -> bool:
    """Whether a server is there that answers to a login: it is not starting up, recovering or shutting down."""
    try:
        with _connected(host, port, timeout_s) as connection:
            connection.sendall(_LOGIN)
            said = connection.recv(4096)
    except (OSError, UnicodeError):  # a name that is none
        return False
    return bool(said) and _NOT_NOW not in said


def _connected(host: str, port: int, timeout_s: float) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), timeout_s)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout_s)
    try:
        connection.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        connection.close()
        raise
    return connection
