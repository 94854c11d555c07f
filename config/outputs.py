"""Where results go."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from config.address_files import addresses_in, from_file, names_file
from config.component import Flag
from config.paths import FilePath, secret_text
from config.quantities import Partitions, PositiveSeconds, Replicas, Section
from domain.stores import StoreAddress

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
Compression = Literal["none", "gzip"]

_SERVER = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")


def _split(value: Any) -> Any:
    # As Kafka's own tools write it: "one:9092,two:9092".
    value = ",".join(addresses_in(value)) if isinstance(value, str) and names_file(value) else value
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _check_server(server: str) -> str:
    if "@" in server:
        raise ValueError(
            "must be HOST:PORT alone; user and password belong into kafka.sasl_username and kafka.sasl_password"
        )
    match = _SERVER.fullmatch(server)
    if not match or not 1 <= int(match[1]) <= 65_535:
        raise ValueError("must be HOST:PORT, as in kafka.example:9092")
    return server


def _at_least_one(servers: tuple[str, ...]) -> tuple[str, ...]:
    if not servers:
        raise ValueError("must name at least one HOST:PORT")
    return servers


def _check_sql(url: SecretStr) -> SecretStr:
    StoreAddress.parse(url.get_secret_value())
    return url


Server: TypeAlias = Annotated[str, AfterValidator(_check_server)]
Servers: TypeAlias = Annotated[tuple[Server, ...], BeforeValidator(_split), AfterValidator(_at_least_one)]
SqlUrl: TypeAlias = Annotated[
    SecretStr, BeforeValidator(secret_text), BeforeValidator(from_file), AfterValidator(_check_sql)
]


class OutputSettings(Section):
    """What is written into the output folder, beside `events.jsonl` and `summary.json`."""

    dir: Annotated[FilePath, Flag("--out")] = Field(
        default=Path("out"),
        description="Folder for everything that a run writes; relative to where it is started",
    )
    overlay: Annotated[bool, Flag("--overlay", negative="--no-overlay")] = Field(
        default=True, description="Write `overlay.mp4`: what the parser saw, drawn over the pictures"
    )
    masks: Annotated[bool, Flag("--masks")] = Field(
        default=False, description="Write the label maps of every parsed frame as 8-bit PNG files"
    )
    report: bool = Field(default=True, description="Write `report.html`")


class SqlSettings(Section):
    """The table store."""

    url: Annotated[SqlUrl | None, Flag("--sql", metavar="URL")] = Field(
        default=None,
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`; else `footfall.db` in the output folder",
    )


class KafkaSettings(Section):
    """A Kafka cluster. Events go there only where this section is given."""

    bootstrap_servers: Annotated[Servers, Flag("--kafka", metavar="HOST:PORT")] = Field(
        description="HOST:PORT of one or more brokers; a list, or text with commas"
    )
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
