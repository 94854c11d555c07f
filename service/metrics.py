"""What Prometheus is told: requests as they happen, and the state of everything at the moment it asks."""

import resource
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from pipeline.executor import Priority
from pipeline.runtime_state import RuntimeState, StreamState
from pipeline.supervision import StreamStatus

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STATES: tuple[StreamStatus, ...] = get_args(StreamStatus)


class Metrics:
    """All of them. Any thread.

    Args:
        state: Of the runtime.
        held: Pictures of requests that are accepted and not done yet, by priority.
    """

    def __init__(self, state: Callable[[], RuntimeState], held: Callable[[], dict[Priority, int]]) -> None:
        # When a series began is of no use here, and doubles their number.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it takes and gives nothing
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "footfall_http_requests_total",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "footfall_http_request_seconds",
            "Time to the end of an answer; streams that last are not counted.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.pictures = Counter(
            "footfall_pictures_total",
            "Pictures of requests, by what became of them.",
            ("outcome",),
            registry=self._registry,
        )
        self._registry.register(_Sampled(state, held))

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self._registry)


class _Sampled(Collector):
    """Looks at the state when it is asked."""

    def __init__(self, state: Callable[[], RuntimeState], held: Callable[[], dict[Priority, int]]) -> None:
        self._state, self._held = state, held

    def describe(self) -> list[Metric]:
        """Nothing: asking at the beginning would be too early."""
        return []

    def collect(self) -> Iterator[Metric]:
        state = self._state()
        yield from _of_parser(state)
        yield from _of_requests(self._held())
        yield from _of_streams(state)
        yield from _of_sinks(state)
        yield from _of_process()


def _of_parser(state: RuntimeState) -> Iterator[Metric]:
    parser = state.parser
    info = GaugeMetricFamily(
        "footfall_parser_info", "The parser in use.", labels=("name", "version", "precision")
    )
    info.add_metric([parser.parser.name, parser.parser.version, parser.parser.precision], 1)
    yield info
    yield GaugeMetricFamily("footfall_parser_running", "Pictures that are being parsed.", parser.running)
    yield GaugeMetricFamily("footfall_parser_mean_seconds", "Time of a picture lately.", parser.mean_s)
    waiting = GaugeMetricFamily(
        "footfall_parser_waiting", "Pictures that wait for the parser.", labels=("priority",)
    )
    for priority, count in parser.waiting.items():
        waiting.add_metric([priority.value], count)
    yield waiting
    calls = CounterMetricFamily(
        "footfall_parser_calls", "Pictures that came to the parser.", labels=("outcome",)
    )
    for outcome, count in (("parsed", parser.parsed), ("failed", parser.failed), ("refused", parser.refused)):
        calls.add_metric([outcome], count)
    yield calls


def _of_requests(held: dict[Priority, int]) -> Iterator[Metric]:
    depth = GaugeMetricFamily(
        "footfall_requests_held",
        "Pictures of requests that are accepted and not done yet.",
        labels=("priority",),
    )
    for priority, count in held.items():
        depth.add_metric([priority.value], count)
    yield depth


def _of_streams(state: RuntimeState) -> Iterator[Metric]:
    status = GaugeMetricFamily(
        "footfall_stream_state", "1 for the state that a stream is in.", labels=("stream", "state")
    )
    frames = CounterMetricFamily(
        "footfall_stream_frames", "Frames of a stream.", labels=("stream", "outcome")
    )
    visits = CounterMetricFamily("footfall_stream_visits", "Visits that were counted.", labels=("stream",))
    faults = CounterMetricFamily(
        "footfall_stream_faults", "Faults that a stream has met.", labels=("stream",)
    )
    persons = GaugeMetricFamily(
        "footfall_stream_persons", "Persons in the newest picture.", labels=("stream",)
    )
    age = GaugeMetricFamily(
        "footfall_stream_last_frame_age_seconds",
        "Since the newest picture was dealt with.",
        labels=("stream",),
    )
    for name, stream in state.streams.items():
        for each in _STATES:
            status.add_metric([name, each], float(stream.status == each))
        frames.add_metric([name, "parsed"], stream.progress.frames_parsed)
        frames.add_metric([name, "dropped"], stream.progress.frames_dropped)
        visits.add_metric([name], stream.progress.visits)
        faults.add_metric([name], stream.faults)
        persons.add_metric([name], stream.progress.persons)
        if (seconds := age_s(stream)) is not None:
            age.add_metric([name], seconds)
    yield from (status, frames, visits, faults, persons, age)


def age_s(stream: StreamState) -> float | None:
    """Seconds since the newest picture was dealt with; None before the first."""
    if stream.last_picture_at is None:
        return None
    return max(0.0, (datetime.now(UTC) - stream.last_picture_at).total_seconds())


def _of_sinks(state: RuntimeState) -> Iterator[Metric]:
    stored = CounterMetricFamily(
        "footfall_sink_events_stored", "Events that a sink has stored.", labels=("sink",)
    )
    missed = CounterMetricFamily(
        "footfall_sink_events_undelivered", "Events that a sink has missed.", labels=("sink",)
    )
    depth = GaugeMetricFamily(
        "footfall_sink_events_waiting", "Events that wait for a sink.", labels=("sink",)
    )
    well = GaugeMetricFamily("footfall_sink_well", "1 while a sink has no problem.", labels=("sink",))
    for sink in state.sinks:
        stored.add_metric([sink.name], sink.events_stored)
        missed.add_metric([sink.name], sink.events_undelivered)
        depth.add_metric([sink.name], sink.events_waiting)
        well.add_metric([sink.name], float(sink.problem is None))
    yield from (stored, missed, depth, well)


def _of_process() -> Iterator[Metric]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield CounterMetricFamily(
        "footfall_process_cpu_seconds", "CPU time of the process.", used.ru_utime + used.ru_stime
    )
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    yield GaugeMetricFamily(
        "footfall_process_resident_bytes", "Memory of the process.", pages * resource.getpagesize()
    )
