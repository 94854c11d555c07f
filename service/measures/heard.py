"""What events tell of how far numbers can be trusted."""

from collections.abc import Iterator, Sequence
from threading import Lock

from prometheus_client.core import Metric

from domain.events import Event, VisitEnded, WindowClosed
from service.measures.family import Family

_COVERAGE = Family(
    "gauge",
    "footfall_window_coverage_ratio",
    "Part of the newest window that its counts rest on, by its length; 1 is all of it.",
    ("stream", "window_s"),
)
_GARMENTS = Family(
    "counter",
    "footfall_visit_garments_total",
    "Garments of visits that ended, by whether their colour could be told.",
    ("stream", "color"),
)

FAMILIES = (_COVERAGE, _GARMENTS)


class EventMeter:
    """Listens to all events. Any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._coverage: dict[tuple[str, str], float] = {}
        self._garments: dict[tuple[str, str], int] = {}

    def take(self, events: Sequence[Event]) -> None:
        """Note what is of interest."""
        with self._lock:
            for event in events:
                if isinstance(event, WindowClosed):
                    self._coverage[event.stream_id, str(event.window_s)] = event.coverage.share
                elif isinstance(event, VisitEnded):
                    self._count(event)

    def measure(self) -> Iterator[Metric]:
        """All of them at a moment."""
        with self._lock:
            coverage, garments = dict(self._coverage), dict(self._garments)
        yield _COVERAGE.of([(*labels, share) for labels, share in coverage.items()])
        yield _GARMENTS.of([(*labels, count) for labels, count in garments.items()])

    def _count(self, visit: VisitEnded) -> None:
        for color in ("known", "unknown"):
            self._garments.setdefault((visit.stream_id, color), 0)
        for worn in visit.outfit:
            color = "unknown" if worn.color == "unknown" else "known"
            self._garments[visit.stream_id, color] += 1
