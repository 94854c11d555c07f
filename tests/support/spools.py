"""A spool with sinks that take nothing, note everything, or refuse."""

import threading
from collections.abc import Sequence
from math import inf
from pathlib import Path

from domain.errors import SinkBusy, SinkRejected
from domain.events import Event
from sinks.base import EventSink
from sinks.delivery import DeliveryOptions
from sinks.memory import MemorySink
from sinks.outlet import Checkpoint
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.rows import row_of
from sinks.spool.store import Row, SpoolStore
from tests.support.events import frame_event

SOON = DeliveryOptions(linger_s=0.0)


FAST = SpoolOptions(commit_every_s=0.001, states_every_s=0.0, states_share=inf, cursors_every_s=0.001)


class Away(MemorySink):
    """Takes nothing until it is let."""

    def __init__(self, name: str = "away") -> None:
        super().__init__(name)
        self.back = threading.Event()
        self.asked = 0

    def store(self, events: Sequence[Event]) -> None:
        self.asked += 1
        if not self.back.is_set():
            raise SinkBusy("away", retry_after_s=0.01)
        super().store(events)


class Counting(MemorySink):
    """Notes every batch, what is there already included, and the place that it is at."""

    def __init__(self, name: str = "counting") -> None:
        super().__init__(name)
        self.batches: list[list[Event]] = []
        self.place = 0
        self.rewound: list[str | None] = []

    def store(self, events: Sequence[Event]) -> None:
        self.batches.append(list(events))
        self.place += len(events)

    def mark(self) -> str:
        return str(self.place)

    def rewind(self, mark: str | None) -> None:
        self.rewound.append(mark)
        self.place = int(mark or 0)


class Refusing(MemorySink):
    """Does not take one event."""

    def __init__(self, event: Event) -> None:
        super().__init__("refusing")
        self._refused = event

    def store(self, events: Sequence[Event]) -> None:
        if self._refused in events:
            raise SinkRejected("no")
        super().store(events)


def frames(count: int, start: int = 0) -> list[Event]:
    return [frame_event(index) for index in range(start, start + count)]


def rows_of(events: Sequence[Event]) -> list[Row]:
    return [row_of(event) for event in events]


def spool(
    tmp_path: Path, *sinks: EventSink, options: SpoolOptions = FAST, run_id: str = "run", **more: object
) -> SpoolOutlet:
    run = SpoolRun(run_id, "fingerprint", sinks, **more)  # type: ignore[arg-type]  # what a test says
    return SpoolOutlet(SpoolStore(tmp_path / "spool.db"), run, options=options, delivery=SOON)


def reopened(tmp_path: Path) -> SpoolStore:
    return SpoolStore(tmp_path / "spool.db")


def state(text: bytes, stream: str = "door") -> Checkpoint:
    return Checkpoint(stream, lambda: text)
