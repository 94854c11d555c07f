"""What every outlet must keep, whatever it holds events in until the sinks have them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import pytest

from domain.events import Event
from sinks.base import EventSink
from sinks.memory import MemorySink
from sinks.outlet import EventOutlet
from tests.support.events import frame_event

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

    def test_nothing_published_is_nothing_stored(self) -> None:
        sink = MemorySink()
        outlet = self.make([sink])
        outlet.publish([])
        outlet.close(DEADLINE_S)
        assert sink.events == ()
