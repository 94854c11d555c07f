"""Runs and analyses in SQL: what numbers come from, and which of them count."""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from domain.events import Event, FrameObserved, VisitEnded
from domain.provenance import RunRecord, RunState
from sinks.journal import RunJournal
from sinks.sql.reader import EventFilter, SqlReader
from sinks.sql.sink import SqlSink
from tests.support.events import frame_event, one_of_each, visit_event
from tests.support.provenance import analysis, run_record
from tests.support.provenance import ended as end_of


class Store:
    """A SQLite file that runs are written into."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def run(
        self,
        record: RunRecord,
        events: Sequence[Event] = (),
        ended: RunState = "complete",
        *,
        whole: bool = True,
    ) -> None:
        """A run that stores these events for its first stream, and ends an hour later."""
        journal = RunJournal(record)
        sink = SqlSink(self.url, journal=journal)
        sink.store([seen(event, record.streams[0].analysis.analysis_id) for event in events])
        end_of(journal, ended)
        sink.end_run(whole=whole)
        sink.close()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()

    def current(self) -> list[object]:
        """Analyses of the visits that are shown."""
        return [row[0] for row in self.rows("SELECT analysis_id FROM visits_current ORDER BY event_id")]


def seen(event: Event, analysis_id: str) -> Event:
    """The event as that analysis says it."""
    return event.model_copy(
        update={"analysis_id": analysis_id, "event_id": f"{analysis_id} {event.event_id}"}
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "footfall.db")


@pytest.fixture
def reader(store: Store) -> Iterator[SqlReader]:
    SqlSink(store.url).close()
    reader = SqlReader(store.url)
    yield reader
    reader.close()


def test_a_run_and_its_analyses_have_rows_from_the_first_batch_on(store: Store) -> None:
    sink = SqlSink(store.url, journal=RunJournal(run_record()))
    assert store.rows("SELECT count(*) FROM runs") == [(0,)]
    sink.store([frame_event()])
    assert store.rows("SELECT run_id, state, started_at, ended_at FROM runs") == [
        ("r1", "running", "2026-11-22 12:00:00.000000", None)
    ]
    assert store.rows("SELECT * FROM run_streams") == [("r1", "door", "a5", "door.mp4", "running", None)]
    sink.close()


def test_a_run_that_ends_is_brought_up_to_date(store: Store) -> None:
    store.run(run_record(), one_of_each())
    assert store.rows("SELECT state, ended_at, settings FROM runs") == [
        ("complete", "2026-11-22 13:00:00.000000", '{"parser": {"kind": "lite"}}')
    ]
    assert store.rows(
        "SELECT source_id, live, content, parser_precision, parser_checksum, settings, state, complete_at FROM analyses"
    ) == [
        (
            "clip",
            0,
            "content of clip",
            "bf16",
            "abc",
            '{"sampling": {"fps": 5.0}}',
            "complete",
            "2026-11-22 13:00:00.000000",
        )
    ]


def test_the_same_analysis_again_stores_nothing_twice_and_stays_complete(store: Store) -> None:
    store.run(run_record("r1"), one_of_each())
    store.run(run_record("r2", hours=2), one_of_each(), "interrupted")
    assert store.rows("SELECT count(*) FROM visits") == [(1,)]
    assert store.rows("SELECT run_id, state FROM runs ORDER BY 1") == [
        ("r1", "complete"),
        ("r2", "interrupted"),
    ]
    assert store.rows("SELECT state, complete_at FROM analyses") == [
        ("complete", "2026-11-22 13:00:00.000000")
    ]


def test_another_analysis_is_stored_beside_the_first_and_the_newest_complete_one_is_shown(
    store: Store,
) -> None:
    store.run(run_record("r1", analysis("a5")), one_of_each())
    store.run(run_record("r2", analysis("a4"), hours=2), one_of_each())
    store.run(run_record("r3", analysis("a3"), hours=4), one_of_each(), "interrupted")
    assert store.rows("SELECT count(*) FROM visits") == [(3,)]
    assert store.current() == ["a4"]
    assert store.rows("SELECT analysis_id FROM analyses_current") == [("a4",)]
    for view in ("frames", "windows", "stream_health"):
        assert store.rows(f"SELECT analysis_id FROM {view}_current") == [("a4",)]  # noqa: S608 - a constant


def test_whoever_is_complete_again_is_the_newest(store: Store) -> None:
    store.run(run_record("r1", analysis("a5")), one_of_each())
    store.run(run_record("r2", analysis("a4"), hours=2), one_of_each())
    store.run(run_record("r3", analysis("a5"), hours=4), one_of_each())
    assert store.current() == ["a5"]


def test_where_none_is_complete_the_newest_is_shown(store: Store) -> None:
    store.run(run_record("r1", analysis("a5")), one_of_each(), "interrupted")
    store.run(run_record("r2", analysis("a4"), hours=2), one_of_each(), "failed")
    assert store.current() == ["a4"]


def test_where_events_are_missing_nothing_is_complete(store: Store) -> None:
    store.run(run_record("r1", analysis("a5")), one_of_each())
    store.run(run_record("r2", analysis("a4"), hours=2), one_of_each(), whole=False)
    assert store.current() == ["a5"]
    assert store.rows("SELECT state, problem FROM run_streams WHERE run_id = 'r2'") == [
        ("failed", "events are missing here")
    ]


def test_everything_that_was_seen_of_a_camera_is_shown(store: Store) -> None:
    for number, name in enumerate(("a5", "a4")):
        camera = analysis(name, source_id="door", live=True)
        store.run(run_record(f"r{number}", camera, hours=number * 2), one_of_each(), "interrupted")
    assert store.current() == ["a4", "a5"]


def test_other_sources_are_left_alone(store: Store) -> None:
    store.run(run_record("r1", analysis("a5")), one_of_each())
    store.run(run_record("r2", analysis("b5", source_id="other clip"), hours=2), one_of_each())
    assert store.current() == ["a5", "b5"]


def test_events_of_before_are_shown_until_their_recording_is_analysed(store: Store) -> None:
    sink = SqlSink(store.url)
    sink.store([visit_event(), visit_event(2, stream_id="yard")])
    sink.close()
    assert store.current() == [None, None]
    store.run(run_record("r1", analysis("a5")), one_of_each())
    assert store.rows("SELECT stream_id, analysis_id FROM visits_current ORDER BY 1") == [
        ("door", "a5"),
        ("yard", None),
    ]


def test_events_of_before_of_a_camera_stay(store: Store) -> None:
    sink = SqlSink(store.url)
    sink.store([visit_event()])
    sink.close()
    store.run(run_record("r1", analysis("a5", source_id="door", live=True)), one_of_each())
    assert len(store.current()) == 2


def test_the_reader_shows_what_counts_unless_another_analysis_is_asked_for(
    store: Store, reader: SqlReader
) -> None:
    store.run(run_record("r1", analysis("a5")), [*one_of_each(), visit_event(2)])
    store.run(run_record("r2", analysis("a4"), hours=2), one_of_each())
    asked = EventFilter(analysis_id="a5")
    assert [visit.analysis_id for visit in reader.visits()] == ["a4"]
    assert [visit.analysis_id for visit in reader.visits(asked)] == ["a5", "a5"]
    assert [totals.visits for totals in reader.totals()] == [1]
    assert [totals.visits for totals in reader.totals(asked)] == [2]
    assert reader.clothing()["upper-clothes"] == {"red": 1}
    assert reader.clothing(asked)["upper-clothes"] == {"red": 2}
    assert len(reader.events(FrameObserved)) == 1
    assert reader.events(VisitEnded, EventFilter(analysis_id="none")) == []


def test_an_end_that_cannot_be_noted_is_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    sink = SqlSink(store.url, journal=RunJournal(run_record()))
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("DROP TABLE runs")
    with caplog.at_level(logging.ERROR):
        sink.end_run(whole=True)
    sink.close()
    assert caplog.messages == ["sqlite: how the run ended is not noted there: no such table: runs"]
