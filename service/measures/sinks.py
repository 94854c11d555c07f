"""Sinks, and the spool that keeps what waits for them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client.core import Metric

from pipeline.runtime_state import RuntimeState
from service.measures.family import Family
from sinks.backlog import SinkBacklog

_SINK = ("sink",)

_STORED = Family("counter", "footfall_sink_events_stored_total", "Events that a sink has stored.", _SINK)
_MISSED = Family(
    "counter", "footfall_sink_events_undelivered_total", "Events that a sink has missed for good.", _SINK
)
_WAITING = Family("gauge", "footfall_sink_events_waiting", "Events that wait for a sink.", _SINK)
_LAG = Family(
    "gauge",
    "footfall_sink_lag_seconds",
    "Since the oldest event that waits for a sink was counted; 0 where none waits.",
    _SINK,
)
_WELL = Family("gauge", "footfall_sink_well", "1 while a sink takes events.", _SINK)
_KEPT = Family("gauge", "footfall_spool_well", "1 while events can be kept.")
_DEPTH = Family("gauge", "footfall_spool_events", "Events in the spool that some sink does not have yet.")
_USED = Family("gauge", "footfall_spool_used_bytes", "Of the spool's file, without what was deleted in it.")
_LIMIT = Family("gauge", "footfall_spool_limit_bytes", "How large the spool may become.")

FAMILIES = (_STORED, _MISSED, _WAITING, _LAG, _WELL, _KEPT, _DEPTH, _USED, _LIMIT)


def measure(state: RuntimeState) -> Iterator[Metric]:
    """All of them at a moment."""
    backlog = state.backlog
    yield _STORED.of([(sink.name, sink.events_stored) for sink in state.sinks])
    yield _MISSED.of([(sink.name, sink.events_undelivered) for sink in state.sinks])
    yield _WAITING.of([(sink.name, sink.waiting) for sink in backlog.sinks])
    yield _LAG.of([(sink.name, _lag_s(sink)) for sink in backlog.sinks])
    yield _WELL.of([(sink.name, float(sink.problem is None)) for sink in backlog.sinks])
    yield _KEPT.of([(float(state.delivery_problem is None),)])
    if backlog.used_bytes is not None and backlog.limit_bytes is not None:
        yield _DEPTH.of([(max((sink.waiting for sink in backlog.sinks), default=0),)])
        yield _USED.of([(backlog.used_bytes,)])
        yield _LIMIT.of([(backlog.limit_bytes,)])


def _lag_s(sink: SinkBacklog) -> float:
    if sink.oldest_at is None:
        return 0.0
    return max(0.0, (datetime.now(UTC) - sink.oldest_at).total_seconds())
