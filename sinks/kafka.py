"""Events as records of Kafka topics."""

import logging
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError, TopicAlreadyExistsError
from kafka.net.compat import KafkaNetClient
from kafka.producer.future import FutureRecordMetadata

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event, event_classes
from sinks.kafka_settings import KafkaSettings
from sinks.recent import RecentIds

_NEVER_MS = 2**31 - 1
_REMEMBERED = 100_000
_CLOSE_S = 3.0

_Connect: TypeAlias = Callable[..., KafkaNetClient]


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
        retry_after_s: float = 2.0,
        run_id: str | None = None,
    ) -> None:
        self._settings = settings
        self._name = name
        self._retry_after_s = retry_after_s
        self._run_id = run_id
        self._where = ",".join(settings.bootstrap_servers)
        self._login = _client_settings(settings)
        self._producer: KafkaProducer | None = None
        self._sent: dict[str, FutureRecordMetadata] = {}
        self._acknowledged = RecentIds(_REMEMBERED)
        self._closed = False
        _quieten(logging.getLogger("kafka"))

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

    def look(self) -> str:
        """See `sinks.base.SinkSettings.look`."""
        try:
            admin = self._admin()
            try:
                missing = set(topics()) - set(admin.list_topics())
            finally:
                admin.close()
        except KafkaError as error:
            raise SinkBusy(self._explain(error), retry_after_s=self._retry_after_s) from None
        return f"{len(missing)} topics will be made" if missing else "its topics are there"

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
                self._sent[event.event_id] = producer.send(
                    event.topic,
                    key=event.stream_id.encode(),
                    value=event.model_dump_json().encode(),
                    headers=_headers(event, self._run_id),
                )
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
        limit_ms = round(self._settings.connect_timeout_s * 1000)
        admin = self._admin()
        try:
            self._make_topics(admin, limit_ms)
        finally:
            admin.close()
        with _Opening() as opening:
            return KafkaProducer(
                **self._login,
                acks="all",
                enable_idempotence=True,
                compression_type=None if self._settings.compression == "none" else self._settings.compression,
                linger_ms=5,
                delivery_timeout_ms=_NEVER_MS,
                request_timeout_ms=limit_ms,
                max_block_ms=limit_ms,
                bootstrap_timeout_ms=limit_ms,
                reconnect_backoff_max_ms=2000,
                allow_auto_create_topics=False,
                kafka_client=opening,
            )

    def _admin(self) -> KafkaAdminClient:
        limit_ms = round(self._settings.connect_timeout_s * 1000)
        with _Opening() as opening:
            return KafkaAdminClient(
                **self._login,
                bootstrap_timeout_ms=limit_ms,
                request_timeout_ms=limit_ms,
                kafka_client=opening,
            )

    def _make_topics(self, admin: KafkaAdminClient, limit_ms: int) -> None:
        missing = set(topics()) - set(admin.list_topics())
        if not missing:
            return
        wanted = {
            "num_partitions": self._settings.partitions,
            "replication_factor": self._settings.replication_factor or -1,
        }
        # Another Footfall was faster.
        with suppress(TopicAlreadyExistsError):
            admin.create_topics(dict.fromkeys(sorted(missing), wanted), timeout_ms=limit_ms)
        admin.wait_for_topics(topics(), timeout_ms=limit_ms)

    def _drop_producer(self) -> None:
        """Let go of the producer, after a few seconds for what is on its way.

        Its public `close` leaves its thread and its sockets behind while Kafka is away, hence the private half.
        """
        producer, self._producer = self._producer, None
        sent, self._sent = self._sent, {}
        if producer is None:
            return
        deadline = time.monotonic() + _CLOSE_S
        for future in sent.values():
            with suppress(KafkaError):
                future.get(timeout=max(0.0, deadline - time.monotonic()))
        producer._sender.force_close()
        producer._sender.join(self._settings.connect_timeout_s + _CLOSE_S)
        with suppress(KafkaError):
            producer.close(timeout=0)
        self._acknowledged.add(event_id for event_id, future in sent.items() if future.succeeded())

    def _explain(self, error: KafkaError) -> str:
        if self._producer is None and isinstance(error, KafkaTimeoutError):
            login = " or refuses the login" if "SASL" in self._settings.security_protocol else ""
            return f"Kafka at {self._where} cannot be reached{login}"
        if isinstance(error, KafkaTimeoutError):
            return f"Kafka at {self._where} does not answer within {self._settings.store_timeout_s:g} s"
        return f"Kafka at {self._where} answers {type(error).__name__}"


def topics() -> tuple[str, ...]:
    """One for each kind of event."""
    return tuple(event_class.topic for event_class in event_classes())


class _Opening:
    """Makes the network client of a producer or admin client, and closes it where that one fails to start and forgets it."""

    def __init__(self) -> None:
        self._client: KafkaNetClient | None = None

    def __call__(self, **settings: Any) -> KafkaNetClient:
        self._client = KafkaNetClient(**settings)
        return self._client

    def __enter__(self) -> "_Opening":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and self._client is not None:
            self._client.close()


def _quieten(logger: logging.Logger) -> None:
    """In an outage kafka-python writes several lines a second, where we say it once; and its DEBUG shows the password."""
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.CRITICAL)
    elif logger.level < logging.INFO:
        logger.setLevel(logging.INFO)


def _client_settings(settings: KafkaSettings) -> dict[str, Any]:
    made: dict[str, Any] = {
        "bootstrap_servers": list(settings.bootstrap_servers),
        "client_id": "footfall",
        "security_protocol": settings.security_protocol,
    }
    if settings.security_protocol.startswith("SASL"):
        password = settings.sasl_password.get_secret_value() if settings.sasl_password else ""
        made["sasl_mechanism"] = settings.sasl_mechanism
        made["sasl_plain_username"] = settings.sasl_username
        made["sasl_plain_password"] = password
    if settings.security_protocol.endswith("SSL"):
        try:
            made["ssl_context"] = ssl.create_default_context(cafile=settings.ssl_ca_file)
        except OSError as error:
            raise OutputError(
                f"{settings.ssl_ca_file} cannot be read as certificates: {error.strerror or error}"
            ) from error
    return made


def _headers(event: Event, run_id: str | None) -> list[tuple[str, bytes]]:
    told = {
        "event_id": event.event_id,
        "event_type": event.event_type,
        "schema_version": str(event.schema_version),
        "run_id": run_id,
        "analysis_id": event.analysis_id,
    }
    return [(name, value.encode()) for name, value in told.items() if value is not None]
