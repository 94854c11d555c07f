"""Requests, and the pictures that they bring."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

from pipeline.executor import Priority
from service.measures.family import Family

_REQUESTS = Family(
    "counter", "footfall_http_requests_total", "Requests that were answered.", ("method", "route", "status")
)
_SECONDS = Family(
    "histogram",
    "footfall_http_request_seconds",
    "Time to the end of an answer; answers that last, as events and previews do, are not counted.",
    ("route",),
)
_PICTURES = Family(
    "counter",
    "footfall_pictures_total",
    "Pictures of requests by what became of them: parsed; refused, since too many waited; abandoned, since nobody waited any more; "
    "unusable; failed.",
    ("outcome",),
)
_HELD = Family(
    "gauge",
    "footfall_requests_held",
    "Pictures of requests that are accepted and not done yet.",
    ("priority",),
)

FAMILIES = (_REQUESTS, _SECONDS, _PICTURES, _HELD)
OUTCOMES = ("parsed", "refused", "abandoned", "unusable", "failed")


class RequestMeter:
    """Counts them as they happen. Any thread.

    Args:
        registry: Exports them.
        held: Pictures of requests that are accepted and not done yet, by priority.
    """

    def __init__(self, registry: CollectorRegistry, held: Callable[[], dict[Priority, int]]) -> None:
        self._held = held
        self.requests = _REQUESTS.counter(registry)
        self.seconds = _SECONDS.histogram(registry)
        self.pictures = _PICTURES.counter(registry)
        # A series that appears with its first event has no rate before the second.
        for outcome in OUTCOMES:
            self.pictures.labels(outcome)

    def measure(self) -> Iterator[Metric]:
        """What is held at a moment."""
        yield _HELD.of([(priority.value, count) for priority, count in self._held().items()])
