"""Database URLs as users write them, and what may be shown of them."""

from pathlib import Path
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from domain.errors import OutputError

_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_FORMS = "write sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"


def parse(url: str) -> URL:
    """The URL with the driver that Footfall brings along.

    Raises:
        OutputError: It is malformed or names a database that Footfall does not know. The password is not in the message.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise OutputError(f"the address of the SQL database is not a URL; {_FORMS}") from None
    backend = parsed.drivername.split("+")[0]
    if backend not in _DRIVERS:
        raise OutputError(f"{backend} is not a database that Footfall writes to; {_FORMS}")
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise OutputError(f"the URL of the SQLite database names no file; {_FORMS}")
    return parsed.set(drivername=_DRIVERS[backend])


def is_sqlite(url: URL) -> bool:
    """Whether it is a file of SQLite; PostgreSQL otherwise."""
    return url.get_backend_name() == "sqlite"


def shown(url: URL) -> str:
    """The URL without password, driver and options, for messages: a SQLite file by its path."""
    if is_sqlite(url):
        return str(Path(url.database or ""))
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def reason(error: BaseException, url: URL) -> str:
    """The first line of what the driver says, without the password."""
    lines = str(error).strip().splitlines()
    text = " ".join((lines[0] if lines else type(error).__name__).split())
    for secret in _secrets(url):
        text = text.replace(secret, "***")
    return text


def _secrets(url: URL) -> set[str]:
    values = [url.password, *(url.query.get(key) for key in ("password", "sslpassword"))]
    plain = {value for value in values if isinstance(value, str) and value}
    return plain | {quote(value) for value in plain} | {quote_plus(value) for value in plain}
