"""Collects from the stream of events what a report shows, in bounded memory."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from domain.events import Event, FrameObserved, PresenceMapped, WindowClosed
from sinks.report.heat import HeatMap, HeatSum
from sinks.report.lists import wanted
from sinks.report.shapes import FloorShapes
from sinks.report.windows import KeptWindows, kept_for

ShapesAt: TypeAlias = Callable[[int, int], FloorShapes]
"""Lines and zones in a picture of that width and height."""


class ReportSink:
    """An `EventSink` that remembers windows and the events that the report lists, for `write_report`.

    Memory is bounded: beyond `windows_max` a stream the windows are merged into ones of double length, which keeps every count
    exact; of the events of a list the latest are kept, as many as their kind says. Totals are not counted here: they are the
    summary's.

    Args:
        window_s: Length of the windows to show, seconds, of all streams or by stream; other lengths are passed over.
        windows_max: Of each stream.
        latest: So many events of a list are kept of each stream; None is what their kind says.

    `store` may be called by one thread while another reads.
    """

    name = "report"

    def __init__(
        self, window_s: int | Mapping[str, int], *, windows_max: int = 1000, latest: int | None = None
    ) -> None:
        self._window_s = window_s if isinstance(window_s, int) else dict(window_s)
        self._windows_max, self._most = windows_max, latest
        self._lock = threading.Lock()
        self._windows: dict[str, KeptWindows] = {}
        self._latest: dict[str, datetime] = {}
        self._listed: dict[tuple[str, str], _Latest] = {}
        self._heat: dict[str, HeatSum] = {}
        self._shapes: dict[str, ShapesAt] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._spans: dict[str, tuple[datetime, datetime]] = {}

    def store(self, events: Sequence[Event]) -> None:
        """Remember a batch. Never fails; an event that is offered again is not remembered twice."""
        with self._lock:
            for event in events:
                if isinstance(event, WindowClosed):
                    self._add_window(event)
                elif isinstance(event, PresenceMapped):
                    self._heat.setdefault(event.stream_id, HeatSum(event)).add(event)
                    self._sizes[event.stream_id] = event.width, event.height
                elif isinstance(event, FrameObserved):
                    self._see(event)
                elif wanted(event):
                    self._add_listed(event)

    def show(self, stream_id: str, window_s: int) -> None:
        """Show the windows of that length of a stream, which may have come while the run goes on."""
        with self._lock:
            if not isinstance(self._window_s, int):
                self._window_s[stream_id] = window_s

    def draw(self, stream_id: str, shapes: ShapesAt, size: tuple[int, int] | None = None) -> None:
        """Draw these on the floor of a stream.

        Args:
            stream_id: The stream.
            shapes: Its lines and zones, once the width and height of its pictures are known.
            size: These, where they are known already.
        """
        with self._lock:
            self._shapes[stream_id] = shapes
            if size is not None:
                self._sizes.setdefault(stream_id, size)

    def close(self) -> None:
        """Nothing to let go; what was remembered can still be read."""

    @property
    def windows(self) -> list[WindowClosed]:
        """Windows of all streams, in order of time within each."""
        with self._lock:
            return [window for windows in self._windows.values() for window in windows.kept]

    @property
    def listed(self) -> list[Event]:
        """The latest events of each list and stream, in the order in which they came."""
        with self._lock:
            return [event for latest in self._listed.values() for event in latest.events()]

    @property
    def heat(self) -> dict[str, HeatMap]:
        """Where people stood, by stream."""
        with self._lock:
            return {stream_id: heat.result() for stream_id, heat in self._heat.items()}

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Width and height of the newest picture, pixels, by stream."""
        with self._lock:
            return dict(self._sizes)

    @property
    def spans(self) -> dict[str, tuple[datetime, datetime]]:
        """When the first and the last picture was, by stream."""
        with self._lock:
            return dict(self._spans)

    @property
    def shapes(self) -> dict[str, FloorShapes]:
        """Lines and zones, by stream; of those whose pictures were never seen nothing."""
        with self._lock:
            return {
                stream_id: shapes(*self._sizes[stream_id])
                for stream_id, shapes in self._shapes.items()
                if stream_id in self._sizes
            }

    @property
    def left_out(self) -> dict[str, int]:
        """How many earlier events are not listed any more, by `event_type`."""
        counts: dict[str, int] = {}
        with self._lock:
            for (kind, _), latest in self._listed.items():
                counts[kind] = counts.get(kind, 0) + latest.left_out
        return counts

    def _see(self, frame: FrameObserved) -> None:
        self._sizes[frame.stream_id] = frame.width, frame.height
        begin, end = self._spans.get(frame.stream_id, (frame.event_time, frame.event_time))
        self._spans[frame.stream_id] = min(begin, frame.event_time), max(end, frame.event_time)

    def _add_listed(self, event: Event) -> None:
        described = type(event).report
        if described is not None:
            place = event.event_type, event.stream_id
            self._listed.setdefault(place, _Latest(self._most or described.latest)).add(event)

    def _add_window(self, window: WindowClosed) -> None:
        latest = self._latest.get(window.stream_id)
        # The windows of a stream close in order, so an older one has been here before.
        wanted_s = self._window_s if isinstance(self._window_s, int) else self._window_s.get(window.stream_id)
        shown = window.window_s == wanted_s or window.min_group > 1
        if not shown or (latest is not None and window.window_start <= latest):
            return
        self._latest[window.stream_id] = window.window_start
        kept = kept_for(window, self._windows_max, self._windows.get(window.stream_id))
        kept.add(window)
        self._windows[window.stream_id] = kept


class _Latest:
    """The latest `limit` events, each once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._events: dict[str, Event] = {}
        self.left_out = 0

    def add(self, event: Event) -> None:
        self._events.setdefault(event.event_id, event)
        if len(self._events) > self._limit:
            del self._events[next(iter(self._events))]
            self.left_out += 1

    def events(self) -> list[Event]:
        return list(self._events.values())
