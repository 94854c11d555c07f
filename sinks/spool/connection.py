"""Connections to the file of a spool, its tables and transactions, and what its errors mean."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from domain.errors import OutputError, SinkBusy
from domain.names import shown_name
from sinks.sqlite_upkeep import overwrite_what_goes

VERSION = 1
"""Of the tables."""

_APPLICATION_ID = 0x466F_6F74
_LARGEST_VALUE = 16 << 20
_LOCK_WAIT_S = 5.0
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM}
_TABLES = """
CREATE TABLE meta (spool_id TEXT NOT NULL);
CREATE TABLE run (
    id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, state TEXT NOT NULL, first_seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, stream TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    at INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE snapshot (
    run TEXT NOT NULL, stream TEXT NOT NULL, upto_seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (run, stream)
);
CREATE TABLE cursor (sink TEXT PRIMARY KEY, seq INTEGER NOT NULL, note TEXT) WITHOUT ROWID;
CREATE TABLE refused (sink TEXT NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (sink, seq)) WITHOUT ROWID;
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that one thread at a time uses; `prepare` makes it fit for writing."""
    connection = sqlite3.connect(path, timeout=_LOCK_WAIT_S, isolation_level=None, check_same_thread=False)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    return connection


def prepare(connection: sqlite3.Connection) -> None:
    """From here on a commit is on the disk when it returns.

    Raises:
        sqlite3.DatabaseError: The file is damaged.
    """
    # NORMAL is faster, but a power cut would take back commits whose events a sink has seen.
    for pragma in ("synchronous=FULL", "cell_size_check=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    # Events and the states of before among it: pages that are used again are written anyway.
    overwrite_what_goes(connection.execute)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing."""
    uri = f"file:{quote(bytes(path))}?mode=ro"
    connection = sqlite3.connect(
        uri, uri=True, timeout=_LOCK_WAIT_S, isolation_level=None, check_same_thread=False
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    return connection


def make_tables(connection: sqlite3.Connection, spool_id: str) -> None:
    """In an empty file."""
    prepare(connection)
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
    connection.executescript(f"BEGIN;{_TABLES}PRAGMA user_version={VERSION};COMMIT;")
    connection.execute("INSERT INTO meta VALUES (?)", (spool_id,))


def is_new(connection: sqlite3.Connection) -> bool:
    """Whether the file has no tables yet: it was just made, or its making was cut off."""
    return bool(
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        or connection.execute("SELECT count(*) FROM meta").fetchone()[0] == 0
    )


def damage(connection: sqlite3.Connection) -> str | None:
    """What is wrong with the file, in words; None where nothing is.

    Raises:
        sqlite3.OperationalError: Somebody else has locked it, or there is no room to read it, so nothing is known of it.
    """
    try:
        if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            return "it is no spool"
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        ids = connection.execute("SELECT spool_id FROM meta").fetchall()
    except sqlite3.DatabaseError as error:
        if is_locked(error) or is_no_room(error):
            raise
        return str(error)
    if found != "ok":
        return str(found).splitlines()[-1]
    return None if len(ids) == 1 and ids[0][0] else "it has no id"


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what a newer Footfall has written.

    Raises:
        OutputError: It has.
    """
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        raise OutputError(
            f"{shown_name(path)} was written by a newer Footfall (version {found}, this one reads {VERSION}); "
            "use that one, or name another folder with --out"
        )


def is_no_room(error: sqlite3.Error) -> bool:
    """Whether the disk, or the limit that was set, leaves no room."""
    return _code(error) in _NO_ROOM


def is_locked(error: sqlite3.Error) -> bool:
    """Whether somebody else has locked the file; that says nothing of what is in it."""
    return _code(error) in _LOCKED


def cure(error: sqlite3.Error | OSError) -> str:
    """What helps against an error, to be put behind it; empty where that is not known."""
    if isinstance(error, OSError):
        return ""
    if is_locked(error):
        return "; end the program that has locked it"
    if _code(error) == sqlite3.SQLITE_FULL:
        return "; make room on its disk, or raise delivery.limit_mb"
    return "; make room on its disk" if is_no_room(error) else ""


def _code(error: sqlite3.Error) -> int:
    # The low byte; the rest says more exactly why.
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


class SpoolFull(SinkBusy):
    """The disk, or the limit that was set, leaves no room."""


class Transaction:
    """`BEGIN`, and `COMMIT` or `ROLLBACK`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._roll_back()
            return
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # SQLite has done it by itself after some errors, and says so with another one.
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")
