"""What Prometheus is told: requests as they happen, and the state of everything at the moment it asks."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, disable_created_metrics, start_http_server
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from pipeline.executor import Priority
from pipeline.runtime_state import RuntimeState
from service.measures import cameras, heard, jobs, parser, process, requests, sinks, streams, trial
from service.measures.family import Family
from service.measures.heard import EventMeter
from service.measures.requests import RequestMeter

_OF_RUNTIME = (parser, streams, sinks)


class RuntimeMetrics:
    """Those of a runtime. Any thread.

    Args:
        state: Of the runtime; None before there is one.

    Attributes:
        heard: Is to be told of all events.
    """

    def __init__(self, state: Callable[[], RuntimeState | None]) -> None:
        # When a series began is of no use here, and doubles their number.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it takes and gives nothing
        self.registry = CollectorRegistry()
        self.heard = EventMeter()
        self.add(lambda: _of_runtime(state()))
        self.add(self.heard.measure)
        self.add(process.measure)

    def add(self, measure: Callable[[], Iterable[Metric]]) -> None:
        """Ask this, too, whenever Prometheus asks."""
        self.registry.register(_Asked(measure))

    def listen(self, host: str, port: int) -> tuple[str, Callable[[], None]]:
        """Answer Prometheus in a thread of its own, where there is no service that does.

        Args:
            host: Address to listen on.
            port: 0 takes a free one.

        Returns:
            The address, and what ends it.

        Raises:
            OSError: The port cannot be had.
        """
        server, thread = start_http_server(port, host, self.registry)

        def end() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return f"http://{host}:{server.server_address[1]}/metrics", end

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)


class Metrics(RuntimeMetrics):
    """Those of the service besides. Any thread.

    Args:
        state: Of the runtime.
        held: Pictures of requests that are accepted and not done yet, by priority.
    """

    def __init__(self, state: Callable[[], RuntimeState], held: Callable[[], dict[Priority, int]]) -> None:
        super().__init__(state)
        meter = RequestMeter(self.registry, held)
        self.requests, self.seconds, self.pictures = meter.requests, meter.seconds, meter.pictures
        self.add(meter.measure)


def families(*, service: bool = True) -> Sequence[Family]:
    """Every metric there is, for the documentation.

    Args:
        service: Whether those that only a service has are among them.
    """
    own = (*requests.FAMILIES, *trial.FAMILIES, *cameras.FAMILIES, *jobs.FAMILIES) if service else ()
    return [*own, *(one for each in (*_OF_RUNTIME, heard) for one in each.FAMILIES), *process.families()]


def _of_runtime(state: RuntimeState | None) -> Iterator[Metric]:
    if state is not None:
        for each in _OF_RUNTIME:
            yield from each.measure(state)


class _Asked(Collector):
    """Asks when it is asked."""

    def __init__(self, measure: Callable[[], Iterable[Metric]]) -> None:
        self._measure = measure

    def describe(self) -> list[Metric]:
        """Nothing: asking at the beginning would be too early."""
        return []

    def collect(self) -> Iterable[Metric]:
        return self._measure()
