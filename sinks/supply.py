"""What waits for one sink: a supply of events, in memory or (see `sinks.spool.supply`) in the spool."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

from domain.events import Event


@dataclass(frozen=True, slots=True)
class Before:
    """What became of the events of a run before this process went on with it.

    Attributes:
        stored: How many its sink has.
        refused: How many it does not take.
        reason: Why.
    """

    stored: int = 0
    refused: int = 0
    reason: str | None = None


class EventSupply(Protocol):
    """What waits for one sink, oldest first. One thread takes and settles; any may ask what waits."""

    @property
    def before(self) -> Before:
        """What became of the same run before this process."""
        ...

    @property
    def durable(self) -> bool:
        """Whether what waits at the end is kept, and delivered by a later run."""
        ...

    def waiting(self) -> int:
        """Events that are not settled."""
        ...

    def oldest_at(self) -> datetime | None:
        """When the oldest that waits was counted, by this machine's clock, UTC; None where none waits, or it is not known."""
        ...

    def take(self, count: int) -> Sequence[Event]:
        """The oldest that wait, at most so many; they wait until they are settled."""
        ...

    def numbers(self, count: int) -> Sequence[int] | None:
        """Those of the oldest so many that were taken; None where events have none."""
        ...

    def settle(self, count: int, refused: str | None) -> None:
        """The oldest so many of those taken are stored, or refused for that reason; either way they wait no more."""
        ...


class MemorySupply:
    """An `EventSupply` in memory. Any thread may add.

    Args:
        now: This machine's clock, UTC.
    """

    durable = False
    before = Before()

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._queue: deque[tuple[datetime, Event]] = deque()

    def waiting(self) -> int:
        """See `EventSupply.waiting`."""
        return len(self._queue)

    def oldest_at(self) -> datetime | None:
        """See `EventSupply.oldest_at`."""
        with self._lock:
            return self._queue[0][0] if self._queue else None

    def add(self, events: Iterable[Event]) -> None:
        """These wait, too."""
        now = self._now()
        with self._lock:
            self._queue.extend((now, event) for event in events)

    def take(self, count: int) -> Sequence[Event]:
        """See `EventSupply.take`."""
        with self._lock:
            return [event for _, event in islice(self._queue, count)]

    def numbers(self, count: int) -> None:
        """See `EventSupply.numbers`."""
        del count

    def settle(self, count: int, refused: str | None) -> None:
        """See `EventSupply.settle`."""
        del refused
        with self._lock:
            for _ in range(count):
                self._queue.popleft()
