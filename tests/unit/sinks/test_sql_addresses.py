"""Which SQL store an address names, and what is told of one that cannot be used."""

import os
from pathlib import Path

import pytest

from domain.errors import OutputError
from sinks.sql.address import parse, reason
from sinks.sql.sink import SqlSink
from tests.support.events import (
    frame_event,
)
from tests.support.sql import everything

FORMS = "must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nonsense", FORMS),
        ("mysql://root:geheim@db/footfall", f"{FORMS}, and not mysql://"),
        ("sqlite://", "must name a file, as in sqlite:///counts.db or sqlite:////data/counts.db"),
        ("sqlite:///:memory:", "must name a file, as in sqlite:///counts.db or sqlite:////data/counts.db"),
        ("postgresql://u:geheim@db:port/x", "must name a host and, if any, a port from 1 to 65535"),
    ],
)
def test_a_wrong_address_is_told_in_one_line_without_the_password(address: str, message: str) -> None:
    with pytest.raises(OutputError) as caught:
        SqlSink(address)
    assert str(caught.value) == f"the address of the SQL database {message}"


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        SqlSink(f"sqlite:///{tmp_path}/absent/footfall.db")
    assert str(caught.value) == (
        f"{tmp_path}/absent/footfall.db cannot be used: unable to open database file; "
        "make its folder, and give this user the right to write there"
    )


def test_a_file_of_something_else_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("shopping list\n" * 100)
    with pytest.raises(
        OutputError, match=r"notes\.db cannot be used: file is not a database; name a file of SQLite"
    ):
        SqlSink(f"sqlite:///{tmp_path}/notes.db")
    assert (tmp_path / "notes.db").read_text() == "shopping list\n" * 100


@pytest.mark.parametrize(
    "name",
    [
        b"why?mode=ro",
        b"a#b",
        b"shop%20one",
        b"10:30",
        b"u:p@h",
        b"file:x?mode=memory",
        b"caf\xe9",
        b"two\nlines",
        b"-x",
        b"'q\"",
    ],
)
def test_a_file_of_any_name_is_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    for url in (f"sqlite:///{os.fsdecode(name)}", f"sqlite:///{tmp_path}/{os.fsdecode(name)}"):
        sink = SqlSink(url)
        sink.store([frame_event()])
        sink.close()
        assert everything(url) == [frame_event()]
    assert [os.fsencode(path.name) for path in tmp_path.iterdir()] == [name]


def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ""):
        with pytest.raises(OutputError) as caught:
            SqlSink(f"sqlite:///{tmp_path / name}")
        assert (
            str(caught.value) == f"{tmp_path / name} is no regular file; name a file for the SQLite database"
        )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_what_is_shown_of_an_address_has_no_password(scheme: str) -> None:
    address = parse(f"{scheme}://me:p%40ss@db:5433/stats?sslpassword=other")
    assert address.kind == "postgresql"
    assert address.shown() == "postgresql://db:5433/stats"
    said = RuntimeError("bad: p@ss or p%40ss, other\nsecond line")
    assert reason(said, address) == "bad: *** or ***, ***"


def test_what_may_be_the_end_of_a_password_is_not_shown_as_a_host() -> None:
    address = parse("postgresql://me:tulip@violet/77@home/stats")
    assert address.password == "tulip@violet/77"  # noqa: S105 - not a real one
    assert address.shown() == "postgresql://***"
    assert reason(RuntimeError("failed to resolve host 'home'"), address) == "failed to resolve host '***'"
