"""A spool, or the file of a store, that finds no room when it opens."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from domain.errors import NoRoom, SinkBusy
from sinks.memory import MemorySink
from sinks.outlet import FanOut, OutletContext
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.settings import SpoolSettings
from sinks.spool.store import Changes, Cursor, SpoolStore
from sinks.sql.sink import SqlSink
from tests.support.disk import files_of_at_most
from tests.support.spools import frames, rows_of

_SMALL = 16_384


def context(path: Path, *sinks: MemorySink, **more: object) -> OutletContext:
    return OutletContext("run-2", "fingerprint", sinks, [], [], path, **more)  # type: ignore[arg-type]  # what a test says


def with_an_event_that_waits(path: Path) -> None:
    with closing(SpoolStore(path)) as store:
        store.begin_run("run-1", "fingerprint")
        store.commit("run-1", Changes(rows_of(frames(1)), {"door": b"{}"}, {"kafka": Cursor(0)}))


def test_a_new_run_keeps_its_events_in_memory_and_leaves_no_half_of_a_spool(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = MemorySink()
    with files_of_at_most(_SMALL):
        outlet = SpoolSettings().build(context(path, sink, opening=frames(1)))
        assert list(path.parent.iterdir()) == []
        outlet.publish(frames(3, 1))
        outlet.close(20.0)
    assert isinstance(outlet, FanOut)
    assert list(sink.events) == frames(4)
    assert "this run keeps events in memory" in caplog.text


def test_what_waits_in_a_spool_stays_there(path: Path) -> None:
    with_an_event_that_waits(path)
    before = path.read_bytes()
    with files_of_at_most(_SMALL):
        outlet = SpoolSettings().build(context(path, MemorySink("kafka")))
        outlet.close(20.0)
    assert isinstance(outlet, FanOut)
    assert path.read_bytes() == before
    with closing(SpoolStore(path)) as store:
        assert (store.count(), store.unfinished_run()) == (1, ("run-1", "fingerprint"))


def test_a_run_that_goes_on_is_refused_since_only_the_spool_knows_where_it_was(path: Path) -> None:
    with_an_event_that_waits(path)
    with files_of_at_most(_SMALL), pytest.raises(NoRoom, match="make room"):
        SpoolSettings().look_back(path)
    with files_of_at_most(_SMALL), pytest.raises(NoRoom, match="make room"):
        SpoolSettings().build(context(path, MemorySink("kafka"), goes_on=True))
    found = SpoolSettings().look_back(path)
    assert found is not None
    assert found.states == {"door": b"{}"}


def test_a_spool_that_is_full_up_to_what_is_kept_for_the_end_can_be_begun_again(path: Path) -> None:
    """Else a service whose store is away for long could not come back before the store does."""
    settings = SpoolSettings(limit_mb=8)
    with closing(SpoolStore(path, limit_bytes=8 << 20)) as store:
        store.begin_run("run-1", "fingerprint")
        store.commit("run-1", Changes(cursors={"kafka": Cursor(0)}))
        with suppress(SinkBusy):
            for number in range(10**6):
                store.commit("run-1", Changes(rows_of(frames(200, 200 * number))))
        waiting = store.count()
    outlet = settings.build(context(path, MemorySink("kafka"), live=True))
    outlet.close(60.0)
    assert isinstance(outlet, SpoolOutlet)
    assert outlet.report()[0].events_stored == waiting


def test_a_file_of_sqlite_waits_for_room(tmp_path: Path) -> None:
    path = tmp_path / "footfall.db"
    with files_of_at_most(_SMALL):
        sink = SqlSink(f"sqlite:///{path}", retry_after_s=0.0)
        with pytest.raises(SinkBusy, match="make room"):
            sink.store(frames(3))
        assert path.stat().st_size == 0
    sink.store(frames(3))
    sink.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM frames").fetchone() == (3,)
