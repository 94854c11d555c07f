"""A PostgreSQL that is too slow to make the tables in the time of a batch."""

import pytest
from sqlalchemy.exc import OperationalError

from domain.errors import SinkBusy
from sinks.sql import sink as of_sql
from sinks.sql.sink import SqlSink
from tests.support.spools import frames


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
