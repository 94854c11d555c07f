"""What every outlet must keep, whatever it holds events in until the sinks have them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import SinkBusy
from domain.events import Event
from sinks.base import EventSink
from sinks.memory import MemorySink
from sinks.outlet import EventOutlet
from tests.support.events import frame_event
from tests.support.waiting import eventually

DEADLINE_S = 20.0
"""Far more than it takes; nothing is left then."""


class BrokenSink:
    """A sink with a bug."""

    name = "broken"
    closed = False

    def store(self, events: Sequence[Event]) -> None:
        raise ZeroDivisionError(f"{len(events)} events")

    def close(self) -> None:
        self.closed = True


class AwaySink:
    """A sink that can be away."""

    name = "away"
    away = True

    def store(self, events: Sequence[Event]) -> None:
        del events
        if self.away:
            raise SinkBusy("it is away", retry_after_s=0.02)

    def close(self) -> None:
        """Nothing is open."""


def _waiting(outlet: EventOutlet) -> dict[str, tuple[int, str | None]]:
    return {one.name: (one.waiting, one.problem) for one in outlet.backlog().sinks}


class OutletContract(ABC):
    """Inherit, and give `make`."""

    @abstractmethod
    def make(self, sinks: Sequence[EventSink]) -> EventOutlet:
        """An outlet with these sinks and no others."""

    def test_every_sink_gets_every_event_in_order(self) -> None:
        sinks = [MemorySink("one"), MemorySink("two")]
        outlet = self.make(sinks)
        events = [frame_event(index) for index in range(60)]
        for start in range(0, 60, 7):
            outlet.publish(events[start : start + 7])
        outlet.close(DEADLINE_S)
        assert [list(sink.events) for sink in sinks] == [events, events]
        assert [(sink.name, sink.events_stored, sink.events_undelivered) for sink in outlet.report()] == [
            ("one", 60, 0),
            ("two", 60, 0),
        ]

    def test_a_sink_with_a_bug_costs_itself_only(self) -> None:
        broken, well = BrokenSink(), MemorySink("well")
        outlet = self.make([broken, well])
        outlet.publish([frame_event(0)])
        outlet.close(DEADLINE_S)
        assert list(well.events) == [frame_event(0)]
        assert broken.closed
        report = {sink.name: sink for sink in outlet.report()}
        assert report["broken"].problem
        assert not report["well"].problem

    def test_nothing_is_taken_after_the_end(self) -> None:
        outlet = self.make([MemorySink()])
        outlet.close(DEADLINE_S)
        with pytest.raises(RuntimeError):
            outlet.publish([frame_event(0)])

    def test_closing_and_hastening_any_number_of_times(self) -> None:
        outlet = self.make([MemorySink()])
        outlet.publish([frame_event(0)])
        outlet.hasten()
        outlet.hasten()
        outlet.close(DEADLINE_S)
        before = outlet.report()
        outlet.close(DEADLINE_S)
        assert outlet.report() == before

    def test_what_waits_for_a_sink_that_is_away_is_told(self) -> None:
        sink, began = AwaySink(), datetime.now(UTC)
        outlet = self.make([sink, MemorySink("well")])
        outlet.publish([frame_event(index) for index in range(3)])
        eventually(lambda: _waiting(outlet) == {"away": (3, "it is away"), "well": (0, None)})
        oldest = {one.name: one.oldest_at for one in outlet.backlog().sinks}
        assert oldest["well"] is None
        assert oldest["away"] is not None
        assert began - timedelta(milliseconds=1) <= oldest["away"] <= datetime.now(UTC)
        sink.away = False
        eventually(lambda: _waiting(outlet) == {"away": (0, None), "well": (0, None)})
        outlet.close(DEADLINE_S)
        # Whoever watches may ask at any time.
        outlet.backlog()

    def test_nothing_published_is_nothing_stored(self) -> None:
        sink = MemorySink()
        outlet = self.make([sink])
        outlet.publish([])
        outlet.close(DEADLINE_S)
        assert sink.events == ()
