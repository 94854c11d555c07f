"""Events that wait for the commit that has the state after them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from domain.events import Event
from sinks.outlet import Checkpoint

_LONGEST_S = 5.0
"""Events wait no longer than that for a state, whatever it costs."""


class Ripening:
    """Events are ripe once a state after them is there; then both may be committed. Only `is_due` may be called without a lock.

    Making a state costs more than everything else about an event, and more the more persons are in view. So a stream is asked for
    one now and then, the less often the longer its last one took, and its events wait until then.

    Args:
        every_s: How often at most a stream is asked for its state, seconds.
        share: Part of a stream's time that making its states may take.
        most: Events of one stream that may wait for it.
        clock: Monotonic seconds.
    """

    def __init__(self, every_s: float, share: float, most: int, clock: Callable[[], float]) -> None:
        self._every_s, self._share, self._most, self._clock = every_s, share, most, clock
        self._unripe: defaultdict[str, list[Event]] = defaultdict(list)
        self._due: dict[str, float] = {}
        self._ripe: list[Event] = []
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
        due = self._due.get(checkpoint.stream_id)
        return (
            checkpoint.final
            or waiting >= self._most
            or (waiting > 0 and (due is None or self._clock() >= due))
        )

    def add(
        self, events: Sequence[Event], stream_id: str | None, state: bytes | None, took_s: float = 0.0
    ) -> None:
        """These wait, too.

        Args:
            events: Of one stream.
            stream_id: The stream; None where no state will come.
            state: After them; None where it was not made.
            took_s: How long it took to make it, seconds.
        """
        if stream_id is None:
            self._ripe += events
            return
        unripe = self._unripe[stream_id]
        unripe += events
        if state is not None:
            self._due[stream_id] = self._clock() + max(self._every_s, min(took_s / self._share, _LONGEST_S))
            self._states[stream_id] = state
            self._ripe += unripe
            unripe.clear()

    def ripen_all(self) -> None:
        """No more states will come."""
        for unripe in self._unripe.values():
            self._ripe += unripe
            unripe.clear()

    def take(self) -> tuple[list[Event], dict[str, bytes]]:
        """What may be committed; it waits until `settle`."""
        return list(self._ripe), dict(self._states)

    def settle(self, count: int, states: Mapping[str, bytes]) -> None:
        """The first so many ripe events, and these states, were committed."""
        del self._ripe[:count]
        for stream, state in states.items():
            if self._states.get(stream) is state:
                del self._states[stream]
