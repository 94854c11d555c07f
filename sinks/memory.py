"""Events kept in a list: for tests, demos and notebooks."""

from collections.abc import Sequence

from domain.events import Event


class MemorySink:
    """An `EventSink` that keeps every event once, in the order of arrival, for as long as it lives; memory grows."""

    def __init__(self, name: str = "memory") -> None:
        self._name = name
        self._events: dict[str, Event] = {}

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def events(self) -> tuple[Event, ...]:
        """What was stored, in order. Any thread may read it."""
        return tuple(self._events.values())

    def store(self, events: Sequence[Event]) -> None:
        """Keep what is not there yet. Never raises."""
        for event in events:
            self._events.setdefault(event.event_id, event)

    def close(self) -> None:
        """Nothing to let go; the events stay readable."""
