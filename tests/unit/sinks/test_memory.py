"""MemorySink."""

from collections.abc import Sequence

import pytest

from domain.events import Event
from sinks.base import EventSink
from sinks.memory import MemorySink
from tests.contracts.event_sink import SinkContract


class TestMemorySink(SinkContract):
    @pytest.fixture
    def sink(self) -> MemorySink:
        return MemorySink()

    def stored(self, sink: EventSink) -> Sequence[Event]:
        assert isinstance(sink, MemorySink)
        return sink.events
