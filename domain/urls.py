"""Addresses of cameras and stores: taken apart once, and shown without what nobody else may read.

People type passwords as they are, with `@`, `/`, `?` and `:` in them, or percent-encoded. RFC 3986 then reads another address than
they mean; `Address.parse` reads what they mean. Nothing else in Footfall takes addresses apart: libraries are handed the parts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, unquote

from domain.camera_paths import is_plain_path

HIDDEN = "***"
"""What stands in the place of what must not be shown."""

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<rest>.*)", re.DOTALL)
_URL_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://\S*")
_BEHIND = re.compile(r"[,;:.!)\]}'\"<>]*$")
_ONE_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|%2[Ff][\w.%\-]*|[\w.\-]+)(?::\d{1,5})?"
_HOSTS = re.compile(rf"(?P<hosts>{_ONE_HOST}(?:,{_ONE_HOST})*)?(?=[/?#]|$)")
_USER_TEXT = "!$&'()*+,;=-._~"
_PATH_TEXT = _USER_TEXT + "/:@%?#[]"
# Cameras also take `?user=admin&password=x`, and some `/user=admin_password=x_channel=1.sdp`; libpq says `password='x y'`.
_PARAMETER = re.compile(
    r"(?P<name>(?:password|passwd|passphrase|passwort|pass|pwd|psw|secret|token|key|auth|signature|sig|credentials?)=)"
    r"(?:'(?:[^'\\]|\\.)*'|[^&;\s\"'<>]*)",
    re.IGNORECASE,
)
# Where one of these stands behind a `?`, what follows is a query and no password, whatever `@` there is in it.
_QUERY = re.compile(
    r"[?&](?:user|username|usr|password|passwd|pass|pwd|psw|passfile|token|key|auth|channel|subtype|stream|profile|host|hostaddr|port"
    r"|dbname|service|options|application_name|connect_timeout|client_encoding|target_session_attrs|keepalives\w*|gss\w*|krb\w*"
    r"|ssl\w*|channel_binding|require_auth|load_balance_hosts)=",
    re.IGNORECASE,
)
# What FFmpeg takes.
_LONGEST = 4096
_PATHS = frozenset({"file", "sqlite"})


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """An address in its parts. Its text, as `str` and `repr`, holds no password.

    Attributes:
        scheme: In small letters, as `rtsp`.
        hosts: Names or numbers with their ports; brackets stand around IPv6. Empty where the address names no host; several only
            for stores.
        path: Everything from the first `/` behind the host to the query, as it was typed.
        query: What stands behind the first `?` after that, as it was typed.
        user: Decoded; None where none is given.
        password: Decoded; None where none is given. Bytes that are no UTF-8 stand in it as surrogates.
        certain: Whether nothing else can be meant by it. Otherwise what looks like the host may be a part of the password, and is
            not shown either.
    """

    scheme: str
    hosts: tuple[tuple[str, int | None], ...]
    path: str
    query: str
    user: str | None
    password: str | None
    certain: bool

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Take an address apart.

        User and password end at the last `@`, so that they may hold any character; but at an earlier one where a numeric host or
        the name of a known option behind a `?` shows that what follows is path and query. Of both, `%` and two hexadecimal digits
        are one encoded byte.

        Raises:
            ValueError: It does not begin with SCHEME://, is too long, or holds no valid host. The message quotes nothing.
        """
        match = _URL.fullmatch(text.strip())
        if match is None or len(text) > _LONGEST or any(character in "\0\r\n" for character in text.strip()):
            raise ValueError("must be an address on one line that begins with SCHEME://")
        readings = list(_readings(match["rest"]))
        if not readings:
            raise ValueError("must name a host and, if any, a port from 1 to 65535")
        chosen = _meant(readings, match["rest"])
        user, colon, password = (chosen.user_info or "").partition(":")
        path, _, query = chosen.after.partition("?")
        return cls(
            scheme=match["scheme"].lower(),
            hosts=chosen.hosts,
            path=path,
            query=query,
            user=None if chosen.user_info is None else _decoded(user),
            password=_decoded(password) if colon else None,
            certain=len(readings) == 1 or chosen.evident,
        )

    @property
    def host(self) -> str:
        """The first host without its port; empty where there is none."""
        return self.hosts[0][0] if self.hosts else ""

    @property
    def netloc(self) -> str:
        """Hosts and ports, as in the address."""
        return ",".join(f"{host}:{port}" if port else host for host, port in self.hosts)

    def user_info(self) -> str:
        """User and password, encoded."""
        password = "" if self.password is None else f":{_encoded(self.password)}"
        return _encoded(self.user or "") + password

    def encoded(self) -> str:
        """The whole address, password included, with everything encoded that a URL must not hold: for FFmpeg."""
        user_info = "" if self.user is None else f"{self.user_info()}@"
        behind = self.path + (f"?{self.query}" if self.query else "")
        return f"{self.scheme}://{user_info}{self.netloc}{quote(behind, safe=_PATH_TEXT, errors='surrogateescape')}"

    def shown(self) -> str:
        """What may be shown: never user and password, of a camera's path nothing that may be a key, no secret parameter."""
        if not self.certain:
            return f"{self.scheme}://{HIDDEN}"
        user_info = "" if self.user is None else f"{HIDDEN}@"
        behind = self.path + (f"?{self.query}" if self.query else "")
        if self.scheme in {"rtsp", "rtsps"}:
            behind = behind if is_plain_path(behind) else f"/{HIDDEN}"
        elif _PARAMETER.search(behind):  # which may hold an `&` as it is: nobody knows where it ends
            behind = f"{self.path}?{HIDDEN}" if not _PARAMETER.search(self.path) else f"/{HIDDEN}"
        return f"{self.scheme}://{user_info}{self.netloc}{behind}"

    def __repr__(self) -> str:
        return f"Address({self.shown()!r})"

    __str__ = shown


def redact_url(text: str) -> str:
    """Hide user and password of every URL in a text, a camera's path that may be a key, and every parameter named like a password.

    Args:
        text: A message in which URLs occur. A blank ends a URL; for a URL as a user typed it there is `shown_location`.

    Returns:
        The text with `***` in their place. What is already hidden stays as it is.
    """
    return _without_parameters(_URL_IN_TEXT.sub(lambda match: _redacted(match[0]), text))


def shown_location(location: str) -> str:
    """An address as a whole, fit to be shown: here user and password may hold blanks too. What is none is returned as it is."""
    scheme, separator, _ = location.partition("://")
    if not separator or scheme.strip().lower().partition("+")[0] in _PATHS:
        return location
    try:
        return Address.parse(location).shown()
    except ValueError:
        return f"{scheme.strip()}://{HIDDEN}"


def encoded_url(url: str) -> str:
    """The same URL as URL parsers need it; what is no address is returned as it is.

    Args:
        url: A URL whose user and password may be typed as they are (`rtsp://admin:p@ss/1@camera`) or percent-encoded.
    """
    try:
        return Address.parse(url).encoded()
    except ValueError:
        return url.strip()


def host_of(url: str) -> str:
    """Host and, where it is given, port of a URL: what a message may name; `***` where it may be a part of the password."""
    try:
        address = Address.parse(url)
    except ValueError:
        return HIDDEN
    return address.netloc if address.certain else HIDDEN


@dataclass(frozen=True, slots=True, repr=False)
class _Reading:
    """One way to read what stands behind `://`."""

    end: int
    user_info: str | None
    hosts: tuple[tuple[str, int | None], ...]
    after: str

    @property
    def numeric(self) -> bool:
        return bool(self.hosts) and all(_is_number(host) for host, _ in self.hosts)

    @property
    def evident(self) -> bool:
        """Whether the host looks like one: a number, a name with a domain, or this machine."""
        names = [host.rpartition(".") for host, _ in self.hosts]
        return self.numeric or all(
            end == "localhost" or (dot and end.isalpha() and len(end) > 1) for _, dot, end in names
        )


def _readings(rest: str) -> Iterator[_Reading]:
    """Every way that names valid hosts: without user and password, and with each `@` as their end."""
    for end in [-1, *(match.start() for match in re.finditer("@", rest))]:
        match = _HOSTS.match(rest, end + 1)
        hosts = match and _hosts(match["hosts"] or "")
        if match and hosts is not None:
            yield _Reading(end, None if end < 0 else rest[:end], hosts, rest[match.end() :])


def _meant(readings: list[_Reading], rest: str) -> _Reading:
    last = rest.rfind("@")
    for reading in reversed(readings[:-1]):
        is_numeric = reading.numeric and not readings[-1].numeric
        has_no_password = reading.user_info is None and bool(reading.hosts) and ":" not in rest[:last]
        if is_numeric or has_no_password or _QUERY.search(rest, reading.end + 1, last):
            return reading
    return readings[-1]


def _hosts(text: str) -> tuple[tuple[str, int | None], ...] | None:
    hosts: list[tuple[str, int | None]] = []
    for part in filter(None, text.split(",")):
        host, colon, port = (part, "", "") if part.endswith("]") else part.rpartition(":")
        if not colon:
            host = part
        if (colon and not 1 <= int(port) <= 65_535) or (host.startswith("[") and not _is_number(host)):
            return None
        hosts.append((host, int(port) if colon else None))
    return tuple(hosts)


def _is_number(host: str) -> bool:
    try:
        return bool(IPv6Address(host[1:-1]) if host.startswith("[") else IPv4Address(host))
    except AddressValueError:
        return False


def _redacted(url: str) -> str:
    behind = _BEHIND.search(url)
    end = behind.start() if behind else len(url)
    scheme = url.partition("://")[0].lower()
    if scheme.partition("+")[0] in _PATHS:
        return url
    try:
        return Address.parse(url[:end]).shown() + url[end:]
    except ValueError:
        return f"{scheme}://{HIDDEN}"


def _without_parameters(text: str) -> str:
    return _PARAMETER.sub(rf"\g<name>{HIDDEN}", text)


def _decoded(part: str) -> str:
    return unquote(part, errors="surrogateescape")


def _encoded(part: str) -> str:
    return quote(part, safe=_USER_TEXT, errors="surrogateescape")
