"""What can still be read of a damaged spool."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from domain.events import event_from_json
from sinks.spool.connection import connect

COMPANIONS = ("-wal", "-shm")
"""What SQLite puts behind the name of the file."""

_MOST_FAILURES = 1000
_LARGEST_SEQ = 2**62

_Row: TypeAlias = tuple[Any, ...]


def set_aside(path: Path) -> Path:
    """Give a damaged spool another name; nothing is left under the one it had.

    Raises:
        OSError: It cannot be renamed.
    """
    aside = _free_name(path)
    for ending in ("", *COMPANIONS):
        part = path.with_name(f"{path.name}{ending}")
        if part.exists():
            part.rename(aside.with_name(f"{aside.name}{ending}"))
    return aside


def save(path: Path, into: sqlite3.Connection) -> None:
    """Read of a damaged spool what can be read, row by row, into the empty tables of another one.

    A cursor that cannot be right becomes 0: rather is something sent again than left out.
    """
    with closing(connect(path)) as connection:
        # Tables are read even where the description of others is damaged.
        list(_some(connection, "PRAGMA writable_schema=ON"))
        events = (row for row in _events(connection) if _is_event(row))
        into.executemany("INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", events)
        newest = max(_newest(connection), _newest(into))
        refused = (row for row in _table(connection, "refused") if _is_refusal(row))
        into.executemany("INSERT OR IGNORE INTO refused VALUES (?, ?, ?)", refused)
        cursors = [_possible(row, newest) for row in _table(connection, "cursor") if _is_cursor(row)]
        into.executemany("INSERT OR IGNORE INTO cursor VALUES (?, ?, ?)", cursors)
    into.execute("DELETE FROM sqlite_sequence WHERE name = 'event'")
    into.execute("INSERT INTO sqlite_sequence VALUES ('event', ?)", (newest,))


def _free_name(path: Path) -> Path:
    number = 1
    while (found := path.with_name(f"{path.stem}-damaged-{number}{path.suffix}")).exists():
        number += 1
    return found


def _events(connection: sqlite3.Connection) -> Iterator[_Row]:
    """From the front until it fails, then on behind each failure in growing steps, then from the end until it fails."""
    after, step, failures, newest = 0, 1, 0, _newest(connection)
    while failures < _MOST_FAILURES and after <= newest:
        rows = _some(connection, "SELECT * FROM event WHERE seq > ? ORDER BY seq", after)
        found = False
        for row in rows:
            found = True
            yield row
            if _is_seq(row[0]) and row[0] > after:
                after, step = row[0], 1
        if not found:
            failures += 1
        after, step = after + step, step * 2
    yield from _some(connection, "SELECT * FROM event WHERE seq <= ? ORDER BY seq DESC", _LARGEST_SEQ)


def _newest(connection: sqlite3.Connection) -> int:
    queries = ("SELECT max(seq) FROM event", "SELECT seq FROM sqlite_sequence WHERE name = 'event'")
    found = [row[0] for query in queries for row in _some(connection, query)]
    return max([0, *(int(seq) for seq in found if _is_seq(seq))])


def _table(connection: sqlite3.Connection, name: str) -> list[_Row]:
    return list(_some(connection, f"SELECT * FROM {name}"))  # noqa: S608 - one of ours


def _some(connection: sqlite3.Connection, query: str, *values: object) -> Iterator[_Row]:
    """Rows until one cannot be read."""
    try:
        yield from connection.execute(query, values)
    # OverflowError and UnicodeDecodeError come from values that are damaged.
    except (sqlite3.Error, OverflowError, ValueError):
        return


def _is_seq(value: object) -> bool:
    return isinstance(value, int) and 0 < value < _LARGEST_SEQ


def _is_cursor(row: _Row) -> bool:
    return len(row) == 3 and isinstance(row[0], str)


def _possible(row: _Row, newest: int) -> _Row:
    sink, seq, note = row
    right = isinstance(seq, int) and 0 <= seq <= newest and (note is None or isinstance(note, str))
    return row if right else (sink, 0, None)


def _is_refusal(row: _Row) -> bool:
    return len(row) == 3 and isinstance(row[0], str) and _is_seq(row[1]) and isinstance(row[2], str)


_TYPES: Sequence[Callable[[object], bool]] = (
    _is_seq,
    *(lambda value: isinstance(value, str),) * 4,
    lambda value: isinstance(value, int),
    lambda value: isinstance(value, bytes),
)


def _is_event(row: _Row) -> bool:
    if len(row) != len(_TYPES) or not all(fits(value) for fits, value in zip(_TYPES, row, strict=True)):
        return False
    try:
        return bool(event_from_json(row[-1]).event_id == row[4])
    except ValidationError:
        return False
