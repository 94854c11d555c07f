"""The parser, and what waits for it."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from pipeline.runtime_state import RuntimeState
from service.measures.family import Family

_INFO = Family(
    "gauge", "footfall_parser_info", "The parser in use; always 1.", ("name", "version", "precision")
)
_RUNNING = Family("gauge", "footfall_parser_running", "Pictures that are being parsed.")
_WAITING = Family("gauge", "footfall_parser_waiting", "Pictures that wait for the parser.", ("priority",))
_CALLS = Family(
    "counter",
    "footfall_parser_calls_total",
    "Pictures that came to the parser: parsed, failed, refused.",
    ("outcome",),
)
_TOOK = Family("histogram", "footfall_parser_seconds", "Time that the parser took for a picture.")
_WAITED = Family(
    "histogram",
    "footfall_parser_wait_seconds",
    "Time for which a picture waited for its turn.",
    ("priority",),
)

FAMILIES = (_INFO, _RUNNING, _WAITING, _CALLS, _TOOK, _WAITED)


def measure(state: RuntimeState) -> Iterator[Metric]:
    """All of them at a moment."""
    parser = state.parser
    yield _INFO.of([(parser.parser.name, parser.parser.version, parser.parser.precision, 1)])
    yield _RUNNING.of([(parser.running,)])
    yield _WAITING.of([(priority.value, count) for priority, count in parser.waiting.items()])
    yield _CALLS.of([("parsed", parser.parsed), ("failed", parser.failed), ("refused", parser.refused)])
    yield _TOOK.of_durations({(): parser.took})
    yield _WAITED.of_durations({(priority.value,): waited for priority, waited in parser.waited.items()})
