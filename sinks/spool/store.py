"""The file of a spool: one writer, short reads."""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from domain.errors import NoRoom, OutputError, SinkBusy
from domain.file_ids import file_id
from domain.names import shown_name
from domain.os_errors import is_full
from sinks.spool.connection import (
    SpoolFull,
    Transaction,
    connect,
    connect_to_read,
    cure,
    is_no_room,
    prepare,
)
from sinks.spool.opening import opened
from sinks.sqlite_upkeep import fold_log

_PAGE = 4096
_SMALLEST = 1 << 20
RESERVE = 4 << 20
"""Bytes below the limit that are kept for the last state, health and the end in order."""

_RETRY_S = 1.0
_DELETED_AT_ONCE = 5_000

Row: TypeAlias = tuple[str, str, str, int, bytes]
"""Stream, kind, event id, when it was written in milliseconds since 1970, and the event as JSON."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a sink is.

    Attributes:
        seq: Of the last event that is settled; 0 before the first.
        note: What the sink needs to go on from there, in its own words.
    """

    seq: int = 0
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that a sink does not take."""

    sink: str
    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What one commit writes.

    Attributes:
        rows: New events, in order.
        states: The state of each stream after the last of its events.
        cursors: By sink.
        refusals: Events that sinks do not take.
    """

    rows: Sequence[Row] = ()
    states: Mapping[str, bytes] = field(default_factory=dict)
    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    refusals: Sequence[Refusal] = ()


def end_run(path: Path, run: str) -> None:
    """The run has left all its results: its states are of no use any more. The spool is closed before and after.

    Raises:
        sqlite3.Error: There is no room.
    """
    with closing(connect(path)) as connection:
        prepare(connection)
        with Transaction(connection) as writer:
            writer.execute("UPDATE run SET state = 'ended' WHERE id = ?", (run,))
            writer.execute("DELETE FROM snapshot WHERE run = ?", (run,))


class SpoolStore:
    """Events, states and cursors in one SQLite file. `commit` and what else writes: one thread at a time; the others: any.

    A file that is damaged is moved aside; what can be read of it comes along.

    Args:
        path: The file; made if it is missing. Its folder must exist, and be this process's alone.
        limit_bytes: How large it may become.

    Raises:
        NoRoom: Its disk is full. Where there was no spool, there is none.
        OutputError: It cannot be opened for another reason, or was written by a newer Footfall.
    """

    def __init__(self, path: Path, *, limit_bytes: int = 2 << 30) -> None:
        self.path = path
        self._limit = max(limit_bytes, RESERVE + _SMALLEST)
        self._reading = threading.Lock()
        try:
            self._writer = opened(path)
            self._reader = connect_to_read(path)
            self.spool_id = str(self._value("SELECT spool_id FROM meta"))
            self._identity = file_id(path, follow=True)
            self._next_seq = self._newest() + 1
            self.keep_reserve()
        except (sqlite3.Error, OSError) as error:
            full = is_full(error) if isinstance(error, OSError) else is_no_room(error)
            kind = NoRoom if full else OutputError
            raise kind(f"{shown_name(path)} cannot be used: {error}{cure(error)}") from None

    @property
    def limit_bytes(self) -> int:
        """How large it may become."""
        return self._limit

    @property
    def is_there(self) -> bool:
        """Whether the file still has its name: what is written into one that was removed is gone when it is closed."""
        return file_id(self.path, follow=True) == self._identity

    @property
    def last_seq(self) -> int:
        """Of the newest event that is safe."""
        return self._next_seq - 1

    def commit(self, run: str, changes: Changes) -> int:
        """Write all of it, or nothing. It is on the disk when this returns.

        Returns:
            The seq of the first of the new events; those after it follow without a gap.

        Raises:
            SinkBusy: There is no room, or the disk fails; offer the same again later.
        """
        first = self._next_seq
        try:
            with self._transaction() as writer:
                upto = self._write(writer, run, changes)
        except sqlite3.Error as error:
            raise self._busy(error) from None
        self._next_seq = upto + 1
        return first

    def begin_run(self, run: str, fingerprint: str, opening: Changes = Changes()) -> int:
        """Note a run, unless it is known: then it goes on.

        A spool belongs to one folder, and one run at a time writes into it. So another that has not ended was killed; it is given
        up, and its states go.

        Args:
            run: Its id.
            fingerprint: What decides its numbers.
            opening: Events and states to begin with, in the same commit. Not for a run that is known.

        Returns:
            The seq before its first event.

        Raises:
            SinkBusy: There is no room.
        """
        try:
            with self._transaction() as writer:
                writer.execute(
                    "INSERT INTO run VALUES (?, ?, 'running', ?) ON CONFLICT (id) DO UPDATE SET state = 'running'",
                    (run, fingerprint, self._next_seq),
                )
                writer.execute("UPDATE run SET state = 'killed' WHERE state = 'running' AND id != ?", (run,))
                writer.execute("DELETE FROM snapshot WHERE run != ?", (run,))
                upto = self._write(writer, run, opening)
        except sqlite3.Error as error:
            raise self._busy(error) from None
        self._next_seq = upto + 1
        return int(self._value("SELECT first_seq FROM run WHERE id = ?", run)) - 1

    def forget(self, sink: str) -> bool:
        """Give a sink up: what waits for it, and what it refused. False where there is none of that name.

        Raises:
            OutputError: The file cannot be written.
        """
        try:
            with self._transaction() as writer:
                known = writer.execute("DELETE FROM cursor WHERE sink = ?", (sink,)).rowcount
                return known + writer.execute("DELETE FROM refused WHERE sink = ?", (sink,)).rowcount > 0
        except sqlite3.Error as error:
            raise OutputError(str(self._busy(error))) from None

    def delete(
        self,
        *,
        upto_seq: int,
        before_ms: int | None = None,
        refused_too: bool = False,
        whole_after: int | None = None,
        kind: str | None = None,
    ) -> int:
        """Delete events up to there, the oldest first; a bounded number at once.

        Args:
            upto_seq: Of the last that may go.
            before_ms: Only what was written before that, milliseconds since 1970.
            refused_too: Delete also what a sink has refused; that it has, and why, is kept.
            whole_after: Of the events after that one only those of frames may go, which no report needs.
            kind: Only of that kind.

        Returns:
            How many went.
        """
        written = "" if before_ms is None else "AND at < :before"
        kept = "" if refused_too else "AND seq NOT IN (SELECT seq FROM refused)"
        whole = "" if whole_after is None else "AND (seq <= :whole OR kind = 'frame')"
        of_kind = "" if kind is None else "AND kind = :kind"
        query = (
            "DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE seq <= :upto "  # noqa: S608 - our own words
            f"{written} {kept} {whole} {of_kind} ORDER BY seq LIMIT :most)"
        )
        values = {
            "upto": upto_seq,
            "before": before_ms,
            "whole": whole_after,
            "kind": kind,
            "most": _DELETED_AT_ONCE,
        }
        with self._transaction() as writer:
            return writer.execute(query, values).rowcount

    def read(self, after_seq: int, count: int) -> list[tuple[int, bytes]]:
        """Events after that one, at most so many, as seq and JSON."""
        with self._reading:
            query = "SELECT seq, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
            return self._reader.execute(query, (after_seq, count)).fetchall()

    def event_id(self, seq: int) -> str | None:
        """The id of that event; None where it is not there, or not any more."""
        with self._reading:
            row = self._reader.execute("SELECT id FROM event WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else str(row[0])

    def at_ms(self, after_seq: int) -> int | None:
        """When the first event after that one was written, milliseconds since 1970; None where there is none."""
        with self._reading:
            query = "SELECT at FROM event WHERE seq > ? ORDER BY seq LIMIT 1"
            row = self._reader.execute(query, (after_seq,)).fetchone()
        return None if row is None else int(row[0])

    def states(self, run: str) -> dict[str, bytes]:
        """The newest state of each stream of a run."""
        with self._reading:
            return dict(self._reader.execute("SELECT stream, body FROM snapshot WHERE run = ?", (run,)))

    def unfinished_run(self) -> tuple[str, str] | None:
        """Id and fingerprint of the run that was cut off or is going on; None where there is none. `begin_run` leaves but one."""
        with self._reading:
            query = "SELECT id, fingerprint FROM run WHERE state = 'running'"
            found: tuple[str, str] | None = self._reader.execute(query).fetchone()
        return found

    def newest_run(self) -> str | None:
        """Id of the run that began last; None before the first."""
        with self._reading:
            found = self._reader.execute("SELECT id FROM run ORDER BY first_seq DESC LIMIT 1").fetchone()
        return None if found is None else str(found[0])

    def last_at_ms(self, run: str) -> int | None:
        """When the newest event of a run was written, milliseconds since 1970; None where it has none."""
        with self._reading:
            found: int | None = self._reader.execute(
                "SELECT max(at) FROM event WHERE run = ?", (run,)
            ).fetchone()[0]
        return found

    def cursors(self) -> dict[str, Cursor]:
        """How far each sink is that is known here."""
        with self._reading:
            rows = self._reader.execute("SELECT sink, seq, note FROM cursor ORDER BY sink").fetchall()
        return {sink: Cursor(seq, note) for sink, seq, note in rows}

    def refused(self) -> list[Refusal]:
        """What sinks did not take."""
        with self._reading:
            query = "SELECT sink, seq, reason FROM refused ORDER BY sink, seq"
            return [Refusal(*row) for row in self._reader.execute(query)]

    def count(self, after_seq: int = 0) -> int:
        """Events after that one."""
        return int(self._value("SELECT count(*) FROM event WHERE seq > ?", after_seq))

    def used_bytes(self) -> int:
        """Of the file, without what was deleted in it."""
        pages = int(self._value("PRAGMA page_count")) - int(self._value("PRAGMA freelist_count"))
        return pages * int(self._value("PRAGMA page_size"))

    def limit_to(self, size: int) -> None:
        """Let the file grow up to so many bytes; what it has already stays."""
        self._writer.execute(f"PRAGMA max_page_count={max(1, size // _PAGE)}")

    def use_reserve(self) -> None:
        """Let it grow up to its limit: the beginning or the end of a run must be written."""
        self.limit_to(self._limit)

    def keep_reserve(self) -> None:
        """Let it grow as far as a run may that goes on."""
        self.limit_to(self._limit - RESERVE)

    def forget_reasons(self, *, upto_seq: int, newest: int) -> None:
        """Of what sinks have refused and is not there any more, keep the newest reasons alone.

        Args:
            upto_seq: Of the last event whose reason may go.
            newest: How many stay.
        """
        with self._transaction() as writer:
            writer.execute(
                "DELETE FROM refused WHERE seq <= min(:upto, (SELECT seq FROM refused ORDER BY seq DESC LIMIT 1 OFFSET :newest)) "
                "AND seq NOT IN (SELECT seq FROM event)",
                {"upto": upto_seq, "newest": newest},
            )

    def fold(self) -> None:
        """Write the log into the file, so that whoever copies the file alone misses nothing of what was committed."""
        with suppress(sqlite3.Error):
            fold_log(self._writer.execute)

    def shrink(self) -> None:
        """Give a part of the room of what was deleted back to the disk."""
        with suppress(sqlite3.Error):
            self._writer.execute("PRAGMA incremental_vacuum(1024)").fetchall()

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        with self._reading:
            self._reader.close()
        with suppress(sqlite3.Error):
            self._writer.close()

    def _write(self, writer: sqlite3.Connection, run: str, changes: Changes) -> int:
        """Inside a transaction; the seq of the last event then."""
        first = self._next_seq
        numbered = [(first + n, run, *row) for n, row in enumerate(changes.rows)]
        upto = first + len(numbered) - 1
        writer.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", numbered)
        writer.executemany(
            "INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)",
            [(run, stream, upto, state) for stream, state in changes.states.items()],
        )
        writer.executemany(
            "INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)",
            [(sink, cursor.seq, cursor.note) for sink, cursor in changes.cursors.items()],
        )
        writer.executemany(
            "INSERT OR REPLACE INTO refused VALUES (?, ?, ?)",
            [(refusal.sink, refusal.seq, refusal.reason) for refusal in changes.refusals],
        )
        return upto

    def _transaction(self) -> Transaction:
        return Transaction(self._writer)

    def _value(self, query: str, *values: object) -> str | int:
        with self._reading:
            found: str | int = self._reader.execute(query, values).fetchone()[0]
            return found

    def _newest(self) -> int:
        """The largest seq that was ever given: of events that are there or were deleted, and of cursors."""
        query = (
            "SELECT max(coalesce((SELECT max(seq) FROM event), 0), "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0))"
        )
        return int(self._value(query))

    def _busy(self, error: sqlite3.Error) -> SinkBusy:
        kind = SpoolFull if is_no_room(error) else SinkBusy
        return kind(
            f"{shown_name(self.path)} cannot be written: {error}{cure(error)}", retry_after_s=_RETRY_S
        )
