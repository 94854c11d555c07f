"""Addresses of table stores."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote

from domain.names import shown_name
from domain.urls import HIDDEN, Address

StoreKind = Literal["sqlite", "postgresql"]

_KINDS: dict[str, StoreKind] = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}
_FORMS = "must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_SECRET = frozenset({"password", "sslpassword", "user"})


@dataclass(frozen=True, slots=True, repr=False)
class StoreAddress:
    """Where the tables are.

    Attributes:
        kind: Which database.
        file: Of SQLite; the working folder for PostgreSQL.
        hosts: Names or numbers of PostgreSQL servers, without brackets, each with its port; empty is libpq's own choice.
        database: Name of the PostgreSQL database; None is libpq's own choice.
        user, password: For PostgreSQL.
        options: Further options of libpq, `sslpassword` among them.
        certain: Whether hosts and database are surely that and no part of the password.
    """

    kind: StoreKind
    file: Path = Path()
    hosts: tuple[tuple[str, int | None], ...] = ()
    database: str | None = None
    user: str | None = None
    password: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    certain: bool = True

    @classmethod
    def parse(cls, text: str) -> "StoreAddress":
        """Take apart what a user wrote.

        What stands behind `sqlite:///` is the name of a file as it is, whatever characters it holds. A PostgreSQL address may carry
        libpq's options behind a `?`; everything in it may be percent-encoded.

        Raises:
            ValueError: It is none of both. The message quotes nothing but the kind.
        """
        scheme, separator, rest = text.partition("://")
        name = scheme.strip().lower().partition("+")[0]
        if not separator:
            raise ValueError(_FORMS)
        if name not in _KINDS:
            raise ValueError(f"{_FORMS}, and not {name}://" if name.isalnum() else _FORMS)
        return cls._sqlite(rest) if _KINDS[name] == "sqlite" else cls._postgresql(text)

    @classmethod
    def _sqlite(cls, rest: str) -> "StoreAddress":
        file = rest.removeprefix("/")
        if file == rest or file in {"", ":memory:"} or "\0" in file:
            raise ValueError("must name a file, as in sqlite:///counts.db or sqlite:////data/counts.db")
        return cls("sqlite", file=Path(file))

    @classmethod
    def _postgresql(cls, text: str) -> "StoreAddress":
        address = Address.parse(text)
        options = _options(address.query)
        given = (address.user, options.pop("user", None)), (address.password, options.pop("password", None))
        user, password = (first or second or None for first, second in given)
        texts = [user, password, address.path, *options.values()]
        if any(text and ("\0" in text or _is_broken(text)) for text in texts):
            raise ValueError("must hold UTF-8 text alone where it is percent-encoded, and no NUL")
        return cls(
            "postgresql",
            hosts=tuple((unquote(host.strip("[]")), port) for host, port in address.hosts),
            database=unquote(address.path.removeprefix("/")) or None,
            user=user,
            password=password,
            options=options,
            certain=address.certain,
        )

    def shown(self) -> str:
        """For messages: a SQLite file by its path, PostgreSQL by hosts and database; never user, password or options."""
        if self.kind == "sqlite":
            return shown_name(self.file)
        if not self.certain:
            return f"postgresql://{HIDDEN}"
        hosts = ",".join(
            (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "") for host, port in self.hosts
        )
        return f"postgresql://{hosts}/{shown_name(self.database or '')}"

    def __repr__(self) -> str:
        return f"StoreAddress({self.shown()!r})"

    __str__ = shown


def _options(query: str) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    # In a password a plus sign is one, and no blank.
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if key in _SECRET:
            options[key] = unquote(value, errors="surrogateescape")
    return options


def _is_broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def file_store(path: Path) -> StoreAddress:
    """A SQLite file by its path."""
    return StoreAddress("sqlite", file=Path(os.path.abspath(path)))  # noqa: PTH100 - links in it stay as they are
