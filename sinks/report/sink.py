"""Collects from the stream of events what a report shows, in bounded memory."""

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

from domain.events import Event, StreamHealth, VisitEnded, WindowClosed
from sinks.report.windows import regroup

Kept = TypeVar("Kept", VisitEnded, StreamHealth)

_SIGNAL = ("signal-lost", "signal-restored", "failed")


class ReportSink:
    """An `EventSink` that remembers windows, visits and lost signals for `write_report`.

    Memory is bounded: beyond `windows_max` a stream the windows are merged into ones of double length, which keeps every count
    exact; of the visits and of the health events the latest are kept. Totals are not counted here: they are the summary's.

    Args:
        window_s: Length of the windows to show, seconds; other lengths are passed over.
        windows_max: Of each stream.
        visits_max: Of each stream.

    `store` may be called by one thread while another reads.
    """

    name = "report"

    def __init__(self, window_s: int, *, windows_max: int = 1000, visits_max: int = 500) -> None:
        self._window_s = window_s
        self._windows_max, self._visits_max = windows_max, visits_max
        self._lock = threading.Lock()
        self._windows: dict[str, _Windows] = {}
        self._latest: dict[str, datetime] = {}
        self._visits: dict[str, _Latest[VisitEnded]] = {}
        self._health: _Latest[StreamHealth] = _Latest(200)

    def store(self, events: Sequence[Event]) -> None:
        """Remember a batch. Never fails; an event that is offered again is not remembered twice."""
        with self._lock:
            for event in events:
                if isinstance(event, WindowClosed):
                    self._add_window(event)
                elif isinstance(event, VisitEnded):
                    self._visits.setdefault(event.stream_id, _Latest(self._visits_max)).add(event)
                elif isinstance(event, StreamHealth) and event.status in _SIGNAL:
                    self._health.add(event)

    def close(self) -> None:
        """Nothing to let go; what was remembered can still be read."""

    @property
    def windows(self) -> list[WindowClosed]:
        """Windows of all streams, in order of time within each."""
        with self._lock:
            return [window for windows in self._windows.values() for window in windows.kept]

    @property
    def visits(self) -> list[VisitEnded]:
        """The latest visits of each stream, in the order in which they ended."""
        with self._lock:
            return [visit for visits in self._visits.values() for visit in visits.events()]

    @property
    def health(self) -> list[StreamHealth]:
        """The latest losses and returns of a signal, and failures."""
        with self._lock:
            return self._health.events()

    def _add_window(self, window: WindowClosed) -> None:
        latest = self._latest.get(window.stream_id)
        # The windows of a stream close in order, so an older one has been here before.
        if window.window_s != self._window_s or (latest is not None and window.window_start <= latest):
            return
        self._latest[window.stream_id] = window.window_start
        self._windows.setdefault(window.stream_id, _Windows(self._windows_max, self._window_s)).add(window)


class _Windows:
    """The windows of one stream, merged into longer ones, all of one length, when there are too many."""

    def __init__(self, limit: int, window_s: int) -> None:
        self._limit, self._window_s = limit, window_s
        self.kept: list[WindowClosed] = []

    def add(self, window: WindowClosed) -> None:
        self.kept[-1:] = regroup([*self.kept[-1:], window], self._window_s)
        if len(self.kept) > self._limit:
            self._window_s *= 2
            self.kept = regroup(self.kept, self._window_s)


class _Latest(Generic[Kept]):
    """The latest `limit` events, each once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._events: dict[str, Kept] = {}

    def add(self, event: Kept) -> None:
        self._events.setdefault(event.event_id, event)
        if len(self._events) > self._limit:
            del self._events[next(iter(self._events))]

    def events(self) -> list[Kept]:
        return list(self._events.values())
