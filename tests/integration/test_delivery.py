"""A run's events through a FanOut to real servers that fail and come back."""

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from domain.events import Event, event_from_json
from sinks.base import EventSink
from sinks.delivery import DeliveryOptions
from sinks.jsonl import JsonlSink
from sinks.kafka.idempotent import KafkaSink
from sinks.outlet import FanOut
from sinks.sql.sink import SqlSink
from tests.support.consuming import consume
from tests.support.events import frame_event, one_of_each, visit_event
from tests.support.kafka import KafkaServer, kafka_settings
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer
from tests.support.sql import everything

pytestmark = [
    pytest.mark.integration,
    # kafka-python lets the collector close the sockets of failed connections
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning"),
]


@pytest.fixture(autouse=True)
def no_socket_outlives_its_test() -> Iterator[None]:
    yield
    gc.collect()


def shift(stream: str, first: int) -> list[Event]:
    """Some of a run of one stream: 100 frames and 5 visits, in the order in which they happen."""
    events: list[Event] = [frame_event(index, stream) for index in range(first, first + 100)]
    return [*events, *(visit_event(first // 20 + n, stream) for n in range(5))]


def check_each_once_and_in_order(found: Sequence[Event], published: Sequence[Event]) -> None:
    assert max(Counter(event.event_id for event in found).values()) == 1
    for stream in {event.stream_id for event in published}:
        for kind in ("frame", "visit"):
            assert [e for e in found if (e.stream_id, e.event_type) == (stream, kind)] == [
                e for e in published if (e.stream_id, e.event_type) == (stream, kind)
            ]


def test_nothing_is_lost_and_nothing_comes_twice_when_both_servers_fail(
    kafka: KafkaServer, postgres: PostgresServer, database: str, tmp_path: Path
) -> None:
    jsonl = tmp_path / "events.jsonl"
    sinks: list[EventSink] = [
        JsonlSink(jsonl),
        SqlSink(database, timeout_s=2.0, retry_after_s=0.2),
        KafkaSink(
            kafka_settings(kafka.bootstrap, store_timeout_s=1.0, connect_timeout_s=2.0), retry_after_s=0.2
        ),
    ]
    outlet = FanOut(sinks, options=DeliveryOptions(batch_size=50, linger_s=0.02, max_retry_s=1.0))
    streams = [
        f"{stream}-{postgres.port}" for stream in ("door", "yard")
    ]  # the broker may hold other tests' events
    published: list[Event] = []

    def publish(first: int) -> None:
        for stream in streams:
            events = shift(stream, first)
            published.extend(events)
            outlet.publish(events)

    publish(0)
    kafka.kill()
    publish(100)
    postgres.kill()
    publish(200)
    postgres.start()
    publish(300)
    kafka.start()
    publish(400)
    outlet.close(60.0)

    for summary in outlet.report():
        assert (summary.events_stored, summary.events_undelivered) == (len(published), 0), summary
    assert [event_from_json(line) for line in jsonl.read_bytes().splitlines()] == published
    check_each_once_and_in_order(everything(database), published)
    records = [record.event for record in consume(kafka.bootstrap) if record.event.stream_id in streams]
    check_each_once_and_in_order(records, published)


def test_a_kafka_that_is_never_there_stops_nobody(database: str, tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    jsonl = tmp_path / "events.jsonl"
    away = KafkaSink(kafka_settings(nowhere, connect_timeout_s=0.5), retry_after_s=0.2)
    outlet = FanOut([away, JsonlSink(jsonl), SqlSink(database)])
    events = [*one_of_each("door"), *shift("yard", 0)]
    outlet.publish(events)
    outlet.close(3.0)
    kafka, lines, sql = outlet.report()
    assert (kafka.events_stored, kafka.events_undelivered) == (0, len(events))
    assert kafka.problem == f"Kafka at {nowhere} cannot be reached"
    assert (lines.events_stored, lines.problem) == (sql.events_stored, sql.problem) == (len(events), None)
    assert len(everything(database)) == len(jsonl.read_bytes().splitlines()) == len(events)
