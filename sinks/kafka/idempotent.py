"""Events as records of Kafka topics, from an idempotent producer."""

import time
from collections.abc import Sequence
from contextlib import closing, suppress

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from kafka.producer.future import FutureRecordMetadata

from domain.errors import SinkBusy, SinkRejected
from domain.events import Event
from sinks.kafka.cluster import RETRY_S, KafkaCluster, record_of, topics
from sinks.kafka_settings import KafkaSettings
from sinks.recent import RecentIds

_REMEMBERED = 100_000
_CLOSE_S = 3.0
_LINGER_MS = 5


class KafkaSink:
    """An `EventSink` that writes each event as one record to the topic of its kind.

    Key: the stream id, so the events of a stream keep their order within a topic. Value: the event's JSON. Headers: `event_id`,
    `event_type`, `schema_version`, `run_id`, and `analysis_id` where it is known. The record's own time stamp is the time of
    writing, so that Kafka's retention does not delete what is counted from an old recording; the event time is in the value.

    How often an event is written: the producer is idempotent and asks for all acknowledgements. While Kafka is away, a batch that
    is on its way stays with the producer, which sends it again under the same sequence numbers until Kafka answers; `store` of the
    same batch meanwhile only waits for it. So an outage, however long, duplicates nothing and keeps the order. A record is written
    twice only where this process ends between the writing and the answer and the run is repeated, where a recording is processed
    again, or where Kafka itself forgets the producer (its data lost): consumers that must count once drop event ids they have seen.

    Args:
        settings: Servers, time limits, topics, login. Nothing is contacted until the first `store`.
        name: For logs and summaries.
        retry_after_s: What to tell a caller to wait while Kafka cannot be reached, seconds.
        run_id: Of the run that the events come from.

    Raises:
        OutputError: A certificate file cannot be read.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        name: str = "kafka",
        retry_after_s: float = RETRY_S,
        run_id: str | None = None,
    ) -> None:
        self._settings = settings
        self._name = name
        self._retry_after_s = retry_after_s
        self._run_id = run_id
        self._cluster = KafkaCluster(settings)
        self._producer: KafkaProducer | None = None
        self._sent: dict[str, FutureRecordMetadata] = {}
        self._acknowledged = RecentIds(_REMEMBERED)
        self._closed = False

    @property
    def name(self) -> str:
        """`kafka`, unless it was given another."""
        return self._name

    def store(self, events: Sequence[Event]) -> None:
        """Write those events that were not acknowledged before, and wait until all are.

        Raises:
            SinkBusy: Kafka cannot be reached, refuses the login, or does not answer in time. What was acknowledged until then is
                not written again.
            SinkRejected: An event is larger than Kafka takes; others of the batch may be written, and are not written again when
                they are offered without it. Or the sink is closed.
        """
        if self._closed:
            raise SinkRejected("the sink is closed")
        deadline = time.monotonic() + self._settings.store_timeout_s
        fresh = [event for event in events if event.event_id not in self._acknowledged]
        try:
            refused = self._send(fresh)
            for event in fresh:
                self._await(event.event_id, deadline)
        except MessageSizeTooLargeError:
            raise SinkRejected("Kafka takes only smaller events than one of these") from None
        except KafkaError as error:
            raise SinkBusy(self._explain(error), retry_after_s=self._retry_after_s) from None
        self._sent = {event_id: future for event_id, future in self._sent.items() if not future.is_done}
        if refused:
            raise SinkRejected(f"{refused} of {len(events)} events are too large for Kafka")

    def close(self) -> None:
        """Wait a few seconds for what is on its way, then let go; what is not acknowledged then may have been written or not."""
        self._closed = True
        self._drop_producer()

    def _send(self, events: Sequence[Event]) -> int:
        """Hand to the producer what it does not have yet, and count what is too large for it."""
        if not events:
            return 0
        producer = self._producer = self._producer or self._connect()
        refused = 0
        for event in events:
            if event.event_id in self._sent:
                continue
            try:
                self._sent[event.event_id] = producer.send(**record_of(event, self._run_id))
            except MessageSizeTooLargeError:
                refused += 1
        return refused

    def _await(self, event_id: str, deadline: float) -> None:
        """Wait for one acknowledgement."""
        future = self._sent.get(event_id)
        # It was too large to be sent, and is counted already.
        if future is None:
            return
        try:
            future.get(timeout=max(0.0, deadline - time.monotonic()))
        except KafkaError:
            # Given up, not merely late: kafka-python fails all that follows, until there is a new producer.
            if future.is_done:
                self._drop_producer()
            raise
        self._acknowledged.add([event_id])

    def _connect(self) -> KafkaProducer:
        """Make the topics that are missing, and a producer."""
        with closing(self._cluster.admin()) as admin:
            self._cluster.make_topics(admin, {topic: {} for topic in topics()})
        return self._cluster.producer(linger_ms=_LINGER_MS)

    def _drop_producer(self) -> None:
        """Let go of the producer, after a few seconds for what is on its way."""
        producer, self._producer = self._producer, None
        sent, self._sent = self._sent, {}
        if producer is None:
            return
        deadline = time.monotonic() + _CLOSE_S
        for future in sent.values():
            with suppress(KafkaError):
                future.get(timeout=max(0.0, deadline - time.monotonic()))
        self._cluster.drop_producer(producer)
        self._acknowledged.add(event_id for event_id, future in sent.items() if future.succeeded())

    def _explain(self, error: KafkaError) -> str:
        if self._producer is None and isinstance(error, KafkaTimeoutError):
            return self._cluster.unreachable()
        return self._cluster.explain(error)
