"""What is in a spool, looked at from beside while a run may be writing it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from domain.errors import OutputError
from domain.names import shown_name
from sinks.spool.connection import check_version, connect_to_read, cure, damage
from sinks.spool.salvage import COMPANIONS


@dataclass(frozen=True, slots=True)
class SinkStatus:
    """How far a sink is.

    Attributes:
        name: Of the sink.
        seq: Of the last event that it has, or has refused.
        waiting: Events that it does not have yet.
        refused: How many it does not take, by reason.
    """

    name: str
    seq: int
    waiting: int
    refused: dict[str, int]


@dataclass(frozen=True, slots=True)
class SpoolStatus:
    """What is in a spool.

    Attributes:
        spool_id: Made with the file.
        events: How many are kept.
        last_seq: Number of the newest that was ever written.
        size: Of the file, with what SQLite has beside it, bytes.
        unfinished: Ids of runs that have not ended, or are going on.
        sinks: By name.
    """

    spool_id: str
    events: int
    last_seq: int
    size: int
    unfinished: Sequence[str]
    sinks: Sequence[SinkStatus]


def status_of(path: Path) -> SpoolStatus:
    """Look into a spool; changes nothing.

    Raises:
        OutputError: There is none, it is damaged, or a newer Footfall has written it.
    """
    if not path.is_file():
        raise OutputError(f"{shown_name(path)}: there is no spool")
    try:
        with closing(connect_to_read(path)) as connection:
            problem = damage(connection)
            if problem:
                raise OutputError(
                    f"{shown_name(path)} is damaged ({problem}): the next run saves what can be read of it"
                )
            check_version(connection, path)
            return _status(connection, path)
    except sqlite3.Error as error:
        raise OutputError(f"{shown_name(path)} cannot be read: {error}{cure(error)}") from None


def _status(connection: sqlite3.Connection, path: Path) -> SpoolStatus:
    connection.execute("BEGIN")
    [[spool_id, events, newest]] = connection.execute(
        "SELECT (SELECT spool_id FROM meta), (SELECT count(*) FROM event), "
        "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)"
    )
    refused: dict[str, dict[str, int]] = {}
    for sink, reason, count in connection.execute(
        "SELECT sink, reason, count(*) FROM refused GROUP BY sink, reason ORDER BY sink, count(*) DESC"
    ):
        refused.setdefault(sink, {})[reason] = count
    cursors = connection.execute(
        "SELECT sink, seq, (SELECT count(*) FROM event WHERE event.seq > cursor.seq) FROM cursor ORDER BY sink"
    ).fetchall()
    return SpoolStatus(
        spool_id=spool_id,
        events=events,
        last_seq=newest,
        size=sum(_size(path.with_name(f"{path.name}{ending}")) for ending in ("", *COMPANIONS)),
        unfinished=[row[0] for row in connection.execute("SELECT id FROM run WHERE state = 'running'")],
        sinks=[SinkStatus(sink, seq, waiting, refused.get(sink, {})) for sink, seq, waiting in cursors],
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
