"""How long rows stay in SQL, and what is shown of them."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from config.component import settings_of
from config.loading import load_settings
from domain.events import Event
from domain.provenance import Analysis
from sinks.base import SinkSettings
from sinks.journal import RunJournal
from sinks.sql.retention import RowRetention
from sinks.sql.settings import SqlSettings
from sinks.sql.sink import SqlSink
from tests.support.events import START, frame_event, health_event, visit_event, window_event
from tests.support.outside import LineCrossed, crossing, installed
from tests.support.provenance import BEGAN, analysis, ended, run_record

CAMERA = analysis("c1", source_id="door", live=True)


class Store:
    """A SQLite file whose rows stay for so many days, with a clock that stands still."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "footfall.db"
        self.now = BEGAN
        self.seconds = 0.0

    def sink(
        self, keep: Mapping[str, float], *analyses: Analysis, run: str = "r1", hours: float = 0
    ) -> SqlSink:
        self.journal = RunJournal(run_record(run, *analyses, hours=hours))
        retention = RowRetention(keep, now=lambda: self.now)
        return SqlSink(
            f"sqlite:///{self.path}", journal=self.journal, retention=retention, clock=lambda: self.seconds
        )

    def tend(self, sink: SqlSink, times: int = 10) -> None:
        for _ in range(times):
            self.seconds += 700.0
            sink.tend()

    def count(self, table: str) -> int:
        with closing(sqlite3.connect(self.path)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def of(
    events: Sequence[Event], of_analysis: Analysis, time_source: str = "arrival", days: float = 0
) -> list[Event]:
    """These events as that analysis says them, so many days later."""
    return [
        event.model_copy(
            update={
                "analysis_id": of_analysis.analysis_id,
                "event_id": f"{of_analysis.analysis_id} {days} {event.event_id}",
                "time_source": time_source,
                "event_time": event.event_time + timedelta(days=days),
            }
        )
        for event in events
    ]


def some(count: int) -> list[Event]:
    return [
        *(frame_event(index, persons=2) for index in range(count)),
        visit_event(),
        window_event(),
        health_event(0),
    ]


def test_rows_of_a_camera_go_when_they_are_old_with_what_is_inside_and_no_others(store: Store) -> None:
    sink = store.sink({"frames": 7, "stream_health": 2}, CAMERA)
    for days in (0, 5, 10):
        sink.store(of(some(5), CAMERA, days=days))
    store.now = START + timedelta(days=12, hours=1)
    store.tend(sink)
    sink.close()
    tables = ("frames", "persons", "person_garments", "visits", "windows", "stream_health")
    # Of three days the last frames are younger than seven days, and no health event is younger than two.
    assert {table: store.count(table) for table in tables} == {
        "frames": 5,
        "persons": 10,
        "person_garments": 10,
        "visits": 3,
        "windows": 3,
        "stream_health": 0,
    }
    assert store.count("frames_current") == 5


def test_without_days_everything_stays(store: Store) -> None:
    sink = store.sink({}, CAMERA)
    sink.store(of(some(5), CAMERA))
    store.now = START + timedelta(days=36_000)
    store.tend(sink)
    sink.close()
    assert store.count("frames") == 5


def test_many_rows_go_in_small_batches_with_batches_of_events_between(store: Store) -> None:
    sink = store.sink({"frames": 1}, CAMERA)
    sink.store(of(some(2500), CAMERA))
    store.now = START + timedelta(days=30)
    left = []
    for number in range(4):
        store.tend(sink, 1)
        left.append(store.count("frames"))
        sink.store(of([health_event(number + 1)], CAMERA, days=30))
    sink.close()
    assert left == [1500, 500, 0, 0]
    assert store.count("stream_health") == 5


def test_an_old_recording_that_is_analysed_today_stays_until_that_is_long_ago(store: Store) -> None:
    clip = analysis("a1")
    sink = store.sink({"visits": 30}, clip)
    sink.store(of([visit_event()], clip, "file", days=-4000))
    ended(store.journal)
    sink.end_run(whole=True)
    store.now = BEGAN + timedelta(days=29)
    store.tend(sink)
    assert store.count("visits_current") == 1
    store.now = BEGAN + timedelta(days=31)
    store.tend(sink)
    sink.close()
    assert (store.count("visits"), store.count("analyses")) == (0, 1)


def test_an_older_analysis_never_takes_the_place_of_the_current_one(store: Store) -> None:
    """The newest complete one goes first here, since it was completed before the other one was begun, and that is not complete."""
    whole, later = analysis("a1"), analysis("a2")
    sink = store.sink({"visits": 30}, whole)
    sink.store(of([visit_event()], whole, "file"))
    ended(store.journal)
    sink.end_run(whole=True)
    sink.close()
    sink = store.sink({"visits": 30}, later, run="r2", hours=24 * 20)
    sink.store(of([visit_event()], later, "file"))
    store.now = BEGAN + timedelta(days=40)
    store.tend(sink)
    sink.close()
    assert (store.count("visits"), store.count("visits_current")) == (1, 0)


def test_tables_of_packages_are_the_others(store: Store) -> None:
    with installed(crossing=LineCrossed):
        sink = store.sink({"others": 1}, CAMERA)
        sink.store(of([crossing(), *some(1)], CAMERA))
        assert store.count("passings") == 1
        store.now = START + timedelta(days=30)
        store.tend(sink)
        sink.close()
        assert (store.count("passings"), store.count("visits")) == (0, 1)


def test_a_store_that_is_locked_while_rows_are_deleted_takes_batches_later(store: Store) -> None:
    store.sink({}, CAMERA).close()
    locked = SqlSink(
        f"sqlite:///{store.path}",
        retention=RowRetention({"frames": 1}),
        timeout_s=0.2,
        clock=lambda: store.seconds,
    )
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.tend(locked, 2)
    locked.store([frame_event(0)])
    locked.close()
    assert store.count("frames") == 1


def test_what_is_stored_last_is_in_the_file_alone_two_seconds_later_though_nothing_follows(
    store: Store, tmp_path: Path
) -> None:
    sink = store.sink({}, CAMERA)
    sink.store(of(some(1), CAMERA))
    store.seconds = 1.0
    sink.store(of(some(2), CAMERA, days=1))
    store.seconds = 3.5
    sink.tend()
    (tmp_path / "copy.db").write_bytes(store.path.read_bytes())
    sink.close()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT count(*) FROM frames").fetchone() == (3,)


def test_days_are_set_by_table(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "cameras: [{source: 'synthetic:'}]\nsinks: {sql: {keep_days: {frames: 30, visits: 400}}}\n"
    )
    loaded = settings_of(SinkSettings, load_settings(file).sinks["sql"])
    assert isinstance(loaded, SqlSettings)
    assert loaded.keep_days.model_dump(exclude_none=True) == {"frames": 30.0, "visits": 400.0}
