"""What every event sink must keep, whatever it writes to."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import pytest

from domain.events import Event
from sinks.base import EventSink
from tests.support.events import frame_event, health_event, one_of_each, place_events, visit_event


class SinkContract(ABC):
    """Inherit, and give the fixture `sink` and the method `stored`.

    Attributes:
        knows_ids: Whether it knows what it has by the event ids. One that does not keeps a place (`RewindableSink`).
    """

    knows_ids: ClassVar[bool] = True

    @pytest.fixture
    @abstractmethod
    def sink(self) -> EventSink:
        """A sink over an empty store."""

    @abstractmethod
    def stored(self, sink: EventSink) -> Sequence[Event]:
        """Every event that the store holds, read back from it; in the order of storing within a stream and kind."""

    def test_every_kind_comes_back_as_it_was(self, sink: EventSink) -> None:
        events = [*one_of_each(), *place_events()]
        sink.store(events)
        assert sorted(self.stored(sink), key=_by_id) == sorted(events, key=_by_id)

    def test_order_is_kept_within_a_stream(self, sink: EventSink) -> None:
        events = [frame_event(index, stream) for index in range(20) for stream in ("door", "yard")]
        for start in range(0, len(events), 7):
            sink.store(events[start : start + 7])
        back = self.stored(sink)
        for stream in ("door", "yard"):
            assert [event for event in back if event.stream_id == stream] == [
                event for event in events if event.stream_id == stream
            ]

    def test_a_batch_offered_again_is_stored_once(self, sink: EventSink) -> None:
        self._needs_ids()
        events = one_of_each()
        for _ in range(3):
            sink.store(events)
        assert len(self.stored(sink)) == len(events)

    def test_a_batch_that_overlaps_adds_what_is_new(self, sink: EventSink) -> None:
        self._needs_ids()
        sink.store([frame_event(index) for index in range(4)])
        sink.store([frame_event(index) for index in range(2, 6)])
        assert list(self.stored(sink)) == [frame_event(index) for index in range(6)]

    def test_an_event_twice_in_one_batch_is_stored_once(self, sink: EventSink) -> None:
        self._needs_ids()
        sink.store([visit_event(), visit_event()])
        assert list(self.stored(sink)) == [visit_event()]

    def test_an_empty_batch_is_nothing(self, sink: EventSink) -> None:
        sink.store([])
        assert len(self.stored(sink)) == 0

    def test_a_big_batch(self, sink: EventSink) -> None:
        events = [frame_event(index, persons=3) for index in range(1500)]
        sink.store(events)
        assert list(self.stored(sink)) == events

    def test_any_script_survives(self, sink: EventSink) -> None:
        message = (
            'Tür zu \u2014 \u6771\u4eac \U0001f6aa "quoted" \\ back\nnext line\u2028same line, \x1f control'
        )
        event = health_event(stream_id="\u5165\u53e3/1", message=message)
        sink.store([event])
        assert list(self.stored(sink)) == [event]

    def test_closing_twice_is_closing_once(self, sink: EventSink) -> None:
        sink.store(one_of_each())
        sink.close()
        sink.close()
        assert len(self.stored(sink)) == len(one_of_each())

    def test_it_has_a_short_name(self, sink: EventSink) -> None:
        assert sink.name.isidentifier()

    def _needs_ids(self) -> None:
        if not self.knows_ids:
            pytest.skip("it keeps a place instead of ids")


def _by_id(event: Event) -> str:
    return event.event_id
