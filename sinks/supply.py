"""What waits for one sink: a supply of events, in memory or (see `sinks.spool.supply`) in the spool."""

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    """An `EventSupply` in memory. Any thread may add."""

    durable = False
    before = Before()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Event] = deque()

    def waiting(self) -> int:
        """See `EventSupply.waiting`."""
        return len(self._queue)

    def add(self, events: Iterable[Event]) -> None:
        """These wait, too."""
        with self._lock:
            self._queue.extend(events)

    def take(self, count: int) -> Sequence[Event]:
        """See `EventSupply.take`."""
        with self._lock:
            return list(islice(self._queue, count))

    def numbers(self, count: int) -> None:
        """See `EventSupply.numbers`."""
        del count

    def settle(self, count: int, refused: str | None) -> None:
        """See `EventSupply.settle`."""
        del refused
        with self._lock:
            for _ in range(count):
                self._queue.popleft()
