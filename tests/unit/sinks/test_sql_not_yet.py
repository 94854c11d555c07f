"""A store that is there, and cannot be opened yet."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from domain.errors import SinkBusy
from sinks.sql import sink as of_sql
from sinks.sql.sink import SqlSink
from tests.support.spools import frames


def test_a_file_that_another_program_has_locked_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "footfall.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        sink = SqlSink(f"sqlite:///{path}", timeout_s=0.1)
        with pytest.raises(SinkBusy, match="locked"):
            sink.store(frames(3))
    sink.store(frames(3))
    sink.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM frames").fetchone() == (3,)


def test_each_attempt_to_make_the_tables_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def prepare(*_: object, limit_s: float, **__: object) -> None:
        limits.append(limit_s)
        raise OperationalError("CREATE", None, Exception("closed"), connection_invalidated=True)

    monkeypatch.setattr(of_sql, "prepare", prepare)
    sink = SqlSink("postgresql://u@127.0.0.1:1/x", timeout_s=10.0)
    for _ in range(4):
        with pytest.raises(SinkBusy):
            sink.store(frames(1))
    sink.close()
    assert limits == [10.0, 20.0, 40.0, 60.0, 60.0]
