"""Sinks that keep their own cursor: what a spool tells them, and what becomes of one that stops."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.errors import SinkRejected, SinkStopped
from domain.events import Event
from domain.summary import SinkSummary
from sinks.base import NumberedLog
from sinks.delivery import DeliveryOptions
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.store import SpoolStore
from tests.support.events import frame_event


class Numbering(MemorySink):
    """Keeps events by number, refuses some, and stops where it is told to."""

    def __init__(self, refuses: Sequence[int] = (), stops_at: int | None = None) -> None:
        super().__init__("numbering")
        self.by_number: dict[int, Event] = {}
        self.log: NumberedLog | None = None
        self._refuses, self._stops_at = refuses, stops_at

    def follow(self, log: NumberedLog) -> None:
        self.log = log

    def store_numbered(self, events: Sequence[Event], numbers: Sequence[int]) -> None:
        if self._stops_at in numbers:
            raise SinkStopped("somebody else writes")
        if set(numbers) & set(self._refuses):
            raise SinkRejected("too large")
        self.by_number.update(zip(numbers, events, strict=True))


def frames(count: int, start: int = 0) -> list[Event]:
    return [frame_event(index) for index in range(start, start + count)]


def spool(tmp_path: Path, sink: MemorySink, run_id: str = "run") -> SpoolOutlet:
    run = SpoolRun(run_id, "fingerprint", [sink])
    fast = SpoolOptions(commit_every_s=0.001, cursors_every_s=0.001)
    return SpoolOutlet(
        SpoolStore(tmp_path / "spool.db"), run, options=fast, delivery=DeliveryOptions(linger_s=0)
    )


def log_of(sink: Numbering) -> NumberedLog:
    assert sink.log is not None
    return sink.log


def test_each_event_comes_with_its_number_also_beside_one_that_is_refused(tmp_path: Path) -> None:
    sink = Numbering(refuses=[4])
    outlet = spool(tmp_path, sink)
    outlet.publish(frames(9))
    outlet.close(20.0)
    assert sink.by_number == {number: frame_event(number - 1) for number in range(1, 10) if number != 4}
    assert not sink.events
    assert outlet.report()[0].events_undelivered == 1


def test_the_log_says_what_an_event_is_and_keeps_its_id(tmp_path: Path) -> None:
    first, second = Numbering(), Numbering()
    outlet = spool(tmp_path, first)
    outlet.publish(frames(3))
    outlet.close(20.0)
    outlet = spool(tmp_path, second, "another run")
    log = log_of(second)
    assert log.id == log_of(first).id
    assert (log.last_number, log.event_id(3), log.event_id(4)) == (3, frame_event(2).event_id, None)
    outlet.close(20.0)


def test_a_sink_that_was_given_up_knows_the_log_under_another_id(tmp_path: Path) -> None:
    first, second = Numbering(), Numbering()
    spool(tmp_path, first).close(20.0)
    store = SpoolStore(tmp_path / "spool.db")
    store.forget("numbering")
    spool_id = store.spool_id
    store.close()
    spool(tmp_path, second).close(20.0)
    assert log_of(first).id != log_of(second).id
    assert log_of(first).id.startswith(spool_id)
    assert log_of(second).id.startswith(spool_id)


def test_what_waits_for_a_sink_that_stops_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outlet = spool(tmp_path, Numbering(stops_at=1))
    outlet.publish(frames(5))
    outlet.close(20.0)
    assert outlet.report() == (
        SinkSummary(
            name="numbering",
            events_stored=0,
            events_undelivered=0,
            events_waiting=5,
            problem="somebody else writes",
        ),
    )
    [line] = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert line == "numbering gets no more events, they wait: somebody else writes"
    sink = Numbering()
    spool(tmp_path, sink, "another run").close(20.0)
    assert list(sink.by_number.values()) == frames(5)


def test_out_of_memory_there_are_no_numbers() -> None:
    sink = Numbering()
    outlet = FanOut([sink])
    outlet.publish(frames(5))
    outlet.close(20.0)
    assert (list(sink.events), sink.by_number) == (frames(5), {})
