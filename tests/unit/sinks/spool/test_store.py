"""SpoolStore: what is committed is there, whole, after whatever happens to process and file."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings

from domain.errors import NoRoom, OutputError, SinkBusy
from domain.events import Event, event_from_json
from sinks.memory import MemorySink
from sinks.spool import connection as connecting
from sinks.spool.options import SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.rows import row_of
from sinks.spool.status import status_of
from sinks.spool.store import RESERVE, Changes, Cursor, Refusal, SpoolStore, end_run
from sinks.spool.supply import check_cursor
from tests.support.disk import files_of_at_most
from tests.support.events import any_event, frame_event, one_of_each
from tests.support.waiting import eventually
from tests.unit.sinks.spool.stored import RUN, events_in, rows

_FULL = "{} cannot be written: database or disk is full; make room on its disk, or raise delivery.limit_mb"


def test_what_is_committed_comes_back_as_it_was_and_in_order(store: SpoolStore, path: Path) -> None:
    events = [*one_of_each(), frame_event(7)]
    assert store.commit(RUN, Changes([row_of(event) for event in events])) == 1
    assert store.commit(RUN, rows(2, 8)) == 6
    store.close()
    again = SpoolStore(path)
    assert events_in(again) == [*events, frame_event(8), frame_event(9)]
    assert [seq for seq, _ in again.read(4, 2)] == [5, 6]
    assert again.last_seq == 7
    again.close()


@given(event=any_event)
@settings(max_examples=50, deadline=None)
def test_any_event_comes_back_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, event: Event) -> None:
    store = SpoolStore(tmp_path_factory.mktemp("spool") / "spool.db")
    store.commit(RUN, Changes([row_of(event)]))
    [(_, body)] = store.read(0, 9)
    store.close()
    assert body == event.model_dump_json().encode()
    assert event_from_json(body) == event


def test_events_states_cursors_and_refusals_are_one_commit(store: SpoolStore) -> None:
    changes = Changes(
        [row_of(frame_event(0))],
        {"door": b"{}"},
        {"sql": Cursor(1, "note")},
        [Refusal("kafka", 1, "too large")],
    )
    store.commit(RUN, changes)
    store.commit(RUN, Changes(states={"door": b"[]", "yard": b"1"}))
    assert store.states(RUN) == {"door": b"[]", "yard": b"1"}
    assert store.states("another") == {}
    assert store.cursors() == {"sql": Cursor(1, "note")}
    assert store.refused() == [Refusal("kafka", 1, "too large")]


def test_a_number_is_never_given_twice(store: SpoolStore, path: Path) -> None:
    store.commit(RUN, rows(3))
    assert store.delete(upto_seq=3) == 3
    store.close()
    again = SpoolStore(path)
    assert again.last_seq == 3
    assert again.commit(RUN, rows(1)) == 4
    again.close()


def test_a_run_that_was_cut_off_is_known_and_goes_on(store: SpoolStore, path: Path) -> None:
    store.commit(RUN, Changes([row_of(frame_event(0))], {"door": b"{}"}))
    store.close()
    again = SpoolStore(path)
    assert again.unfinished_run() == (RUN, "fingerprint")
    assert again.begin_run(RUN, "fingerprint") == 0
    assert again.states(RUN) == {"door": b"{}"}
    again.close()
    end_run(path, RUN)
    ended = SpoolStore(path)
    assert ended.states(RUN) == {}
    assert ended.unfinished_run() is None
    ended.close()


def test_a_run_that_was_cut_off_is_given_up_when_another_begins(store: SpoolStore) -> None:
    store.commit(RUN, Changes([row_of(frame_event(0))], {"door": b"{}"}))
    assert store.begin_run("run-2", "other") == 1
    assert store.unfinished_run() == ("run-2", "other")
    assert store.states(RUN) == {}


def test_a_sink_is_forgotten_with_all_that_is_kept_of_it(store: SpoolStore) -> None:
    store.commit(RUN, Changes(cursors={"sql": Cursor(0)}, refusals=[Refusal("sql", 1, "no")]))
    assert store.forget("sql")
    assert not store.forget("sql")
    assert (store.cursors(), store.refused()) == ({}, [])


def _fill(store: SpoolStore) -> None:
    for start in range(0, 10**6, 500):
        store.commit(RUN, rows(500, start))


def test_a_full_spool_takes_all_of_a_commit_or_nothing_and_has_room_for_the_end(path: Path) -> None:
    store = SpoolStore(path, limit_bytes=RESERVE + (1 << 20))
    with pytest.raises(SinkBusy) as caught:
        _fill(store)
    committed = store.count()
    assert str(caught.value) == _FULL.format(path)
    assert committed == store.last_seq > 0
    assert committed % 500 == 0
    store.use_reserve()
    store.commit(RUN, rows(500, committed))
    assert store.count() == committed + 500
    store.close()


def test_a_run_over_a_spool_that_is_full_without_any_reserve_is_refused_in_one_line(path: Path) -> None:
    store = SpoolStore(path, limit_bytes=RESERVE + (1 << 20))
    store.use_reserve()
    with pytest.raises(SinkBusy):
        _fill(store)
    run = SpoolRun("another", "", [], opening=[frame_event(index) for index in range(500)])
    with pytest.raises(NoRoom) as caught:
        SpoolOutlet(store, run)
    assert str(caught.value) == _FULL.format(path)
    store.close()


def test_a_sink_is_not_forgotten_where_the_disk_is_full(store: SpoolStore, path: Path) -> None:
    store.commit(RUN, Changes(cursors={"sql": Cursor(0)}))
    size = path.with_name(f"{path.name}-wal").stat().st_size
    with (
        files_of_at_most(size),
        pytest.raises(OutputError, match=r"cannot be written: .*; make room on its disk"),
    ):
        store.forget("sql")
    assert store.forget("sql")


def test_the_log_is_folded_into_the_file_when_events_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinks.spool.outlet._FOLD_AFTER_S", 0.05)
    path, copied = tmp_path / "spool.db", tmp_path / "copied.db"
    outlet = SpoolOutlet(SpoolStore(path), SpoolRun(RUN, "", [MemorySink()]))
    outlet.publish([frame_event(0)])
    outlet.publish([frame_event(1)])

    def whole() -> bool:
        shutil.copyfile(path, copied)
        with closing(sqlite3.connect(copied)) as connection, suppress(sqlite3.OperationalError):
            return bool(connection.execute("SELECT count(*) FROM event").fetchone()[0] == 2)
        return False

    eventually(whole)
    outlet.close(20.0)


def test_what_a_newer_footfall_has_written_is_refused(store: SpoolStore, path: Path) -> None:
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=2")
    connection.close()
    with pytest.raises(OutputError) as caught:
        SpoolStore(path)
    assert str(caught.value) == (
        f"{path} was written by a newer Footfall (version 2, this one reads 1); use that one, or name another folder with --out"
    )


def test_a_spool_that_somebody_has_locked_is_not_taken_for_a_damaged_one(
    store: SpoolStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(RUN, rows(3))
    store.close()
    monkeypatch.setattr(connecting, "_LOCK_WAIT_S", 0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutputError) as caught:
            SpoolStore(path)
        assert (
            str(caught.value)
            == f"{path} cannot be used: database is locked; end the program that has locked it"
        )
        with pytest.raises(OutputError) as caught:
            status_of(path)
        assert (
            str(caught.value)
            == f"{path} cannot be read: database is locked; end the program that has locked it"
        )
    again = SpoolStore(path)
    assert len(events_in(again)) == 3
    assert not list(path.parent.glob("spool-damaged-*"))
    again.close()


def test_a_cursor_ahead_of_the_log_is_refused_with_the_cure(path: Path) -> None:
    check_cursor(Cursor(5), "kafka", 5, path)
    with pytest.raises(OutputError) as caught:
        check_cursor(Cursor(6), "kafka", 5, path)
    assert str(caught.value) == (
        f"kafka has events up to number 6, but {path} ends with number 5: it was rolled back or replaced; put the newer one "
        "back, or give up what is between with: footfall spool forget DIR kafka"
    )
