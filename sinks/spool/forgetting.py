"""Deleting from a spool what is too old, so that it is gone from the file, too."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.errors import OutputError
from domain.names import shown_name
from sinks.jsonl_forgetting import IsOld, is_old_line
from sinks.spool.connection import Transaction, connect, connect_to_read, prepare
from sinks.sqlite_upkeep import give_back

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class ForgottenEvents:
    """What went of a spool.

    Attributes:
        events: That every store had.
        waiting: Events that are old, and stay, since a store has not got them yet.
        states: Of streams of a run that was cut off, and that is given up.
        states_left: Of one that can still be gone on with.
    """

    events: int = 0
    waiting: int = 0
    states: int = 0
    states_left: int = 0


def forget_events(
    path: Path, is_old: IsOld, before: datetime | None, *, dry_run: bool = False
) -> ForgottenEvents:
    """Delete events that are too old and that every store has, and the states of a run that was cut off before that.

    Args:
        path: The file, which no run may have open.
        is_old: Which events.
        before: States of a run of which the last event was written before this moment go; None leaves them.
        dry_run: Only count.

    Raises:
        OutputError: It cannot be read or written.
    """
    try:
        with closing(connect_to_read(path) if dry_run else connect(path)) as connection:
            if not dry_run:
                prepare(connection)
            found = _forget(connection, is_old, before, dry_run=dry_run)
            if not dry_run and (found.events or found.states):
                give_back(connection.execute)
            return found
    except sqlite3.Error as error:
        raise OutputError(f"{shown_name(path)}: nothing more can be deleted there: {error}") from None


def _forget(
    connection: sqlite3.Connection, is_old: IsOld, before: datetime | None, *, dry_run: bool
) -> ForgottenEvents:
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
    (floor,) = connection.execute("SELECT coalesce(min(seq), ?) FROM cursor", (last,)).fetchone()
    seq = events = waiting = 0
    while True:
        rows = connection.execute(
            "SELECT seq, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (seq, _AT_ONCE)
        ).fetchall()
        if not rows:
            break
        seq = rows[-1][0]
        old = [number for number, body in rows if is_old_line(body, is_old)]
        gone = [number for number in old if number <= floor]
        events, waiting = events + len(gone), waiting + len(old) - len(gone)
        if gone and not dry_run:
            with Transaction(connection) as writer:
                writer.executemany("DELETE FROM event WHERE seq = ?", [(number,) for number in gone])
    (states,) = connection.execute("SELECT count(*) FROM snapshot").fetchone()
    gone_states = _forget_states(connection, before, dry_run=dry_run)
    return ForgottenEvents(events, waiting, gone_states, states - gone_states)


def _forget_states(connection: sqlite3.Connection, before: datetime | None, *, dry_run: bool) -> int:
    if before is None:
        return 0
    rows = connection.execute("SELECT run, body FROM snapshot").fetchall()
    last = connection.execute("SELECT max(at) FROM event").fetchone()[0]
    if not rows or (last is not None and last >= before.timestamp() * 1000):
        return 0
    if not dry_run:
        with Transaction(connection) as writer:
            writer.execute("DELETE FROM snapshot")
            writer.execute("UPDATE run SET state = 'killed' WHERE state = 'running'")
    return len(rows)


def marks(path: Path) -> dict[str, str]:
    """What sinks need to go on from where they are, in their own words, by name; raises OutputError."""
    try:
        with closing(connect_to_read(path)) as connection:
            return dict(connection.execute("SELECT sink, note FROM cursor WHERE note IS NOT NULL").fetchall())
    except sqlite3.Error as error:
        raise OutputError(f"{shown_name(path)} cannot be read: {error}") from None


def set_mark(path: Path, sink: str, mark: str) -> None:
    """A sink goes on from there; raises OutputError."""
    try:
        with closing(connect(path)) as connection:
            prepare(connection)
            connection.execute("UPDATE cursor SET note = ? WHERE sink = ?", (mark, sink))
    except sqlite3.Error as error:
        raise OutputError(f"{shown_name(path)} cannot be written: {error}") from None
