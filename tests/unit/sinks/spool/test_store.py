"""SpoolStore: what is committed is there, whole, after whatever happens to process and file."""

import random
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from domain.errors import NoRoom, OutputError, SinkBusy
from domain.events import Event, event_from_json
from sinks.memory import MemorySink
from sinks.spool import connection as connecting
from sinks.spool.options import SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.retention import Retention, RetentionOptions, now_ms
from sinks.spool.rows import row_of
from sinks.spool.settings import SpoolSettings
from sinks.spool.status import status_of
from sinks.spool.store import RESERVE, Changes, Cursor, Refusal, SpoolStore, end_run
from sinks.spool.supply import check_cursor
from tests.support.disk import files_of_at_most
from tests.support.events import any_event, frame_event, one_of_each
from tests.support.waiting import eventually

RUN = "run-1"


def rows(count: int, start: int = 0) -> Changes:
    return Changes([row_of(frame_event(index)) for index in range(start, start + count)])


def events_in(store: SpoolStore, after: int = 0) -> list[Event]:
    return [event_from_json(body) for _, body in store.read(after, 10**6)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.db"


@pytest.fixture
def store(path: Path) -> Iterator[SpoolStore]:
    store = SpoolStore(path)
    store.begin_run(RUN, "fingerprint")
    yield store
    store.close()


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


_FULL = "{} cannot be written: database or disk is full; make room on its disk, or raise delivery.limit_mb"


def _fill(store: SpoolStore) -> None:
    for start in range(0, 10**6, 500):
        store.commit(RUN, rows(500, start))


def test_what_every_sink_has_goes_when_it_is_old_or_too_much(store: SpoolStore) -> None:
    time = [0.0]
    store.commit(RUN, rows(400))
    store.commit(
        RUN, Changes(cursors={"sql": Cursor(300), "kafka": Cursor(200)}, refusals=[Refusal("sql", 7, "no")])
    )
    kept = RetentionOptions(keep_bytes=1 << 30, keep_s=10.0, every_s=5.0)
    soon = Retention(store, kept, lambda: time[0])
    soon.tidy_if_due([])
    time[0] = 6.0
    soon.tidy_if_due([])
    assert store.count() == 400, "all is young, and little"
    late = Retention(store, kept, lambda: time[0], now=lambda: 2**52)
    time[0] = 20.0
    late.tidy_if_due([150])
    assert [seq for seq, _ in store.read(0, 3)] == [7, 151, 152], (
        "behind the slowest, what was refused excepted"
    )
    large = Retention(store, RetentionOptions(keep_bytes=1, keep_s=1e9), lambda: time[0])
    large.tidy(200)
    assert [seq for seq, _ in store.read(0, 1)] == [201]
    assert store.refused() == [Refusal("sql", 7, "no")]


def test_events_go_by_kind_also_those_that_were_refused_and_no_byte_is_left(
    store: SpoolStore, path: Path
) -> None:
    told = [
        row_of(event.model_copy(update={"stream_id": f"stream-of-{event.kind()}"})) for event in one_of_each()
    ]
    store.commit(RUN, Changes(told, cursors={"sql": Cursor(len(told))}))
    store.commit(RUN, Changes(refusals=[Refusal("sql", seq, "no") for seq in range(1, len(told) + 1)]))
    store.fold()
    options = RetentionOptions(keep_s_of={"visit": 3600.0, "frame": 60.0})
    Retention(store, options, lambda: 0.0, now=lambda: now_ms() + 600_000).tidy(len(told))
    assert {kind for _, kind, *_ in told} - {"frame"} == kinds_in(path), "ten minutes later"
    Retention(store, options, lambda: 0.0, now=lambda: now_ms() + 7_200_000).tidy(len(told) - 1)
    assert {kind for _, kind, *_ in told} - {"frame", "visit"} == kinds_in(path)
    store.close()
    kept = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    assert b"stream-of-window" in kept
    assert b"stream-of-frame" not in kept
    assert b"stream-of-visit" not in kept


def kinds_in(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {kind for (kind,) in connection.execute("SELECT kind FROM event")}


def test_why_events_were_refused_is_kept_of_the_newest_and_of_what_a_report_needs(store: SpoolStore) -> None:
    store.commit(RUN, Changes(rows(3000).rows, cursors={"sql": Cursor(3000)}))
    store.commit(RUN, Changes(refusals=[Refusal("sql", seq, "no") for seq in range(1, 2501)]))
    small = RetentionOptions(keep_bytes=1, keep_s=1e9)

    def refused_after(options: RetentionOptions, floor: int) -> tuple[int, int]:
        Retention(store, options, lambda: 0.0).tidy(floor)
        found = [refusal.seq for refusal in store.refused()]
        return len(found), found[0]

    assert refused_after(RetentionOptions(keep_bytes=1 << 30), 3000) == (2500, 1), "their content is there"
    assert refused_after(replace(small, whole_after=500), 3000) == (2000, 501)
    assert refused_after(small, 3000) == (1000, 1501)


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


def test_without_any_sink_nothing_goes(store: SpoolStore) -> None:
    store.commit(RUN, rows(10))
    Retention(store, RetentionOptions(keep_bytes=1), lambda: 0.0).make_room([])
    assert store.count() == 10


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


def test_a_spool_whose_making_was_cut_off_is_made_again(path: Path) -> None:
    path.touch()
    store = SpoolStore(path)
    assert store.commit(RUN, rows(1)) == 1
    store.close()


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


@pytest.mark.parametrize("seed", range(0, 200, 10))
def test_a_damaged_spool_is_moved_aside_and_what_can_be_read_is_kept(
    tmp_path: Path, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten files each, 200 in all."""
    path = tmp_path / "spool.db"
    store = SpoolStore(path)
    store.begin_run(RUN, "")
    bodies = {event.event_id: row_of(event)[-1] for event in map(frame_event, range(100))}
    changes = Changes(rows(100).rows, {"door": b"{}"}, {"sql": Cursor(60)}, [Refusal("sql", 7, "no")])
    store.commit(RUN, changes)
    store.close()
    whole = path.read_bytes()
    for number in range(seed, seed + 10):
        _check_damaged(tmp_path / str(number), whole, random.Random(number), bodies, caplog)  # noqa: S311 - a test that can be repeated


def _check_damaged(
    folder: Path,
    whole: bytes,
    dice: random.Random,
    bodies: Mapping[str, bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder.mkdir()
    path, content = folder / "spool.db", bytearray(whole)
    for _ in range(dice.choice((1, 1, 20))):
        at = dice.randrange(len(content))
        content[at : at + dice.choice((1, 100, 4096))] = dice.randbytes(dice.choice((1, 100, 4096)))
    path.write_bytes(content[: dice.choice((len(content), dice.randrange(len(content))))])
    caplog.clear()

    SpoolSettings().look_back(path)
    damaged = [record.getMessage() for record in caplog.records]
    assert len(damaged) == len(list(folder.glob("spool-damaged-*.db"))) <= 1
    assert all("is damaged" in line and "\n" not in line for line in damaged)
    again = SpoolStore(path)
    found = again.read(0, 10**6)
    if damaged:
        assert all(body == bodies[event_from_json(body).event_id] for _, body in found)
    fresh = again.commit(RUN, rows(1, 999))
    assert fresh > max([0, *(seq for seq, _ in found)])
    assert all(cursor.seq < fresh for cursor in again.cursors().values())
    again.close()
    assert status_of(path).events == len(found) + 1


def test_of_a_torn_page_only_its_own_events_are_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "spool.db"
    store = SpoolStore(path)
    store.commit(RUN, Changes(rows(300).rows, cursors={"sql": Cursor(120), "kafka": Cursor(299)}))
    spool_id = store.spool_id
    store.close()
    content = bytearray(path.read_bytes())
    torn = content.find(b'"frame_index":150,') // 4096 * 4096
    content[torn : torn + 4096] = bytes(4096)
    path.write_bytes(content)

    again = SpoolStore(path)
    assert again.spool_id != spool_id, "a sink with a cursor of its own begins anew"
    saved = {event.event_id for event in events_in(again)}
    missing = [index for index in range(300) if frame_event(index).event_id not in saved]
    assert 150 in missing
    assert len(missing) < 12
    assert again.cursors() == {"sql": Cursor(120), "kafka": Cursor(299)}
    assert (
        caplog.records[-1]
        .getMessage()
        .endswith(
            f"): {len(saved)} events and 2 cursors could be read and are kept; the damaged file is now spool-damaged-1.db"
        )
    )
    again.close()


@pytest.mark.parametrize("cut", range(0, 100, 7))
def test_a_power_cut_takes_whole_commits_from_the_end_and_no_cursor_stays_ahead(
    tmp_path: Path, cut: int
) -> None:
    path, after = tmp_path / "spool.db", tmp_path / "after"
    after.mkdir()
    store = SpoolStore(path)
    for number in range(20):
        upto = 10 * (number + 1)
        store.commit(RUN, Changes(rows(10, 10 * number).rows, {"door": b"%d" % upto}, {"sql": Cursor(upto)}))
    for ending in ("", "-wal"):
        shutil.copyfile(f"{path}{ending}", after / f"spool.db{ending}")
    store.close()
    log = after / "spool.db-wal"
    log.write_bytes(log.read_bytes()[: log.stat().st_size * cut // 100])

    again = SpoolStore(after / "spool.db")
    assert again.last_seq % 10 == 0
    assert events_in(again) == [frame_event(index) for index in range(again.last_seq)]
    state = again.states(RUN).get("door", b"0")
    assert int(state) == again.last_seq == again.cursors().get("sql", Cursor()).seq
    again.close()


def test_a_cursor_ahead_of_the_log_is_refused_with_the_cure(path: Path) -> None:
    check_cursor(Cursor(5), "kafka", 5, path)
    with pytest.raises(OutputError) as caught:
        check_cursor(Cursor(6), "kafka", 5, path)
    assert str(caught.value) == (
        f"kafka has events up to number 6, but {path} ends with number 5: it was rolled back or replaced; put the newer one "
        "back, or give up what is between with: footfall spool forget DIR kafka"
    )
