"""SqlSink on SQLite."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import SinkBusy, SinkRejected
from domain.events import Event
from sinks.base import EventSink
from sinks.sql.reader import SqlReader
from sinks.sql.schema import migrate
from sinks.sql.sink import SqlSink
from tests.contracts.event_sink import SinkContract
from tests.support.events import (
    any_event,
    frame_event,
    one_of_each,
    window_event,
)
from tests.support.outside import LineCrossed, crossing, installed
from tests.support.sql import everything


class TestSqlSinkOnSqlite(SinkContract):
    @pytest.fixture
    def sink(self, tmp_path: Path) -> Iterator[SqlSink]:
        self.url = f"sqlite:///{tmp_path}/footfall.db"
        sink = SqlSink(self.url)
        yield sink
        sink.close()

    def stored(self, sink: EventSink) -> Sequence[Event]:
        del sink
        return everything(self.url)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(any_event, max_size=4, unique_by=lambda event: event.event_id))
def test_every_event_survives(tmp_path_factory: pytest.TempPathFactory, events: list[Event]) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('sql')}/footfall.db"
    sink = SqlSink(url)
    sink.store(events)
    sink.close()
    assert sorted(everything(url), key=lambda event: event.event_id) == sorted(
        events, key=lambda event: event.event_id
    )


def test_a_changed_event_of_the_same_id_changes_nothing_inside(url: str) -> None:
    sink = SqlSink(url)
    sink.store([frame_event(0, persons=1)])
    sink.store([frame_event(0, persons=3)])
    sink.close()
    assert everything(url) == [frame_event(0, persons=1)]


def test_a_copy_of_the_file_alone_misses_two_seconds_at_most(url: str, tmp_path: Path) -> None:
    now = [0.0]
    sink = SqlSink(url, clock=lambda: now[0])
    copied = []
    for number in range(4):
        sink.store([frame_event(number)])
        (tmp_path / "copy.db").write_bytes((tmp_path / "footfall.db").read_bytes())
        copied.append(len(everything(f"sqlite:///{tmp_path}/copy.db")))
        now[0] += 1.0
    sink.close()
    assert copied == [1, 1, 3, 3]


def test_the_file_is_in_wal_mode_while_open_and_one_file_afterwards(url: str, tmp_path: Path) -> None:
    sink = SqlSink(url)
    sink.store(one_of_each())
    assert (tmp_path / "footfall.db-wal").exists()
    sink.close()
    assert [path.name for path in tmp_path.iterdir()] == ["footfall.db"]


def test_a_locked_file_is_busy_and_takes_the_batch_later(url: str, tmp_path: Path) -> None:
    sink = SqlSink(url, timeout_s=0.05, retry_after_s=1.5)
    other = sqlite3.connect(tmp_path / "footfall.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(SinkBusy) as caught:
        sink.store(one_of_each())
    assert str(caught.value) == f"{tmp_path}/footfall.db: database is locked"
    assert caught.value.retry_after_s == 1.5
    other.execute("ROLLBACK")
    other.close()
    sink.store(one_of_each())
    sink.close()
    assert len(everything(url)) == len(one_of_each())


def test_a_file_that_is_removed_is_busy_until_it_is_back(url: str, tmp_path: Path) -> None:
    sink = SqlSink(url)
    (tmp_path / "footfall.db").rename(tmp_path / "elsewhere")
    with pytest.raises(SinkBusy) as caught:
        sink.store([frame_event()])
    assert str(caught.value) == f"{tmp_path}/footfall.db: it was removed or replaced while it was open"
    (tmp_path / "elsewhere").rename(tmp_path / "footfall.db")
    sink.store([frame_event()])
    sink.close()
    assert len(everything(url)) == 1


def test_tables_that_vanish_are_a_refusal(url: str, tmp_path: Path) -> None:
    sink = SqlSink(url)
    with sqlite3.connect(tmp_path / "footfall.db") as connection:
        connection.execute("DROP TABLE window_garments")
        connection.execute("DROP TABLE windows")
    connection.close()
    with pytest.raises(SinkRejected, match="no such table: windows"):
        sink.store([window_event()])
    sink.store([frame_event()])
    sink.close()
    with pytest.raises(SinkRejected, match="the sink is closed"):
        sink.store([frame_event()])


def test_a_number_that_does_not_fit_is_a_refusal(url: str) -> None:
    sink = SqlSink(url)
    huge = frame_event().model_copy(update={"frame_index": 2**80})
    with pytest.raises(SinkRejected, match="too large"):
        sink.store([huge])
    sink.close()


def test_moments_of_any_zone_come_back_as_the_same_moment_in_utc(url: str) -> None:
    there = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
    sink = SqlSink(url)
    sink.store([frame_event().model_copy(update={"event_time": there})])
    sink.close()
    [back] = everything(url)
    assert back.event_time == there
    assert back.event_time.tzinfo is UTC


def test_a_kind_of_event_from_outside_is_stored_and_read(url: str) -> None:
    with installed(crossing=LineCrossed):
        for _ in range(2):
            sink = SqlSink(url)
            sink.store([crossing("entrance"), crossing("exit"), frame_event()])
            sink.close()
        reader = SqlReader(url)
        assert reader.events(LineCrossed) == sorted(
            [crossing("entrance"), crossing("exit")], key=lambda event: event.event_id
        )
        assert reader.frames() == [frame_event()]
        reader.close()


def test_a_new_file_that_another_process_writes_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        assert other.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
        other.execute("BEGIN IMMEDIATE")
        # It does not matter how long that is: without waiting, opening fails at once.
        ending = threading.Timer(0.3, other.execute, ["COMMIT"])
        ending.start()
        sink = SqlSink(f"sqlite:///{path}")
        ending.join()
    sink.store([frame_event()])
    sink.close()
    assert everything(f"sqlite:///{path}") == [frame_event()]
