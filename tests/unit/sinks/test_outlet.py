"""FanOut: each sink at its own pace, nothing lost silently."""

import logging
import threading
from collections.abc import Callable, Sequence

import pytest

from domain.errors import SinkBusy, SinkRejected
from domain.events import Event
from domain.summary import SinkSummary
from sinks.base import EventSink
from sinks.delivery import DeliveryOptions
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.clock import FakeTime
from tests.support.events import frame_event
from tests.support.waiting import eventually

SOON = DeliveryOptions(linger_s=0.0)


class ScriptedSink(MemorySink):
    """Does before each `store` what the script says; counts batches and closings."""

    def __init__(self, before: Callable[[int], None], name: str = "scripted") -> None:
        super().__init__(name)
        self._before = before
        self.batches: list[list[Event]] = []
        self.closed = 0

    def store(self, events: Sequence[Event]) -> None:
        self.batches.append(list(events))
        self._before(len(self.batches))
        super().store(events)

    def close(self) -> None:
        self.closed += 1


def frames(count: int, start: int = 0) -> list[Event]:
    return [frame_event(index) for index in range(start, start + count)]


def busy_until(attempt: int, retry_after_s: float = 2.0) -> Callable[[int], None]:
    def before(number: int) -> None:
        if number < attempt:
            raise SinkBusy("away", retry_after_s=retry_after_s)

    return before


def run(sinks: Sequence[EventSink], events: Sequence[Event], options: DeliveryOptions = SOON) -> FanOut:
    time = FakeTime()
    outlet = FanOut(sinks, options=options, clock=time.clock, wait=time.wait)
    outlet.publish(events)
    outlet.close(60.0)
    return outlet


def test_every_sink_gets_every_event_in_order() -> None:
    sinks = [MemorySink("one"), MemorySink("two")]
    outlet = FanOut(sinks, options=SOON)
    for start in range(0, 1000, 10):
        outlet.publish(frames(10, start))
    outlet.close(10.0)
    for sink in sinks:
        assert list(sink.events) == frames(1000)
    assert outlet.report() == tuple(
        SinkSummary(name=name, events_stored=1000, events_undelivered=0) for name in ("one", "two")
    )


def test_no_thread_stays() -> None:
    before = threading.active_count()
    outlet = FanOut([MemorySink(), MemorySink()])
    assert threading.active_count() == before + 2
    outlet.close(5.0)
    outlet.close(5.0)
    assert threading.active_count() == before


def test_sinks_are_closed_once_from_their_own_thread() -> None:
    sink = ScriptedSink(lambda _: None)
    run([sink], frames(3))
    assert sink.closed == 1


def test_batches_are_filled_up_to_their_size() -> None:
    sink = ScriptedSink(lambda _: None)
    run([sink], frames(25), DeliveryOptions(batch_size=10, linger_s=0.5))
    assert [len(batch) for batch in sink.batches] == [10, 10, 5]


def test_a_busy_sink_gets_the_same_batch_until_it_takes_it() -> None:
    sink = ScriptedSink(busy_until(4))
    outlet = run([sink], frames(5))
    assert sink.batches == [frames(5)] * 4
    assert outlet.report()[0] == SinkSummary(name="scripted", events_stored=5, events_undelivered=0)


def test_the_time_between_attempts_doubles_up_to_its_limit() -> None:
    time = FakeTime()
    sink = ScriptedSink(busy_until(6))
    outlet = FanOut(
        [sink], options=DeliveryOptions(linger_s=0.0, max_retry_s=10.0), clock=time.clock, wait=time.wait
    )
    outlet.publish(frames(1))
    eventually(lambda: len(sink.events) == 1)
    outlet.close(5.0)
    assert time.waits == [2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_sink_may_ask_for_longer_than_the_limit() -> None:
    time = FakeTime()
    sink = ScriptedSink(busy_until(2, retry_after_s=99.0))
    outlet = FanOut([sink], options=SOON, clock=time.clock, wait=time.wait)
    outlet.publish(frames(1))
    eventually(lambda: len(sink.events) == 1)
    outlet.close(5.0)
    assert time.waits == [99.0]


def test_one_that_is_down_does_not_hold_up_the_others() -> None:
    down, healthy = ScriptedSink(busy_until(10**9), "down"), MemorySink("healthy")
    outlet = run([down, healthy], frames(50))
    assert list(healthy.events) == frames(50)
    assert outlet.report() == (
        SinkSummary(name="down", events_stored=0, events_undelivered=50, problem="away"),
        SinkSummary(name="healthy", events_stored=50, events_undelivered=0),
    )


def test_a_full_queue_drops_the_newest_and_says_how_many(caplog: pytest.LogCaptureFixture) -> None:
    gate = threading.Event()
    sink = ScriptedSink(lambda _: assert_set(gate))
    outlet = FanOut([sink], options=DeliveryOptions(queue_size=10, batch_size=4, linger_s=0.0))
    for start in range(0, 30, 3):
        outlet.publish(frames(3, start))
    gate.set()
    outlet.close(10.0)
    assert list(sink.events) == frames(10)
    assert outlet.report() == (
        SinkSummary(
            name="scripted",
            events_stored=10,
            events_undelivered=20,
            problem="too slow: 10 events were waiting",
        ),
    )
    assert [record.getMessage() for record in caplog.records] == [
        "scripted: 10 events wait already, new ones are not delivered to it"
    ]


def assert_set(gate: threading.Event) -> None:
    assert gate.wait(20)


def test_a_file_waits_for_a_slow_sink_and_loses_nothing() -> None:
    sink = ScriptedSink(lambda _: None)
    options = DeliveryOptions(queue_size=10, batch_size=4, linger_s=0.0)
    outlet = FanOut([sink], options=options)
    for start in range(0, 300, 30):
        outlet.publish(frames(30, start), may_wait=True)
    outlet.close(10.0)
    assert list(sink.events) == frames(300)


class TimeThatWaitsForASink(FakeTime):
    """Time that stands still while the second sink has something to store: it never looks slow, however loaded the machine is.

    While events are published, only the publisher's waits move it: nobody else knows that nothing is being added.
    """

    def __init__(self) -> None:
        super().__init__()
        self.outlet: FanOut | None = None
        self.publisher: threading.Thread | None = threading.current_thread()

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        condition.wait(None if seconds is None else 0.001)
        may_move = self.publisher in {None, threading.current_thread()}
        if seconds is not None and may_move and self.outlet and not self.outlet._deliveries[1].waiting:
            self.advance(seconds)


def test_a_file_does_not_wait_for_a_sink_that_makes_no_progress() -> None:
    time = TimeThatWaitsForASink()
    down, healthy = ScriptedSink(busy_until(10**9), "down"), MemorySink("healthy")
    options = DeliveryOptions(queue_size=10, linger_s=0.0, stall_s=2.0)
    time.outlet = FanOut([down, healthy], options=options, clock=time.clock, wait=time.wait)
    time.outlet.publish(frames(25), may_wait=True)
    time.publisher = None
    time.outlet.close(1.0)
    assert [summary.events_undelivered for summary in time.outlet.report()] == [25, 0]


def test_a_camera_loses_nothing_while_a_recording_waits_for_the_same_sink() -> None:
    gate = threading.Event()
    sink = ScriptedSink(lambda _: assert_set(gate))
    outlet = FanOut([sink], options=DeliveryOptions(queue_size=10, linger_s=0.0, stall_s=300.0))
    outlet.publish(frames(1, 1000))
    recording = threading.Thread(target=outlet.publish, args=(frames(20),), kwargs={"may_wait": True})
    recording.start()
    eventually(lambda: outlet._deliveries[0].waiting == 5)
    outlet.publish(frames(5, 2000))
    assert recording.is_alive()
    gate.set()
    recording.join(20)
    outlet.close(20.0)
    assert (outlet.report()[0].events_stored, outlet.report()[0].events_undelivered) == (26, 0)
    assert [event for event in sink.events if event in frames(20)] == frames(20)


def test_waiting_for_room_ends_when_the_outlet_closes() -> None:
    gate = threading.Event()
    sink = ScriptedSink(lambda _: assert_set(gate))
    options = DeliveryOptions(queue_size=2, linger_s=0.0, stall_s=300.0)
    outlet = FanOut([sink], options=options)
    publisher = threading.Thread(target=outlet.publish, args=(frames(5),), kwargs={"may_wait": True})
    publisher.start()
    eventually(lambda: len(sink.batches) == 1)
    closer = threading.Thread(target=outlet.close, args=(20.0,))
    closer.start()
    publisher.join(20)
    assert not publisher.is_alive()
    gate.set()
    closer.join(20)
    assert outlet.report()[0].events_stored == 2
    assert outlet.report()[0].events_undelivered == 3


def test_only_the_events_that_are_refused_alone_are_missed(caplog: pytest.LogCaptureFixture) -> None:
    class Picky(MemorySink):
        def store(self, events: Sequence[Event]) -> None:
            if any(event.event_id in poison for event in events):
                raise SinkRejected("value too large")
            super().store(events)

    poison = {frame_event(index).event_id for index in (3, 11, 12)}
    sink = Picky()
    outlet = run([sink], frames(20))
    assert [event.event_id for event in sink.events] == [
        event.event_id for event in frames(20) if event.event_id not in poison
    ]
    assert outlet.report()[0] == SinkSummary(
        name="memory", events_stored=17, events_undelivered=3, problem="value too large"
    )
    assert [record.getMessage() for record in caplog.records] == [
        "memory: does not take events: value too large"
    ]


def test_a_bug_in_one_sink_is_logged_whole_and_leaves_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def bug(_: int) -> None:
        raise KeyError("oops")

    broken, healthy = ScriptedSink(bug, "broken"), MemorySink("healthy")
    outlet = FanOut([broken, healthy], options=SOON)
    outlet.publish(frames(2))
    eventually(lambda: broken.closed == 1)
    outlet.publish(frames(3, 2))
    outlet.close(5.0)
    assert list(healthy.events) == frames(5)
    assert outlet.report()[0] == SinkSummary(
        name="broken", events_stored=0, events_undelivered=5, problem="failed: KeyError"
    )
    tracebacks = [record for record in caplog.records if record.exc_info]
    assert len(tracebacks) == 1
    assert tracebacks[0].getMessage() == "broken: failed, it gets no more events"


def test_an_outage_and_its_end_are_logged_once_each(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        run([ScriptedSink(busy_until(5))], frames(1))
    assert [record.getMessage() for record in caplog.records] == [
        "scripted: away; trying again",
        "scripted: takes events again",
    ]


def test_a_sink_that_comes_back_before_the_deadline_gets_everything() -> None:
    sink = ScriptedSink(busy_until(3))
    time = FakeTime()
    outlet = FanOut(
        [sink], options=DeliveryOptions(linger_s=0.0, batch_size=2), clock=time.clock, wait=time.wait
    )
    outlet.publish(frames(7))
    outlet.close(10.0)
    assert list(sink.events) == frames(7)


def test_what_is_left_at_the_deadline_is_counted() -> None:
    outlet = run([ScriptedSink(busy_until(10**9))], frames(7), DeliveryOptions(linger_s=0.0, batch_size=2))
    assert outlet.report()[0].events_undelivered == 7


def test_a_store_that_never_returns_does_not_hold_up_closing(caplog: pytest.LogCaptureFixture) -> None:
    gate = threading.Event()
    sink = ScriptedSink(lambda _: assert_set(gate))
    outlet = FanOut([sink], options=DeliveryOptions(linger_s=0.0, close_grace_s=0.05))
    outlet.publish(frames(2))
    eventually(lambda: len(sink.batches) == 1)
    outlet.close(0.05)
    assert outlet.report()[0] == SinkSummary(
        name="scripted", events_stored=0, events_undelivered=2, problem="did not come back from storing"
    )
    assert "left behind" in caplog.text
    gate.set()
    eventually(lambda: sink.closed == 1)


def test_publishing_after_closing_is_a_bug() -> None:
    outlet = FanOut([MemorySink()])
    outlet.close(1.0)
    with pytest.raises(RuntimeError, match="after the outlet was closed"):
        outlet.publish(frames(1))


@pytest.mark.parametrize(
    ("name", "value"), [("queue_size", 0), ("batch_size", 0), ("linger_s", -1.0), ("stall_s", -0.1)]
)
def test_options_are_checked(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must"):
        DeliveryOptions(**{name: value})  # type: ignore[arg-type]  # one wrong value at a time
