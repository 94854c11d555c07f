"""The newest events, for whoever listens, and for whoever comes back to listen on."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition

from domain.events import Event, StreamHealth, VisitEnded, WindowClosed

_KEPT = 2000
_KINDS = (VisitEnded, WindowClosed, StreamHealth)


class EventFeed:
    """Visits, windows and health, in the order in which they were counted. Any thread.

    Args:
        kept: How many are remembered.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self._changed = Condition()
        self._events: deque[tuple[int, Event]] = deque(maxlen=kept)
        self._last = 0
        self._told: list[Callable[[Sequence[Event]], object]] = []

    def tell(self, listener: Callable[[Sequence[Event]], object]) -> None:
        """From now on that one gets all events as they come, those of other kinds included."""
        self._told.append(listener)

    def take(self, events: Sequence[Event]) -> None:
        """Remember those that are of interest, and tell whoever wants to be told of all."""
        for listener in self._told:
            listener(events)
        with self._changed:
            for event in events:
                if isinstance(event, _KINDS):
                    self._last += 1
                    self._events.append((self._last, event))
            self._changed.notify_all()

    def place(self, event_id: str | None) -> int:
        """Where to go on: behind that event; at the beginning of what is known where it is not; None is now."""
        with self._changed:
            if event_id is None:
                return self._last
            return next((number for number, event in self._events if event.event_id == event_id), 0)

    def after(self, place: int, timeout_s: float) -> tuple[int, list[Event]]:
        """Events behind a place, and the place behind them. Waits for one, at most so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._last > place, timeout_s)
            return self._last, [event for number, event in self._events if number > place]
