"""The settings of the sink `kafka`."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from config.component import Flag, requires
from config.outputs import Servers
from config.paths import FilePath
from config.quantities import Partitions, PositiveSeconds, Replicas
from sinks.base import EventSink, SinkContext, SinkSettings

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
Guarantee = Literal["exactly_once", "at_least_once"]
Compression = Literal["none", "gzip"]


class KafkaSettings(SinkSettings):
    """A Kafka cluster; every kind of event has a topic of its own."""

    kind: Literal["kafka"] = "kafka"
    bootstrap_servers: Annotated[
        Servers, Flag("--kafka", metavar="HOST:PORT", help="Send events to that Kafka broker, too")
    ] = Field(description="HOST:PORT of one or more brokers; a list, or text with commas")
    security_protocol: SecurityProtocol = Field(default="PLAINTEXT", description="How to talk to the brokers")
    sasl_mechanism: SaslMechanism = Field(
        default="PLAIN", description="How to log in, with SASL_PLAINTEXT or SASL_SSL"
    )
    sasl_username: str | None = Field(default=None, description="User, with SASL_PLAINTEXT or SASL_SSL")
    sasl_password: SecretStr | None = Field(
        default=None, description="Password, with SASL_PLAINTEXT or SASL_SSL"
    )
    ssl_ca_file: FilePath | None = Field(
        default=None, description="Certificates that sign the brokers' own, PEM; without it, the system's"
    )
    guarantee: Guarantee = Field(
        default="exactly_once",
        description=(
            "How often an event is written. `exactly_once` needs `delivery: spool`, and consumers with "
            "`isolation_level=read_committed`; from memory it is `at_least_once`"
        ),
    )
    partitions: Partitions = Field(default=4, description="Partitions of a topic that is missing and created")
    replication_factor: Replicas | None = Field(
        default=None,
        description="Copies of each partition of such a topic; without it, as the brokers are set",
    )
    compression: Compression = Field(default="gzip", description="How records are packed")
    connect_timeout_s: PositiveSeconds = Field(
        default=5.0, description="Longest time for each step of connecting"
    )
    store_timeout_s: PositiveSeconds = Field(
        default=10.0, description="Longest time for one batch; after that it is offered again"
    )

    @model_validator(mode="after")
    def _log_in_is_whole(self) -> Self:
        credentials = (self.sasl_username, self.sasl_password)
        if self.security_protocol.startswith("SASL") and None in credentials:
            raise ValueError(
                f"security_protocol {self.security_protocol} needs sasl_username and sasl_password"
            )
        if not self.security_protocol.startswith("SASL") and credentials != (None, None):
            raise ValueError(
                "sasl_username and sasl_password need security_protocol SASL_PLAINTEXT or SASL_SSL"
            )
        return self

    @model_validator(mode="after")
    def _certificates_are_used(self) -> Self:
        if self.ssl_ca_file is not None and not self.security_protocol.endswith("SSL"):
            raise ValueError("ssl_ca_file needs security_protocol SSL or SASL_SSL")
        return self

    def look(self) -> str:
        """See `SinkSettings.look`."""
        with requires("kafka", "kafka"):
            from sinks.kafka.looking import look  # noqa: PLC0415 - brings kafka-python along
        return look(self)

    def build(self, context: SinkContext) -> EventSink:
        """See `SinkSettings.build`."""
        with requires("kafka", "kafka"):
            from sinks.kafka.idempotent import KafkaSink  # noqa: PLC0415 - brings kafka-python along
            from sinks.kafka.transactional import TransactionalKafkaSink  # noqa: PLC0415
        kind = TransactionalKafkaSink if self.guarantee == "exactly_once" else KafkaSink
        return kind(self, name=context.name, run_id=context.run_id)
