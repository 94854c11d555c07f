"""What `footfall serve` listens on, and what it lets others do."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field

from config.choice import NOTHING, Named
from config.component import BesideNumbers, Component
from config.jobs import JobsSettings
from config.quantities import Number, Pixels, PositiveSeconds, Section

Role = Literal["read", "parse", "admin"]
"""`read` sees results and cameras, `parse` also sends pictures, `admin` also changes cameras and models."""

Lane = Literal["interactive", "batch"]

_ASKED = "cameras get one of them when it is switched to, and then make another analysis"
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PATTERN = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


def _check_hash(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise ValueError("must be what footfall keys add prints: sha256: and 64 hexadecimal digits")
    return text


def _check_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(
            "must be 1 to 64 letters, digits, '.', '_' or '-', and begin with a letter or a digit"
        )
    return text


def _check_host(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        if not _PATTERN.fullmatch(text) or text.replace(".", "").replace("/", "").isdigit():
            raise ValueError(
                "must be a host, *.DOMAIN for all within it, or a network such as 192.0.2.0/24"
            ) from None
    return text.lower()


def _check_origin(text: str) -> str:
    if not _ORIGIN.fullmatch(text):
        raise ValueError("must be an origin as browsers send it, as in https://shop.example")
    return text


KeyHash: TypeAlias = Annotated[str, AfterValidator(_check_hash)]
KeyName: TypeAlias = Annotated[str, AfterValidator(_check_name)]
AllowedHost: TypeAlias = Annotated[str, AfterValidator(_check_host)]
Origin: TypeAlias = Annotated[str, AfterValidator(_check_origin)]
Port: TypeAlias = Annotated[int, Field(ge=0, le=65_535), Number]
Bytes: TypeAlias = Annotated[int, Field(ge=1024, le=1 << 32), Number]
Several: TypeAlias = Annotated[int, Field(ge=1, le=10_000), Number]
Many: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000_000), Number]


class KeySettings(Section):
    """Somebody who may call the service."""

    name: KeyName = Field(description="Who it is, for the audit log")
    hash: KeyHash = Field(description="What `footfall keys add` prints; the key itself is kept nowhere")
    role: Role = Field(
        default="parse", description="What it may do; each role may do what those before it may"
    )
    models: tuple[str, ...] = Field(
        default=(), description="Parsers that it may use; without any, all of them"
    )
    requests_per_minute: Many = Field(default=600, description="Requests a minute, on average")
    requests_per_day: Many = Field(default=1_000_000, description="Requests a day, counted in UTC")
    lane: Lane = Field(
        default="interactive", description="Whose turn comes sooner: a camera's, then interactive, then batch"
    )


class ServiceSettings(Section):
    """The service: API, web page and metrics. Used by `footfall serve` alone."""

    # As in `config.settings`: components are looked up when the first settings are made.
    model_config = ConfigDict(defer_build=True)

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on; others than this machine's own need `keys`",
    )
    port: Port = Field(default=8080, description="Port to listen on; 0 takes a free one")
    keys: tuple[KeySettings, ...] = Field(
        default=(), description="Who may call; without any, everybody on this machine may do everything"
    )
    parsers: Annotated[Mapping[str, Component], Named("footfall.parsers"), BesideNumbers(_ASKED)] = Field(
        default=NOTHING,
        description="Parsers that can be loaded beside those that come along, by the name that requests ask for them by; what is "
        "not given is as the kind has it",
    )
    max_body_bytes: Bytes = Field(default=32 << 20, description="Largest request")
    max_pixels: Pixels = Field(
        default=40_000_000,
        description="Largest picture, width times height; and of all pictures of a lane that are in memory at a time",
    )
    max_pictures: Several = Field(default=16, description="Most pictures in one request")
    max_requests: Several = Field(
        default=32,
        description="Pictures that may wait for the parser or be under way; beyond that the answer is 429",
    )
    max_connections: Several = Field(
        default=1000,
        description="Connections at a time; beyond that the one that has asked nothing for longest is closed",
    )
    head_timeout_s: PositiveSeconds = Field(
        default=10.0, description="Longest time to send the head of a request"
    )
    body_timeout_s: PositiveSeconds = Field(default=30.0, description="Longest time to send the rest of it")
    results_s: PositiveSeconds = Field(
        default=900.0, description="How long pictures that were made can be fetched"
    )
    max_results_bytes: Bytes = Field(
        default=256 << 20, description="Memory for such pictures; the oldest go first"
    )
    jobs: JobsSettings = JobsSettings()
    max_streams: Several = Field(default=16, description="Most cameras at a time")
    allowed_hosts: tuple[AllowedHost, ...] = Field(
        default=(),
        description="Hosts and networks that cameras added by the API, and recordings that a job fetches, may have",
    )
    origins: tuple[Origin, ...] = Field(
        default=(), description="Web pages of elsewhere that browsers may call this service from"
    )
