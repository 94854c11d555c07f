"""Events that wait for the commit that has the state after them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from domain.events import Event
from sinks.outlet import Checkpoint
from sinks.spool.store import Row

Entry: TypeAlias = tuple[Event, Row]
"""An event, and the same as it is written."""


class Ripening:
    """Events are ripe once a state after them is there; then both may be committed. Only `is_due` may be called without a lock.

    Making a state costs more than everything else about an event. So a stream is asked for one now and then, and its events wait
    until then.

    Args:
        every_s: How often at most a stream is asked for its state, seconds.
        most: Events of one stream that may wait for it.
        clock: Monotonic seconds.
    """

    def __init__(self, every_s: float, most: int, clock: Callable[[], float]) -> None:
        self._every_s, self._most, self._clock = every_s, most, clock
        self._unripe: defaultdict[str, list[Entry]] = defaultdict(list)
        self._asked: dict[str, float] = {}
        self._ripe: list[Entry] = []
        self._states: dict[str, bytes] = {}

    @property
    def ripe(self) -> int:
        """How many events may be committed."""
        return len(self._ripe)

    @property
    def has_work(self) -> bool:
        """Whether there is something to commit."""
        return bool(self._ripe or self._states)

    def is_due(self, checkpoint: Checkpoint, fresh: int) -> bool:
        """Whether to make the state of that stream now. Called by the thread of the stream.

        Args:
            checkpoint: What the stream offers.
            fresh: How many events come with it.
        """
        waiting = len(self._unripe.get(checkpoint.stream_id, ())) + fresh
        since = self._clock() - self._asked.get(checkpoint.stream_id, -self._every_s)
        return checkpoint.final or waiting >= self._most or (waiting > 0 and since >= self._every_s)

    def add(self, entries: Sequence[Entry], stream_id: str | None, state: bytes | None) -> None:
        """These wait, too.

        Args:
            entries: Events of one stream.
            stream_id: The stream; None where no state will come.
            state: After them; None where it was not made.
        """
        if stream_id is None:
            self._ripe += entries
            return
        unripe = self._unripe[stream_id]
        unripe += entries
        if state is not None:
            self._asked[stream_id] = self._clock()
            self._states[stream_id] = state
            self._ripe += unripe
            unripe.clear()

    def ripen_all(self) -> None:
        """No more states will come."""
        for unripe in self._unripe.values():
            self._ripe += unripe
            unripe.clear()

    def take(self) -> tuple[list[Entry], dict[str, bytes]]:
        """What may be committed; it waits until `settle`."""
        return list(self._ripe), dict(self._states)

    def settle(self, count: int, states: Mapping[str, bytes]) -> None:
        """The first so many ripe events, and these states, were committed."""
        del self._ripe[:count]
        for stream, state in states.items():
            if self._states.get(stream) is state:
                del self._states[stream]
