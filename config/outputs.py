"""Where results go."""

import re
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.address_files import addresses_in, from_file
from config.component import Flag
from config.paths import FilePath, secret_text
from config.quantities import Section
from domain.stores import StoreAddress

_SERVER = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")


def _split(value: Any) -> Any:
    """Text as Kafka's own tools write it, "one:9092,two:9092", as a list; whatever is `@FILE` in it is read from that file."""
    if isinstance(value, str):
        # A comma may be part of the name of a file.
        whole = value.startswith("@") and Path(value[1:]).exists()
        value = [value] if whole else value.split(",")
    if not isinstance(value, list | tuple):
        return value
    return [server for part in value for server in _servers_in(part)]


def _servers_in(part: Any) -> list[Any]:
    if not isinstance(part, str):
        return [part]
    part = part.strip()
    # No server is called so, and no path is meant: what begins with `@` is a file, whatever else lies in the folder.
    if not part.startswith("@") or len(part) == 1:
        return [part]
    return [server.strip() for line in addresses_in(part) for server in line.split(",")]


def _check_server(server: str) -> str:
    if "@" in server:
        raise ValueError(
            "must be HOST:PORT alone; user and password belong into sasl_username and sasl_password"
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
    """The folder for results, and what is written into it beside `events.jsonl` and `summary.json`."""

    dir: Annotated[
        FilePath, Flag("--out", metavar="DIR", help="Folder for the results; made if it is missing")
    ] = Field(
        default=Path("out"),
        description="Folder for everything that a run writes; relative to where it is started",
    )
    report: bool = Field(default=True, description="Write `report.html`")
    start_over: Annotated[
        bool,
        Flag(
            "--start-over",
            help="Begin from the start where a run in DIR was cut off, and give up what it has counted",
        ),
    ] = Field(
        default=False,
        description="Begin from the start where a run in the folder was cut off, and give up what it has counted",
    )
