"""KafkaSink on a real broker, through its outages."""

import gc
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event
from sinks.base import EventSink
from sinks.kafka.cluster import topics
from sinks.kafka.idempotent import KafkaSink
from sinks.kafka_settings import KafkaSettings
from tests.contracts.event_sink import SinkContract
from tests.support.consuming import consume
from tests.support.events import frame_event, health_event, one_of_each
from tests.support.kafka import KafkaServer, kafka_settings
from tests.support.ports import free_port

pytestmark = [
    pytest.mark.integration,
    # kafka-python lets the collector close the sockets of failed connections
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning"),
]

IMPATIENT = {"store_timeout_s": 3.0, "connect_timeout_s": 3.0}


@pytest.fixture(autouse=True)
def no_socket_outlives_its_test() -> Iterator[None]:
    yield
    gc.collect()


class TestKafkaSink(SinkContract):
    @pytest.fixture
    def sink(self, broker: KafkaServer) -> Iterator[KafkaSink]:
        self.bootstrap = broker.bootstrap
        sink = KafkaSink(kafka_settings(broker.bootstrap))
        yield sink
        sink.close()

    def stored(self, sink: EventSink) -> Sequence[Event]:
        del sink
        return [consumed.event for consumed in consume(self.bootstrap)]


def test_topic_key_and_headers(broker: KafkaServer) -> None:
    sink = KafkaSink(kafka_settings(broker.bootstrap, partitions=3))
    events = [event for stream in ("door", "yard", "入口") for event in one_of_each(stream)]
    sink.store(events)
    sink.close()
    records = consume(broker.bootstrap)
    assert len(records) == 12
    for record in records:
        event = record.event
        assert (record.topic, record.key) == (event.topic, event.stream_id)
        assert record.headers == {
            "event_id": event.event_id,
            "event_type": event.event_type,
            "schema_version": "1",
        }
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    described = admin.describe_topics(list(topics()))
    admin.close()
    assert {topic["name"]: len(topic["partitions"]) for topic in described} == dict.fromkeys(topics(), 3)


def test_run_and_analysis_stand_in_the_headers(broker: KafkaServer) -> None:
    sink = KafkaSink(kafka_settings(broker.bootstrap), run_id="r1")
    sink.store([frame_event().model_copy(update={"analysis_id": "a5"})])
    sink.close()
    [record] = consume(broker.bootstrap)
    assert (record.headers["run_id"], record.headers["analysis_id"]) == ("r1", "a5")


def test_a_stream_stays_in_one_partition(broker: KafkaServer) -> None:
    sink = KafkaSink(kafka_settings(broker.bootstrap))
    sink.store([frame_event(index, f"cam{index % 5}") for index in range(100)])
    sink.close()
    partitions: dict[str, set[int]] = {}
    for record in consume(broker.bootstrap):
        partitions.setdefault(record.key, set()).add(record.partition)
    assert len(partitions) == 5
    assert all(len(used) == 1 for used in partitions.values())


def test_an_outage_in_the_middle_duplicates_nothing_and_keeps_the_order(broker: KafkaServer) -> None:
    sink = KafkaSink(kafka_settings(broker.bootstrap, **IMPATIENT))
    before, during, after = ([frame_event(index) for index in range(n, n + 300)] for n in (0, 300, 600))
    _store_when_ready(sink, before)
    broker.kill()
    try:
        for _ in range(2):
            with pytest.raises(SinkBusy) as caught:
                sink.store(during)
        assert str(caught.value) == f"Kafka at {broker.bootstrap} does not answer within 3 s"
    finally:
        broker.start()
    _store_when_ready(sink, during)
    _store_when_ready(sink, after)
    sink.close()
    assert [record.event for record in consume(broker.bootstrap)] == before + during + after


def test_a_broker_that_hangs_in_the_middle_duplicates_nothing(broker: KafkaServer) -> None:
    sink = KafkaSink(kafka_settings(broker.bootstrap, store_timeout_s=1.0, connect_timeout_s=2.0))
    _store_when_ready(sink, [frame_event(0)])
    broker.pause()
    try:
        for _ in range(4):  # longer than one request may take, so that the producer sends again
            with pytest.raises(SinkBusy):
                sink.store([frame_event(1), frame_event(2)])
    finally:
        broker.resume()
    _store_when_ready(sink, [frame_event(1), frame_event(2)])
    sink.close()
    assert [record.event for record in consume(broker.bootstrap)] == [
        frame_event(index) for index in range(3)
    ]


def test_a_broker_that_is_never_there_is_busy_and_leaves_no_thread() -> None:
    threads = threading.active_count()
    where = f"127.0.0.1:{free_port()}"
    sink = KafkaSink(kafka_settings(where, connect_timeout_s=0.5))
    for _ in range(3):
        with pytest.raises(SinkBusy) as caught:
            sink.store(one_of_each())
    assert str(caught.value) == f"Kafka at {where} cannot be reached"
    sink.close()
    sink.close()
    assert threading.active_count() == threads
    with pytest.raises(SinkRejected, match="the sink is closed"):
        sink.store(one_of_each())


def test_closing_in_an_outage_leaves_no_thread(broker: KafkaServer) -> None:
    threads = threading.active_count()
    sink = KafkaSink(kafka_settings(broker.bootstrap, store_timeout_s=0.5, connect_timeout_s=2.0))
    _store_when_ready(sink, [frame_event(0)])
    broker.kill()
    try:
        with pytest.raises(SinkBusy):
            sink.store([frame_event(1)])
        sink.close()
        assert threading.active_count() == threads
    finally:
        broker.start()


@pytest.mark.parametrize("size", [950_000, 1_200_000], ids=["for-the-broker", "for-the-client"])
def test_an_event_too_large_is_refused_and_what_follows_is_written(broker: KafkaServer, size: int) -> None:
    sink = KafkaSink(kafka_settings(broker.bootstrap, compression="none"))
    huge = health_event(1, message="x" * size)
    with pytest.raises(SinkRejected):
        sink.store([health_event(0), huge, health_event(2)])
    for event in (health_event(0), health_event(2)):
        sink.store([event])
    with pytest.raises(SinkRejected):
        sink.store([huge])
    sink.store([health_event(3)])
    sink.close()
    assert [record.event for record in consume(broker.bootstrap)] == [health_event(n) for n in (0, 2, 3)]


def test_a_login_is_used_and_never_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = KafkaServer(tmp_path, login=("footfall", "s3cret-of-kafka"))
    try:
        with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "kafka"):
            good = KafkaSink(_login(server.bootstrap, "s3cret-of-kafka"))
            good.store(one_of_each())
            good.close()
            bad = KafkaSink(_login(server.bootstrap, "wr0ng-of-kafka"))
            with pytest.raises(SinkBusy) as caught:
                bad.store(one_of_each())
            bad.close()
    finally:
        server.kill()
    assert str(caught.value) == f"Kafka at {server.bootstrap} cannot be reached or refuses the login"
    assert any(record.name.startswith("kafka") for record in caplog.records)
    assert "of-kafka" not in caplog.text + repr(_login("k:1", "of-kafka"))


def test_a_missing_certificate_file_is_told_in_one_line() -> None:
    with pytest.raises(OutputError, match=r"/absent/ca\.pem cannot be read as certificates: No such file"):
        KafkaSink(kafka_settings("host:9093", security_protocol="SSL", ssl_ca_file="/absent/ca.pem"))


def _login(where: str, password: str) -> KafkaSettings:
    return kafka_settings(
        where,
        connect_timeout_s=4.0,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_username="footfall",
        sasl_password=password,
    )


def _store_when_ready(sink: KafkaSink, events: Sequence[Event]) -> None:
    """Offer the batch until it is stored, as whoever delivers to a sink does: a busy machine may need more than one limit."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            sink.store(events)
        except SinkBusy:
            continue
        return
    pytest.fail("Kafka is there, but the batch was not stored")
