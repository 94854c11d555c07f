"""Events to a function of the caller's own."""

from collections.abc import Callable, Sequence

from domain.events import Event


class CallingSink:
    """An `EventSink` that calls a function with every batch. What the function raises is a fault of it, and ends the deliveries.

    Args:
        call: Gets the events, in order, from one thread.
        name: As it is called in logs and summaries.
    """

    def __init__(self, call: Callable[[Sequence[Event]], object], name: str = "caller") -> None:
        self._call, self._name = call, name

    @property
    def name(self) -> str:
        """What it was given."""
        return self._name

    def store(self, events: Sequence[Event]) -> None:
        """Call it."""
        self._call(events)

    def close(self) -> None:
        """Nothing is open."""
