"""TransactionalKafkaSink on a real broker: every event once, as read by consumers that see what was committed."""

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaTimeoutError

from domain.errors import SinkBusy, SinkRejected, SinkStopped
from domain.events import Event
from sinks.base import EventSink
from sinks.kafka.cluster import KafkaCluster
from sinks.kafka.cursor import CURSORS, CursorRecord, Owner
from sinks.kafka.session import TransactionSession
from sinks.kafka.transactional import TransactionalKafkaSink
from tests.contracts.event_sink import SinkContract
from tests.support.consuming import consume
from tests.support.events import frame_event, health_event
from tests.support.kafka import KafkaServer, kafka_settings

pytestmark = [
    pytest.mark.integration,
    # kafka-python lets the collector close the sockets of failed connections
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning"),
]


class Log:
    """A `NumberedLog` in memory, of one stream of its own."""

    def __init__(self) -> None:
        self.id = uuid4().hex
        self.stream = f"s{self.id}"
        self.events: list[Event] = []

    @property
    def last_number(self) -> int:
        return len(self.events)

    def event_id(self, number: int) -> str | None:
        return self.events[number - 1].event_id if 0 < number <= len(self.events) else None

    def grow(self, count: int) -> None:
        first = len(self.events)
        self.events += [frame_event(index, self.stream) for index in range(first, first + count)]

    def offer(self, sink: TransactionalKafkaSink, first: int, last: int) -> None:
        """Events of these numbers, until they are stored, as whoever delivers does; a busy machine may need more than one limit."""
        deadline = time.monotonic() + 60
        while True:
            try:
                sink.store_numbered(self.events[first - 1 : last], range(first, last + 1))
            except SinkBusy:
                assert time.monotonic() < deadline, "Kafka is there, but the batch was not stored"
                continue
            return


@pytest.fixture(autouse=True)
def no_socket_outlives_its_test() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def log() -> Log:
    made = Log()
    made.grow(20)
    return made


@pytest.fixture
def sinks(kafka: KafkaServer) -> Iterator["Sinks"]:
    made = Sinks(kafka)
    yield made
    for sink in made.made:
        sink.close()


class Sinks:
    """Makes sinks over one broker."""

    def __init__(self, kafka: KafkaServer) -> None:
        self.kafka = kafka
        self.made: list[TransactionalKafkaSink] = []

    def over(self, log: Log, **settings: object) -> TransactionalKafkaSink:
        """One that follows that log, as a process that starts makes it."""
        sink = TransactionalKafkaSink(kafka_settings(self.kafka.bootstrap, **settings))
        sink.follow(log)
        self.made.append(sink)
        return sink

    def session(self, log: Log, timeout_s: float = 5.0) -> TransactionSession:
        """The id of that log, taken over by somebody who says nothing of it."""
        return TransactionSession(
            KafkaCluster(kafka_settings(self.kafka.bootstrap)), log.id, timeout_s=timeout_s
        )

    def found(self, log: Log, isolation_level: str = "read_committed") -> list[Event]:
        """What consumers see of that log."""
        records = consume(self.kafka.bootstrap, isolation_level=isolation_level)
        return [record.event for record in records if record.key == log.stream]


class _Numbering:
    """Gives each event a number, the same one whenever it comes again, as a spool does."""

    name = "kafka"

    def __init__(self, sink: TransactionalKafkaSink, log: Log) -> None:
        self._sink, self._log = sink, log

    def store(self, events: Sequence[Event]) -> None:
        if events:
            first = self._log.last_number + 1
            self._log.events += events
            self._sink.store_numbered(events, range(first, first + len(events)))

    def close(self) -> None:
        self._sink.close()


class TestTransactionalKafkaSink(SinkContract):
    knows_ids = False

    @pytest.fixture
    def sink(self, broker: KafkaServer) -> Iterator[EventSink]:
        self.bootstrap, log = broker.bootstrap, Log()
        sink = TransactionalKafkaSink(kafka_settings(self.bootstrap))
        sink.follow(log)
        yield _Numbering(sink, log)
        sink.close()

    def stored(self, sink: EventSink) -> Sequence[Event]:
        del sink
        return [consumed.event for consumed in consume(self.bootstrap)]


def test_what_kafka_has_is_not_sent_again_by_the_next_process(sinks: Sinks, log: Log) -> None:
    log.offer(sinks.over(log), 1, 10)
    second = sinks.over(log)
    log.offer(second, 6, 15)
    log.offer(second, 1, 20)
    assert sinks.found(log) == log.events


def test_what_a_dead_process_left_open_is_ended_and_seen_by_nobody(sinks: Sinks, log: Log) -> None:
    dead = sinks.session(log)
    dead._producer.begin_transaction()
    for event in log.events[:10]:
        dead._producer.send(event.topic, key=log.stream.encode(), value=event.model_dump_json().encode())
    dead._producer.flush(timeout=20)
    dead.close()
    log.offer(sinks.over(log), 1, 20)
    assert sinks.found(log) == log.events
    assert len(sinks.found(log, "read_uncommitted")) == 30


@pytest.mark.parametrize("took_place", [True, False])
def test_a_commit_whose_answer_is_lost_is_looked_up(
    sinks: Sinks, log: Log, monkeypatch: pytest.MonkeyPatch, *, took_place: bool
) -> None:
    sink = sinks.over(log)
    log.offer(sink, 1, 5)
    real = TransactionSession.commit

    def lost(session: TransactionSession, *arguments: object) -> None:
        if took_place:
            real(session, *arguments)  # type: ignore[arg-type]
        raise KafkaTimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(TransactionSession, "commit", lost)
        with pytest.raises(SinkBusy, match="does not answer within 10 s"):
            sink.store_numbered(log.events[5:10], range(6, 11))
    log.offer(sink, 6, 10)
    log.offer(sink, 11, 20)
    assert sinks.found(log) == log.events


@pytest.mark.parametrize(
    ("goes", "comes_back"),
    [(KafkaServer.kill, KafkaServer.start), (KafkaServer.pause, KafkaServer.resume)],
    ids=["killed", "hangs-longer-than-a-transaction-may-last"],
)
def test_a_broker_that_was_away_has_each_event_once_and_in_order(
    sinks: Sinks, goes: Callable[[KafkaServer], None], comes_back: Callable[[KafkaServer], None]
) -> None:
    log = Log()
    log.grow(300)
    sink = sinks.over(log, store_timeout_s=2.0, connect_timeout_s=2.0)
    log.offer(sink, 1, 100)
    goes(sinks.kafka)
    try:
        for _ in range(2):
            with pytest.raises(SinkBusy):
                sink.store_numbered(log.events[100:200], range(101, 201))
    finally:
        comes_back(sinks.kafka)
    log.offer(sink, 101, 200)
    log.offer(sink, 201, 300)
    assert sinks.found(log) == log.events


def test_who_is_fenced_without_a_rival_goes_on(sinks: Sinks, log: Log) -> None:
    sink = sinks.over(log)
    log.offer(sink, 1, 5)
    sinks.session(log).close()
    with pytest.raises(SinkBusy, match="answers"):
        sink.store_numbered(log.events[5:10], range(6, 11))
    log.offer(sink, 6, 20)
    assert sinks.found(log) == log.events


def test_a_rival_is_told_in_one_line_and_the_newer_one_goes_on(sinks: Sinks, log: Log) -> None:
    older, newer = sinks.over(log), sinks.over(log)
    log.offer(older, 1, 5)
    log.offer(newer, 6, 10)
    with pytest.raises(SinkBusy):
        older.store_numbered(log.events[5:10], range(6, 11))
    with pytest.raises(SinkStopped) as stopped:
        older.store_numbered(log.events[5:10], range(6, 11))
    log.offer(newer, 11, 20)
    owner = Owner()
    assert str(stopped.value).startswith(
        f"process {owner.pid} on {owner.host} writes the events of this spool, too"
    )
    assert str(stopped.value).endswith("footfall spool forget DIR kafka")
    assert sinks.found(log) == log.events


def test_a_log_of_another_id_begins_with_its_first_event(sinks: Sinks, log: Log) -> None:
    log.offer(sinks.over(log), 1, 20)
    other = Log()
    other.grow(5)
    log.offer(sinks.over(log), 1, 20)
    other.offer(sinks.over(other), 1, 5)
    assert (sinks.found(other), sinks.found(log)) == (other.events, log.events)


@pytest.mark.parametrize("went_on", [False, True])
def test_a_log_that_was_rolled_back_is_told_and_nothing_is_skipped(
    sinks: Sinks, log: Log, *, went_on: bool
) -> None:
    log.offer(sinks.over(log), 1, 20)
    sent = list(log.events)
    del log.events[8:]
    if went_on:
        log.events += [health_event(number, stream_id=log.stream) for number in range(30)]
    with pytest.raises(SinkStopped, match="Kafka has events up to number 20 of this spool") as stopped:
        sinks.over(log).store_numbered(log.events[6:8], range(7, 9))
    assert str(stopped.value).count("\n") == 0
    assert sinks.found(log) == sent


def test_a_cursor_behind_an_open_transaction_of_another_spool_is_found(sinks: Sinks, log: Log) -> None:
    other, sink = Log(), sinks.over(log)
    log.offer(sink, 1, 5)
    slow = sinks.session(other, timeout_s=60.0)
    slow._producer.begin_transaction()
    record = CursorRecord(number=1, event_id="e", owner=Owner())
    slow._producer.send(**record.sent_for(other.id)).get(timeout=20)
    log.offer(sink, 6, 10)
    threading.Timer(1.0, slow.abort).start()
    log.offer(sinks.over(log), 1, 20)
    slow.close()
    assert sinks.found(log) == log.events


@pytest.mark.parametrize("again", [False, True], ids=["the-same-process", "another-process"])
@pytest.mark.parametrize("topic", ["footfall.frames.v1", CURSORS])
def test_a_topic_that_somebody_deletes_is_made_again(
    sinks: Sinks, log: Log, topic: str, *, again: bool
) -> None:
    sink = sinks.over(log)
    log.offer(sink, 1, 10)
    with closing(KafkaAdminClient(bootstrap_servers=sinks.kafka.bootstrap)) as admin:
        admin.delete_topics([topic])
    log.offer(sinks.over(log) if again else sink, 11, 20)
    # What was in it went with it.
    assert sinks.found(log) == log.events[0 if topic == CURSORS else 10 :]


@pytest.mark.parametrize("size", [950_000, 1_200_000], ids=["for-the-broker", "for-the-client"])
def test_an_event_too_large_is_refused_and_what_follows_is_written(sinks: Sinks, log: Log, size: int) -> None:
    sink = sinks.over(log, compression="none")
    huge = health_event(1, message="x" * size, stream_id=log.stream)
    log.events[4] = huge
    log.offer(sink, 1, 4)
    with pytest.raises(SinkRejected):
        log.offer(sink, 5, 8)
    with pytest.raises(SinkRejected):
        log.offer(sink, 5, 5)
    log.offer(sink, 6, 20)
    assert sinks.found(log) == [event for event in log.events if event is not huge]


def test_out_of_memory_events_are_written_without_numbers(sinks: Sinks, log: Log) -> None:
    sink = TransactionalKafkaSink(kafka_settings(sinks.kafka.bootstrap))
    sink.store(log.events)
    sink.store(log.events)
    sink.close()
    assert sinks.found(log) == log.events
    with pytest.raises(SinkRejected, match="the sink is closed"):
        sink.store_numbered(log.events, range(1, 21))


def test_no_thread_stays(sinks: Sinks, log: Log) -> None:
    threads = threading.active_count()
    sink = sinks.over(log, connect_timeout_s=2.0, store_timeout_s=2.0)
    log.offer(sink, 1, 10)
    sink.close()
    nowhere = TransactionalKafkaSink(kafka_settings("127.0.0.1:9", connect_timeout_s=0.5))
    nowhere.follow(log)
    with pytest.raises(SinkBusy, match=r"Kafka at 127\.0\.0\.1:9 cannot be reached"):
        nowhere.store_numbered(log.events, range(1, 21))
    nowhere.close()
    assert threading.active_count() == threads
