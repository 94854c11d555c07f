"""Opening the file of a spool: made where there is none, mended where it is damaged."""

import logging
import sqlite3
from pathlib import Path
from uuid import uuid4

from domain.names import shown_name
from sinks.spool.connection import (
    Transaction,
    check_version,
    connect,
    damage,
    is_locked,
    is_new,
    is_no_room,
    make_tables,
    prepare,
)
from sinks.spool.salvage import COMPANIONS, save, set_aside

_log = logging.getLogger(__name__)


def opened(path: Path) -> sqlite3.Connection:
    """A connection for writing to a whole file with all tables.

    Raises:
        OutputError: A newer Footfall has written it.
        sqlite3.Error, OSError: It cannot be used.
    """
    connection = connect(path)
    unborn = False
    try:
        prepare(connection)
        if unborn := is_new(connection):
            connection.close()
            remove_spool(path)
            connection = connect(path)
            make_tables(connection, uuid4().hex)
        problem = damage(connection)
    except sqlite3.DatabaseError as error:
        if is_no_room(error) or is_locked(error):
            connection.close()
            if unborn:
                remove_spool(path)
            raise
        problem = str(error)
    if problem is None:
        check_version(connection, path)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection
    connection.close()
    return _mended(path, problem)


def remove_spool(path: Path) -> None:
    """Remove a file of which the making was cut off, with those beside it: there is nothing in it."""
    for ending in ("", *COMPANIONS):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


def _mended(path: Path, problem: str) -> sqlite3.Connection:
    """A new spool, with what could be read of the one that is damaged."""
    aside = set_aside(path)
    connection = connect(path)
    make_tables(connection, uuid4().hex)
    with Transaction(connection) as writer:
        save(aside, writer)
    _log.error(
        "%s is damaged (%s): %d events and %d cursors could be read and are kept; the damaged file is now %s",
        shown_name(path),
        problem,
        connection.execute("SELECT count(*) FROM event").fetchone()[0],
        connection.execute("SELECT count(*) FROM cursor").fetchone()[0],
        aside.name,
    )
    return connection
