"""What waits in a spool for one sink."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from secrets import token_hex

from pydantic import ValidationError

from domain.errors import OutputError
from domain.events import Event, event_from_json
from domain.names import shown_name
from sinks.base import EventSink, NumberingSink, RewindableSink
from sinks.spool.store import Cursor, Refusal, SpoolStore
from sinks.supply import Before

_log = logging.getLogger(__name__)


class EventLog:
    """All events that are safe, the newest as objects: a sink that keeps up never reads the disk. Any thread reads, one appends.

    Args:
        store: Where all of them are.
        newest: How many to keep as objects.
    """

    def __init__(self, store: SpoolStore, newest: int) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._ring: deque[tuple[int, Event]] = deque(maxlen=newest)

    @property
    def is_there(self) -> bool:
        """See `SpoolStore.is_there`."""
        return self._store.is_there

    @property
    def last_seq(self) -> int:
        """Of the newest event that is safe."""
        return self._store.last_seq

    def append(self, first_seq: int, events: Sequence[Event]) -> None:
        """These were committed, under these numbers on."""
        with self._lock:
            self._ring.extend(enumerate(events, first_seq))

    def written_at(self, seq: int) -> datetime | None:
        """When the first event after that one was written, by this machine's clock, UTC."""
        at_ms = self._store.at_ms(seq)
        return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)

    def after(self, seq: int, count: int) -> list[tuple[int, Event | None]]:
        """Events after that one, at most so many, with their numbers; None for one that cannot be read."""
        with self._lock:
            if self._ring and self._ring[0][0] <= seq + 1:
                begin = seq + 1 - self._ring[0][0]
                return list(islice(self._ring, begin, begin + count))
        return [(number, _event(body)) for number, body in self._store.read(seq, count)]


class SpoolLog:
    """The `NumberedLog` that a sink follows which keeps its own cursor.

    Its id begins with that of the spool. The rest is made when the sink gets its first cursor here and kept with it, so that a sink
    that was given up does not go on from where it was.

    Args:
        store: The spool.
        note: What is kept with the cursor of the sink.
    """

    def __init__(self, store: SpoolStore, note: str | None) -> None:
        known = note is not None and note.startswith(store.spool_id)
        self.id = note if note and known else f"{store.spool_id}-{token_hex(4)}"
        self._store = store

    @property
    def last_number(self) -> int:
        """See `NumberedLog.last_number`."""
        return self._store.last_seq

    def event_id(self, number: int) -> str | None:
        """See `NumberedLog.event_id`."""
        return self._store.event_id(number)


class SpoolSupply:
    """An `EventSupply` from a spool. The thread that delivers takes and settles; another saves the cursor.

    Args:
        sink: Whose.
        log: All events.
        cursor: How far the sink is.
        changed: Called when the cursor has moved.
        kept: Whether the cursor is saved. What is not kept is for this process only, as the report is.
        before: What became of the events of the run before this process.
    """

    def __init__(
        self,
        sink: EventSink,
        log: EventLog,
        cursor: Cursor,
        changed: Callable[[], None],
        *,
        kept: bool = True,
        before: Before = Before(),  # noqa: B008 - frozen
    ) -> None:
        self.sink = sink
        self.kept, self.before = kept, before
        self._log = log
        self._changed = changed
        self._lock = threading.Lock()
        self._cursor = self._saved = cursor
        self._taken: deque[int] = deque()
        self._refusals: list[Refusal] = []

    @property
    def durable(self) -> bool:
        """See `EventSupply.durable`. Nothing waits in a file that somebody has removed."""
        return self._log.is_there

    @property
    def cursor(self) -> Cursor:
        """How far the sink is, saved or not."""
        return self._cursor

    def waiting(self) -> int:
        """See `EventSupply.waiting`. Numbers that were lost with a damaged file count until they are passed."""
        return max(0, self._log.last_seq - self._cursor.seq)

    def oldest_at(self) -> datetime | None:
        """See `EventSupply.oldest_at`."""
        return self._log.written_at(self._cursor.seq) if self.waiting() else None

    def take(self, count: int) -> Sequence[Event]:
        """See `EventSupply.take`. What cannot be read of the file is refused in the sink's name."""
        newest = self._log.last_seq
        found = self._log.after(self._cursor.seq, count)
        events = [(seq, event) for seq, event in found if event is not None]
        self._taken = deque(seq for seq, _ in events)
        unreadable = [seq for seq, event in found if event is None]
        if unreadable:
            _log.error("%s: %d events cannot be read back from the spool", self.sink.name, len(unreadable))
        if unreadable or not events:
            self._move(
                0 if events else (found[-1][0] if found else newest),
                [Refusal(self.sink.name, seq, "cannot be read back from the spool") for seq in unreadable],
            )
        return [event for _, event in events]

    def numbers(self, count: int) -> Sequence[int]:
        """See `EventSupply.numbers`."""
        return list(islice(self._taken, count))

    def settle(self, count: int, refused: str | None) -> None:
        """See `EventSupply.settle`."""
        settled = [self._taken.popleft() for _ in range(count)]
        self._move(
            settled[-1],
            [Refusal(self.sink.name, seq, refused) for seq in settled] if refused is not None else [],
        )

    def unsaved(self) -> tuple[Cursor | None, list[Refusal]]:
        """The cursor, where it has moved since it was saved, and what was refused since."""
        with self._lock:
            return (self._cursor if self._cursor != self._saved else None), list(self._refusals)

    def saved(self, cursor: Cursor | None, refusals: Sequence[Refusal]) -> None:
        """This, which `unsaved` has returned, is safe."""
        with self._lock:
            self._saved = cursor or self._saved
            del self._refusals[: len(refusals)]

    def _move(self, seq: int, refusals: list[Refusal]) -> None:
        note = self.sink.mark() if isinstance(self.sink, RewindableSink) else self._cursor.note
        with self._lock:
            self._cursor = Cursor(max(seq, self._cursor.seq), note)
            self._refusals += refusals if self.kept else []
        self._changed()


def place(sink: EventSink, cursor: Cursor, store: SpoolStore) -> Cursor:
    """Bring a sink to where its cursor is.

    Returns:
        The cursor, with what the sink needs to be brought there again. It is to be saved before the sink stores anything: a crash
        before the next one must find it.

    Raises:
        OutputError: The cursor is ahead of the spool, or the sink cannot go back to it.
    """
    check_cursor(cursor, sink.name, store.last_seq, store.path)
    if isinstance(sink, RewindableSink):
        sink.rewind(cursor.note)
        return Cursor(cursor.seq, sink.mark())
    if isinstance(sink, NumberingSink):
        log = SpoolLog(store, cursor.note)
        sink.follow(log)
        return Cursor(cursor.seq, log.id)
    return cursor


def settled_before(cursor: Cursor, refused: Sequence[Refusal], before_run: int) -> Before:
    """What became of the events of a run before this process; numbers have no gaps within a run.

    Args:
        cursor: How far the sink is.
        refused: What it has refused, in this run or another.
        before_run: Number of the last event before the run.
    """
    of_run = [one for one in refused if one.seq > before_run]
    settled = max(0, cursor.seq - before_run)
    return Before(settled - len(of_run), len(of_run), of_run[-1].reason if of_run else None)


def check_cursor(cursor: Cursor, sink: str, last_seq: int, path: Path) -> None:
    """Refuse a cursor that is ahead of the events: the next ones would be taken for delivered and left out.

    Args:
        cursor: Where the sink is.
        sink: Its name.
        last_seq: Of the newest event.
        path: The spool, for the message.

    Raises:
        OutputError: It is.
    """
    if cursor.seq > last_seq:
        raise OutputError(
            f"{sink} has events up to number {cursor.seq}, but {shown_name(path)} ends with number {last_seq}: it was rolled "
            f"back or replaced; put the newer one back, or give up what is between with: footfall spool forget DIR {sink}"
        )


def _event(body: bytes) -> Event | None:
    try:
        return event_from_json(body)
    except ValidationError:
        return None
