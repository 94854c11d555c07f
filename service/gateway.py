"""Who may do what, and how often."""

import hmac
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import HTTPConnection

from config.service import KeySettings, Role, ServiceSettings
from pipeline.executor import Priority
from service.errors import ErrorCode, ServiceError
from service.keys import hash_of

_ROLES: Sequence[Role] = ("read", "parse", "admin")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KEY = "key."
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        name: Of the key; `local` where no keys are set.
        role: What it may do.
        models: Parsers that it may use; empty for all.
        priority: How its turns come.
    """

    name: str
    role: Role
    models: tuple[str, ...] = ()
    priority: Priority = Priority.INTERACTIVE

    def may(self, role: Role) -> bool:
        """Whether it may do what that role may."""
        return _ROLES.index(self.role) >= _ROLES.index(role)

    def require_model(self, name: str) -> None:
        """Make sure that it may use that parser.

        Raises:
            ServiceError: It may not.
        """
        if self.models and name not in self.models:
            allowed = ", ".join(self.models)
            raise ServiceError(
                ErrorCode.FORBIDDEN,
                f"the key {self.name} may not use the parser {name}: ask for one of its own ({allowed})",
            )


LOCAL = Caller("local", "admin")
"""Everybody, where no keys are set and the service listens on this machine alone."""


def is_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach that address."""
    if host.lower() in _THIS_MACHINE:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Gateway:
    """Knows the keys, and counts their requests. Any thread.

    Args:
        settings: Keys and allowed origins.
        clock: Monotonic seconds.
        now: The time of day, UTC.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        clock: Callable[[], float] = monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._spent = {key.name: _Spent(float(key.requests_per_minute), clock()) for key in settings.keys}
        self._clock, self._now = clock, now
        self._lock = Lock()

    def caller(self, connection: HTTPConnection) -> Caller:
        """Who asks.

        Raises:
            ServiceError: Nobody who is known, or a web page of elsewhere.
        """
        self._refuse_foreign_page(connection)
        if not self._settings.keys:
            return LOCAL
        key = self._known(_sent(connection))
        if key is None:
            raise ServiceError(
                ErrorCode.NO_KEY, "send a key that is known, as Authorization: Bearer KEY or X-API-Key: KEY"
            )
        self._spend(key)
        priority = Priority.BATCH if key.lane == "batch" else Priority.INTERACTIVE
        return Caller(key.name, key.role, key.models, priority)

    def _known(self, sent: str) -> KeySettings | None:
        """The key with that hash. All are compared, each in constant time."""
        wanted = hash_of(sent)
        found = [key for key in self._settings.keys if hmac.compare_digest(key.hash, wanted)]
        return found[0] if found else None

    def _spend(self, key: KeySettings) -> None:
        """Count a request.

        Raises:
            ServiceError: It is one too many.
        """
        with self._lock:
            spent = self._spent[key.name]
            if wait_s := spent.in_this_minute(key.requests_per_minute, self._clock()):
                raise ServiceError(
                    ErrorCode.TOO_OFTEN,
                    f"the key {key.name} may ask {key.requests_per_minute} times a minute: ask again later",
                    retry_after_s=wait_s,
                )
            now = self._now()
            if not spent.on_this_day(key.requests_per_day, now):
                raise ServiceError(
                    ErrorCode.QUOTA_USED,
                    f"the key {key.name} has used its {key.requests_per_day} requests of this day",
                    retry_after_s=_until_midnight_s(now),
                )

    def _refuse_foreign_page(self, connection: HTTPConnection) -> None:
        """A page of elsewhere must not act through the browser of one who may (CSRF), nor pose as this host (DNS rebinding)."""
        host = connection.headers.get("host", "")
        if not self._settings.keys and not is_this_machine(urlsplit(f"//{host}").hostname or ""):
            raise ServiceError(
                ErrorCode.FOREIGN_ORIGIN,
                "without keys only this machine is answered, under its own name: set service.keys",
            )
        origin = connection.headers.get("origin")
        changes = connection.scope["type"] == "websocket" or connection.scope["method"] not in _SAFE
        if (
            origin is None
            or not changes
            or origin in self._settings.origins
            or urlsplit(origin).netloc == host
        ):
            return
        raise ServiceError(ErrorCode.FOREIGN_ORIGIN, f"{origin[:200]} is not in service.origins")


@dataclass(slots=True)
class _Spent:
    """What a key has used: a token bucket that holds a minute, and the requests of a day."""

    tokens: float
    at_s: float
    day: str = ""
    today: int = 0

    def in_this_minute(self, per_minute: int, now_s: float) -> float:
        """Take a token; how long to wait for one where there is none, seconds."""
        rate = per_minute / 60
        self.tokens = min(float(per_minute), self.tokens + (now_s - self.at_s) * rate)
        self.at_s = now_s
        if self.tokens < 1:
            return (1 - self.tokens) / rate
        self.tokens -= 1
        return 0.0

    def on_this_day(self, per_day: int, now: datetime) -> bool:
        """Count it, unless the day's share is used."""
        day = now.astimezone(UTC).date().isoformat()
        if day != self.day:
            self.day, self.today = day, 0
        if self.today >= per_day:
            return False
        self.today += 1
        return True


def _until_midnight_s(now: datetime) -> float:
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (tomorrow - now).total_seconds()


def _sent(connection: HTTPConnection) -> str:
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    # Browsers let a page set no header of a WebSocket; in its address the key would be logged on the way.
    offered: Sequence[str] = connection.scope.get("subprotocols", ())
    by_protocol = next((each.removeprefix(_KEY) for each in offered if each.startswith(_KEY)), "")
    return connection.headers.get("x-api-key", by_protocol)


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency of a route: lets in whoever has at least that role."""

    role: Role

    async def __call__(self, connection: HTTPConnection) -> Caller:
        """Who asks. A coroutine, as `service_of` is: nothing here blocks.

        Raises:
            ServiceError: It may not.
        """
        service = connection.app.state.service
        if service.closing.is_set():
            raise ServiceError(
                ErrorCode.CLOSING, "the service is about to end: ask another, or later", retry_after_s=10.0
            )
        gateway: Gateway = service.gateway
        caller = gateway.caller(connection)
        connection.scope["footfall.caller"] = caller.name
        if not caller.may(self.role):
            raise ServiceError(
                ErrorCode.FORBIDDEN,
                f"the key {caller.name} has the role {caller.role}, and this needs {self.role}",
            )
        return caller


Reader: TypeAlias = Annotated[Caller, Depends(Needs("read"))]
Sender: TypeAlias = Annotated[Caller, Depends(Needs("parse"))]
Admin: TypeAlias = Annotated[Caller, Depends(Needs("admin"))]
