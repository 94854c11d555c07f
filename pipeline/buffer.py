"""The hand-over between two threads: bounded, and closed rather than poisoned."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class WhenFull(Enum):
    """What `HandOver.put` does when the buffer is full."""

    WAIT = "wait"
    """Wait for room: for recordings, which can wait."""

    DROP_OLDEST = "drop-oldest"
    """Drop the oldest item that may be dropped, and count it: for cameras, which do not wait."""


class Closed(Exception):  # noqa: N818 - a state, not a fault
    """Nothing more comes, or nothing more is taken."""


@dataclass(frozen=True, slots=True)
class BufferStats:
    """A moment's state.

    Attributes:
        waiting: Items in the buffer.
        dropped: Items dropped since the beginning.
    """

    waiting: int
    dropped: int


class HandOver(Generic[T]):
    """A bounded queue between one thread that puts and one that gets.

    Args:
        capacity: Most items that wait.
        when_full: What `put` does then.
        may_drop: Which items DROP_OLDEST may drop; all by default. Those it may not drop go beyond the capacity if they must.
        may_wait: For which items DROP_OLDEST waits all the same; none by default.
    """

    def __init__(
        self,
        capacity: int,
        when_full: WhenFull = WhenFull.WAIT,
        may_drop: Callable[[T], bool] = lambda _: True,
        may_wait: Callable[[T], bool] = lambda _: False,
    ) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {capacity}")
        self._capacity = capacity
        self._when_full = when_full
        self._may_drop = may_drop
        self._may_wait = may_wait
        self._items: deque[T] = deque()
        self._dropped = 0
        self._closed = False
        self._changed = Condition()

    def put(self, item: T) -> None:
        """Hand over one item. With WAIT, or where the item may wait, blocks until there is room or the buffer is closed.

        Raises:
            Closed: The buffer is closed; the item was not taken.
        """
        with self._changed:
            if self._when_full is WhenFull.WAIT or self._may_wait(item):
                self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            elif len(self._items) >= self._capacity:
                self._drop_oldest()
            if self._closed:
                raise Closed
            self._items.append(item)
            self._changed.notify_all()

    def get(self, timeout_s: float | None = None) -> T:
        """Take the oldest item. Blocks until there is one, or the buffer is closed and empty.

        Raises:
            Closed: The buffer is closed and empty.
            TimeoutError: Nothing came within `timeout_s` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or self._items, timeout_s):
                raise TimeoutError
            if not self._items:
                raise Closed
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def close(self) -> None:
        """Take nothing more; what waits can still be got. Any thread, any number of times."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def stats(self) -> BufferStats:
        """Counts of this moment. Any thread."""
        with self._changed:
            return BufferStats(waiting=len(self._items), dropped=self._dropped)

    def _drop_oldest(self) -> None:
        for position, item in enumerate(self._items):
            if self._may_drop(item):
                del self._items[position]
                self._dropped += 1
                return
