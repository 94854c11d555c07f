"""How many events a second each sink takes, and what a frame costs the video sink: `python -m benchmarks.sinks`.

Starts a real PostgreSQL and a real Kafka like the tests do. The events are frames with two persons in one garment each: five rows.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from domain.events import Event
from sinks.base import EventSink
from sinks.jsonl import JsonlSink
from sinks.kafka.idempotent import KafkaSink
from sinks.kafka.transactional import TransactionalKafkaSink
from sinks.memory import MemorySink
from sinks.sql.sink import SqlSink
from sinks.video import VideoSink
from tests.support.ending import unwind_on_signals
from tests.support.events import frame_event
from tests.support.kafka import KafkaServer, kafka_settings
from tests.support.postgres import PostgresServer
from tests.support.rendered import rendered

EVENTS = 10_000
ROWS_OF_AN_EVENT = 5
BATCH = 500
VIDEO_FRAMES = 200


def main() -> None:
    """Print two small tables."""
    unwind_on_signals()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = PostgresServer()
        stack.callback(postgres.remove)
        (folder / "kafka").mkdir()
        kafka = KafkaServer(folder / "kafka")
        stack.callback(kafka.kill)
        sinks: list[tuple[str, Callable[[], EventSink]]] = [
            ("memory", MemorySink),
            ("jsonl", lambda: JsonlSink(folder / "events.jsonl")),
            ("sqlite", lambda: SqlSink(f"sqlite:///{folder}/footfall.db")),
            ("postgresql", lambda: SqlSink(postgres.create_database("bench"))),
            ("kafka", lambda: KafkaSink(kafka_settings(kafka.bootstrap, compression="none"))),
            (
                "kafka, exactly once",
                lambda: _Numbered(TransactionalKafkaSink(kafka_settings(kafka.bootstrap))),
            ),
            ("kafka, gzip", lambda: KafkaSink(kafka_settings(kafka.bootstrap))),
        ]
        _print_sinks({name: _seconds(make()) for name, make in sinks})
        _print_video(folder / "overlay.mp4")


class _Numbered:
    """Gives events numbers, as a spool does."""

    id, last_number = "benchmark", 0

    def __init__(self, sink: TransactionalKafkaSink) -> None:
        self.name, self.close, self._sink = sink.name, sink.close, sink
        sink.follow(self)

    def event_id(self, number: int) -> str | None:
        """Before the first there is none, and nobody asks for another."""
        return f"event {number}" if number else None

    def store(self, events: Sequence[Event]) -> None:
        """See `EventSink.store`."""
        first, self.last_number = self.last_number + 1, self.last_number + len(events)
        self._sink.store_numbered(events, range(first, self.last_number + 1))


def _seconds(sink: EventSink) -> float:
    """How long the sink takes for all events, the first batch (connecting, warming up) left out."""
    sink.store(_events(0, BATCH))
    events = _events(BATCH, EVENTS)
    begin = time.perf_counter()
    for start in range(0, EVENTS, BATCH):
        sink.store(events[start : start + BATCH])
    taken = time.perf_counter() - begin
    sink.close()
    return taken


def _events(first: int, count: int) -> Sequence[Event]:
    return [frame_event(index, persons=2) for index in range(first, first + count)]


def _print_sinks(seconds: dict[str, float]) -> None:
    print(f"{EVENTS} frame events in batches of {BATCH}")
    print(f"{'sink':19} {'events/s':>10} {'rows/s':>10} {'of sqlite':>10}")
    for name, taken in seconds.items():
        rows = f"{EVENTS * ROWS_OF_AN_EVENT / taken:10.0f}" if "sql" in name else " " * 10
        print(f"{name:19} {EVENTS / taken:10.0f} {rows} {seconds['sqlite'] / taken:10.2f}")


def _print_video(path: Path) -> None:
    random = np.random.default_rng(1)
    picture = np.repeat(np.repeat(random.integers(0, 255, (54, 96, 3)), 8, axis=0), 8, axis=1).astype(
        np.uint8
    )
    frames = [rendered(index, image=np.roll(picture, 3 * index, axis=1)) for index in range(VIDEO_FRAMES)]
    sink = VideoSink(path, fps_hint=5)
    wall, cpu = time.perf_counter(), time.process_time()
    for frame in frames:
        sink.write(frame)
    sink.close()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    each = 1000 / VIDEO_FRAMES
    size = path.stat().st_size / VIDEO_FRAMES / 1000
    print(f"video 768x432: {wall * each:.1f} ms a frame, {cpu * each:.1f} ms of CPU, {size:.1f} kB")


if __name__ == "__main__":
    main()
