"""How a Kafka cluster is reached, and what its topics are called."""

import logging
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, TopicAlreadyExistsError
from kafka.net.compat import KafkaNetClient

from domain.errors import OutputError
from domain.events import Event, event_classes
from sinks.kafka_settings import KafkaSettings

RETRY_S = 2.0
"""What to tell a caller to wait while Kafka cannot be reached, seconds."""

_NEVER_MS = 2**31 - 1
_CLOSE_S = 3.0


class KafkaCluster:
    """Opens clients with the settings of a sink. Nothing is contacted before.

    Args:
        settings: Servers, time limits, topics, login.

    Raises:
        OutputError: A certificate file cannot be read.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._login = _client_settings(settings)
        self._limit_ms = round(settings.connect_timeout_s * 1000)
        self.where = ",".join(settings.bootstrap_servers)
        _quieten(logging.getLogger("kafka"))

    def producer(self, **more: Any) -> KafkaProducer:
        """An idempotent producer that gives no record up. `drop_producer` ends it.

        Raises:
            KafkaError: The cluster cannot be reached.
        """
        compression = self._settings.compression
        with _Opening() as opening:
            return KafkaProducer(
                **self._login,
                acks="all",
                enable_idempotence=True,
                compression_type=None if compression == "none" else compression,
                delivery_timeout_ms=_NEVER_MS,
                request_timeout_ms=self._limit_ms,
                max_block_ms=self._limit_ms,
                bootstrap_timeout_ms=self._limit_ms,
                reconnect_backoff_max_ms=2000,
                allow_auto_create_topics=False,
                kafka_client=opening,
                **more,
            )

    def drop_producer(self, producer: KafkaProducer) -> None:
        """Let go of a producer at once, and of what it has not sent.

        Its public `close` leaves its thread and its sockets behind while Kafka is away, hence the private half.
        """
        producer._sender.force_close()
        producer._sender.join(self._settings.connect_timeout_s + _CLOSE_S)
        with suppress(KafkaError):
            producer.close(timeout=0)

    def admin(self) -> KafkaAdminClient:
        """An admin client; the caller closes it.

        Raises:
            KafkaError: The cluster cannot be reached.
        """
        with _Opening() as opening:
            return KafkaAdminClient(
                **self._login,
                bootstrap_timeout_ms=self._limit_ms,
                request_timeout_ms=self._limit_ms,
                kafka_client=opening,
            )

    def consumer(self) -> KafkaConsumer:
        """A consumer without a group, which sees what was committed; the caller closes it.

        Raises:
            KafkaError: The cluster cannot be reached.
        """
        with _Opening() as opening:
            return KafkaConsumer(
                **self._login,
                group_id=None,
                enable_auto_commit=False,
                isolation_level="read_committed",
                bootstrap_timeout_ms=self._limit_ms,
                kafka_client=opening,
            )

    def make_topics(self, admin: KafkaAdminClient, wanted: Mapping[str, Mapping[str, Any]]) -> None:
        """Make those that are missing. By topic, what differs from the settings, as `create_topics` takes it.

        Raises:
            KafkaError: They cannot be made.
        """
        missing = set(wanted) - set(admin.list_topics())
        if not missing:
            return
        usual = {
            "num_partitions": self._settings.partitions,
            "replication_factor": self._settings.replication_factor or -1,
        }
        # Another Footfall was faster.
        with suppress(TopicAlreadyExistsError):
            admin.create_topics(
                {topic: {**usual, **wanted[topic]} for topic in sorted(missing)}, timeout_ms=self._limit_ms
            )
        admin.wait_for_topics(tuple(wanted), timeout_ms=self._limit_ms)

    def unreachable(self) -> str:
        """What to say where nobody answers."""
        login = " or refuses the login" if "SASL" in self._settings.security_protocol else ""
        return f"Kafka at {self.where} cannot be reached{login}"

    def explain(self, error: KafkaError) -> str:
        """What to say of an error of a client that was connected."""
        if isinstance(error, KafkaTimeoutError):
            return f"Kafka at {self.where} does not answer within {self._settings.store_timeout_s:g} s"
        return f"Kafka at {self.where} answers {type(error).__name__}"


def topics() -> tuple[str, ...]:
    """One for each kind of event."""
    return tuple(event_class.topic for event_class in event_classes())


def record_of(event: Event, run_id: str | None) -> dict[str, Any]:
    """An event as `KafkaProducer.send` takes it."""
    told = {
        "event_id": event.event_id,
        "event_type": event.event_type,
        "schema_version": str(event.schema_version),
        "run_id": run_id,
        "analysis_id": event.analysis_id,
    }
    return {
        "topic": event.topic,
        "key": event.stream_id.encode(),
        "value": event.model_dump_json().encode(),
        "headers": [(name, value.encode()) for name, value in told.items() if value is not None],
    }


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
