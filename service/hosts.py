"""What cameras and recordings that come by the API may be: nothing that reaches files, or hosts that nobody has allowed (SSRF)."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from domain.urls import Address
from service.errors import ErrorCode, ServiceError

_RECORDINGS = frozenset({"http", "https"})
_SCHEMES = ("rtsp://", "rtsps://", "synthetic:")
_KINDS = {"rtsp", "synthetic"}
_KEYS = {"id", "source", "sampling", "tracker", "analytics"}


def require_allowed(given: Mapping[str, Any], hosts: Sequence[str]) -> None:
    """Look at a camera before anything is made of it: even asking whether a file exists would tell something.

    Args:
        given: What was sent.
        hosts: Hosts, `*.DOMAIN` and networks that are allowed.

    Raises:
        ServiceError: It is not allowed.
    """
    _refuse_files(given)
    for key in given:
        if key not in _KEYS:
            raise ServiceError(
                ErrorCode.BAD_REQUEST,
                f"{key[:64]}: there is no such key; there are {', '.join(sorted(_KEYS))}",
            )
    address = _address(given.get("source"))
    if address is None:
        return
    try:
        host = Address.parse(address).host.strip("[]").lower()
    except ValueError as error:
        raise ServiceError(ErrorCode.BAD_REQUEST, f"source: {error}") from None
    if not any(_covers(allowed, host) for allowed in hosts):
        raise ServiceError(
            ErrorCode.HOST_NOT_ALLOWED,
            "the host of that camera is not in service.allowed_hosts: add it there, and start again",
        )


def require_allowed_recording(address: str, hosts: Sequence[str]) -> None:
    """Look at the address of a recording before anything asks for it. Only numbers as they are written are numbers here.

    Args:
        address: What was sent.
        hosts: As in `require_allowed`.

    Raises:
        ServiceError: It is not allowed.
    """
    _refuse_files(address)
    if not address.isascii() or any(character <= " " for character in address):
        raise ServiceError(ErrorCode.BAD_REQUEST, "source: must be an address on one line, percent-encoded")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ServiceError(ErrorCode.BAD_REQUEST, "source: this is no address") from None
    if parts.scheme not in _RECORDINGS or not host:
        raise ServiceError(
            ErrorCode.HOST_NOT_ALLOWED,
            "source: must be an http:// or https:// address; send files with the job, and add cameras at /api/streams",
        )
    if parts.username is not None or parts.password is not None:
        raise ServiceError(ErrorCode.BAD_REQUEST, "source: no user and no password may be in it")
    if not any(_covers(allowed, host) for allowed in hosts):
        raise ServiceError(
            ErrorCode.HOST_NOT_ALLOWED,
            "the host of that recording is not in service.allowed_hosts: add it there, and start again",
        )


def _refuse_files(value: Any) -> None:
    """`@FILE` stands for what is in a file; in a settings file that is fine."""
    match value:
        case str():
            if value.lstrip().startswith("@"):
                raise ServiceError(ErrorCode.BAD_REQUEST, "@FILE is not read here: send the value itself")
        case Mapping():
            for each in value.values():
                _refuse_files(each)
        case list():
            for each in value:
                _refuse_files(each)


def _address(source: Any) -> str | None:
    """The address of a camera; None of drawn people."""
    if isinstance(source, str) and source.strip().lower().startswith(_SCHEMES):
        return None if source.strip().lower().startswith("synthetic:") else source
    if isinstance(source, Mapping) and source.get("kind") in _KINDS:
        if source["kind"] == "synthetic":
            return None
        if isinstance(source.get("url"), str):
            return str(source["url"])
    raise ServiceError(
        ErrorCode.HOST_NOT_ALLOWED,
        "source: must be an rtsp:// or rtsps:// address, or synthetic:; files stay with the settings",
    )


def _covers(allowed: str, host: str) -> bool:
    """Names match names, and networks match numbers: what a name leads to may change at any time."""
    if allowed.startswith("*."):
        return host.endswith(allowed[1:])
    try:
        network = ipaddress.ip_network(allowed)
    except ValueError:
        return host == allowed
    try:
        return ipaddress.ip_address(host) in network
    except ValueError:
        return False
