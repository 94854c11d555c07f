"""Connections: how they are opened, what they wait for at most, and what their errors mean."""

import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from sinks.sql.address import is_sqlite

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


def open_engine(url: URL, *, connect_timeout_s: float, lock_timeout_s: float) -> Engine:
    """An engine that connects when it is first used. Statements in its errors carry no values."""
    if not is_sqlite(url):
        limits: dict[str, object] = {
            "connect_timeout": max(2, round(connect_timeout_s)),
            "application_name": "footfall",
        }
        return create_engine(url, connect_args=limits, hide_parameters=True, pool_size=1, max_overflow=4)
    engine = create_engine(url, connect_args={"timeout": lock_timeout_s}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def passes(error: DBAPIError) -> bool:
    """Whether the same statement may succeed later: the store is away, busy, full or read-only now."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return (
            original.sqlite_errorcode or 0
        ) & 0xFF in _PASSING  # the low byte; the rest says more exactly why
    return error.connection_invalidated or isinstance(
        original, psycopg.OperationalError | psycopg.InterfaceError | psycopg.InternalError
    )


@contextmanager
def time_limit(connection: Connection, seconds: float) -> Iterator[None]:
    """Let nothing on this connection take longer, however silently the server hangs.

    A PostgreSQL that hangs does not mind its own `statement_timeout`, and libpq waits for an answer without end; so the socket is
    shut down from beside, which libpq reports as a lost connection. SQLite waits for locks only, which has its own limit.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
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


def answers(url: URL, timeout_s: float) -> bool:
    """Whether anybody accepts a connection at the host and port of a PostgreSQL URL."""
    if not url.host:
        return True
    try:
        socket.create_connection((url.host, url.port or 5432), timeout_s).close()
    except OSError:
        return False
    return True
