"""`footfall spool` and `footfall deliver`, and runs that keep their events on disk."""

import re
import sqlite3
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from domain.errors import SinkBusy
from domain.events import event_from_json
from sinks.spool.store import SpoolStore
from sinks.sql.sink import SqlSink
from tests.support.command import Footfall

SOURCE = "synthetic:?persons=1&seconds=2&seed=3&size=320x180&fps=5"


@pytest.fixture
def footfall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Footfall:
    monkeypatch.setenv("FOOTFALL_DELIVERY", "spool")
    return Footfall(monkeypatch, capsys)


def run(footfall: Footfall, out: Path, *more: object) -> ExitCode:
    return ExitCode(footfall("run", SOURCE, "--out", out, "--no-overlay", *more).code)


def ids_in(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        found = [row[0] for row in connection.execute("SELECT event_id FROM frames ORDER BY frame_index")]
    connection.close()
    return found


def test_a_run_from_the_spool_has_the_results_of_one_from_memory(
    footfall: Footfall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(footfall, tmp_path / "spooled") is ExitCode.OK
    assert run(footfall, tmp_path / "spooled") is ExitCode.OK
    monkeypatch.setenv("FOOTFALL_DELIVERY", "memory")
    assert run(footfall, tmp_path / "plain") is ExitCode.OK
    spooled, plain = ((tmp_path / name / "events.jsonl").read_bytes() for name in ("spooled", "plain"))
    assert [event_from_json(line).event_id for line in spooled.splitlines()] == [
        event_from_json(line).event_id for line in plain.splitlines()
    ]
    assert ids_in(tmp_path / "spooled" / "footfall.db") == ids_in(tmp_path / "plain" / "footfall.db")
    assert not (tmp_path / "plain" / ".footfall" / "spool.db").exists()


def test_two_stores_of_one_name_are_refused(footfall: Footfall, tmp_path: Path) -> None:
    config = tmp_path / "two.yaml"
    config.write_text(f"sinks:\n  sql: {{}}\n  sqlite: {{kind: sql, url: 'sqlite:///{tmp_path}/other.db'}}\n")
    said = footfall("run", SOURCE, "--out", tmp_path / "out", "--config", config)
    assert said.code == ExitCode.USAGE
    assert said.err.splitlines()[-1] == (
        "footfall: 2 stores are called sqlite, where a store without a name of its own is called after its kind: "
        "give each another name under sinks"
    )
    assert not (tmp_path / "out").exists()


def test_what_a_store_misses_waits_and_is_sent_by_deliver(
    footfall: Footfall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, url = tmp_path / "out", f"sqlite:///{tmp_path}/away.db"
    with monkeypatch.context() as away:
        away.setattr(SqlSink, "store", _busy)
        ended = footfall("run", SOURCE, "--out", out, "--no-overlay", "--sql", url)
    assert ended.code == ExitCode.UNDELIVERED
    waiting = len((out / "events.jsonl").read_bytes().splitlines())
    assert (
        f"sqlite: {waiting} events wait until the next run or footfall deliver sends them, the store is away\n"
        in ended.out
    )

    shown = footfall("spool", out)
    assert shown.code == ExitCode.OK
    numbers = [re.sub(r"\W+", " ", line).split() for line in shown.out.splitlines()]
    assert ["jsonl", f"{waiting}", "0", "0"] in numbers
    assert ["sqlite", "0", f"{waiting}", "0"] in numbers
    assert f"{waiting} events kept, up to number {waiting}" in shown.out

    without = footfall("deliver", out)
    assert without.code == ExitCode.UNDELIVERED
    assert without.out == f"sqlite: {waiting} events wait, but the settings do not name it\n"

    sent = footfall("deliver", out, "--sql", url)
    assert (sent.code, sent.out) == (ExitCode.OK, f"sqlite: {waiting} events sent\n")
    assert len(ids_in(tmp_path / "away.db")) == 10
    again = footfall("deliver", out, "--sql", url)
    assert (again.code, again.out) == (ExitCode.OK, "nothing waits\n")
    assert run(footfall, out, "--sql", url) is ExitCode.OK
    assert len(ids_in(tmp_path / "away.db")) == 10


def _busy(*_: object) -> None:
    raise SinkBusy("the store is away", retry_after_s=0.1)


def test_a_store_is_given_up(footfall: Footfall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as away:
        away.setattr(SqlSink, "store", _busy)
        footfall("run", SOURCE, "--out", out, "--no-overlay", "--sql", f"sqlite:///{tmp_path}/away.db")
    waiting = len((out / "events.jsonl").read_bytes().splitlines())

    unknown = footfall("spool", "forget", out, "kafka")
    assert unknown.code == ExitCode.USAGE
    assert unknown.err == f"footfall: {out} has no store kafka; it has jsonl, sqlite\n"
    given_up = footfall("spool", "forget", out, "sqlite")
    assert (given_up.code, given_up.out) == (
        ExitCode.OK,
        f"sqlite is given up: {waiting} events are not kept for it any longer\n",
    )
    assert footfall("deliver", out).out == "nothing waits\n"


def test_where_there_is_no_spool_that_is_said(footfall: Footfall, tmp_path: Path) -> None:
    for command in (("spool", tmp_path), ("deliver", tmp_path), ("spool", "forget", tmp_path, "sql")):
        ended = footfall(*command)
        assert (ended.code, ended.err) == (
            ExitCode.USAGE,
            f"footfall: {tmp_path}/.footfall/spool.db: there is no spool\n",
        )
    assert list(tmp_path.iterdir()) == []


def test_a_spool_can_be_looked_at_while_it_is_written(footfall: Footfall, tmp_path: Path) -> None:
    (tmp_path / ".footfall").mkdir()
    store = SpoolStore(tmp_path / ".footfall" / "spool.db")
    store.begin_run("run-1", "")
    shown = footfall("spool", tmp_path)
    store.close()
    assert shown.code == ExitCode.OK
    assert "run run-1 has not ended: it is going on, or was killed" in shown.out
