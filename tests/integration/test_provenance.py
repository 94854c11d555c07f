"""Recordings that are run again, in the same way and in another, into one store."""

import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from domain.events import Event
from domain.provenance import RunRecord
from domain.summary import RunSummary
from tests.support.clips import steady, write_clip
from tests.support.command import Footfall
from tests.support.run_events import events_of
from tests.support.shared_data import ROOT

pytestmark = pytest.mark.integration

DEMO = ROOT / "cli" / "demo" / "demo.mp4"


class Store:
    """A folder for runs and one SQLite file that all of them write into."""

    def __init__(self, folder: Path, footfall: Footfall) -> None:
        self.folder, self._footfall = folder, footfall

    def run(self, source: object, *options: object) -> tuple[RunRecord, RunSummary]:
        """A run and what it says of itself."""
        out = self.folder / "out"
        outcome = self._footfall(
            "run",
            source,
            "--out",
            out,
            "--sql",
            f"sqlite:///{self.folder / 'store.db'}",
            "--no-overlay",
            *options,
        )
        assert outcome.code == 0, outcome.err
        run = RunRecord.model_validate_json((out / "run.json").read_bytes())
        return run, RunSummary.model_validate_json((out / "summary.json").read_bytes())

    def events(self) -> list[Event]:
        """Of the last run."""
        return events_of(self.folder / "out")

    def rows(self, query: str) -> Sequence[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "store.db")) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def store(tmp_path: Path, footfall: Footfall) -> Store:
    return Store(tmp_path, footfall)


def test_the_demo_clip_sampled_twice_has_seven_visitors_each_time(store: Store) -> None:
    first, summary = store.run(DEMO)
    second, other = store.run(DEMO, "--sample-fps", 4)

    of_first, of_second = (run.streams[0].analysis for run in (first, second))
    assert of_first.source_id == of_second.source_id
    assert store.rows("SELECT analysis_id, count(*) FROM visits GROUP BY 1 ORDER BY min(rowid)") == [
        (of_first.analysis_id, 7),
        (of_second.analysis_id, 7),
    ]
    assert store.rows("SELECT DISTINCT analysis_id, count(*) FROM visits_current GROUP BY 1") == [
        (of_second.analysis_id, 7)
    ]
    garments = (
        "SELECT sum(g.visits) FROM window_garments g JOIN windows_current w ON w.event_id = g.window_id"
    )
    assert store.rows(f"{garments} WHERE w.window_s = 60") == [
        (sum(count for colors in other.streams[0].clothing.values() for count in colors.values()),)
    ]
    assert [each.streams[0].visits for each in (summary, other)] == [7, 7]
    assert [each.streams[0].analysis_id for each in (summary, other)] == [
        of_first.analysis_id,
        of_second.analysis_id,
    ]
    assert [each.run_id for each in (summary, other)] == [first.run_id, second.run_id]
    assert {event.analysis_id for event in store.events()} == {of_second.analysis_id}
    assert of_second.analysis_id[:12] in (store.folder / "out" / "report.html").read_text()


def test_a_recording_under_another_name_and_date_is_the_same(store: Store, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(130, 5))
    run, _ = store.run(clip)
    before = store.events()
    (tmp_path / "else").mkdir()
    copy = shutil.copyfile(clip, tmp_path / "else" / "yard.mp4")
    for stamp in (1_000_000_000.4, 1_700_000_033.7):
        os.utime(copy, (stamp, stamp))
        again, _ = store.run(copy)
        assert again.streams[0].analysis == run.streams[0].analysis
        assert [event.event_id for event in store.events()] == [event.event_id for event in before]
    for table in ("frames", "visits", "windows", "stream_health"):
        assert store.rows(f"SELECT count(*) FROM {table}") == [  # noqa: S608 - a constant
            (sum(type(event).table.name == table for event in before),)
        ]
    assert store.rows("SELECT count(*) FROM analyses") == [(1,)]
    assert store.rows("SELECT stream_id FROM run_streams ORDER BY 1") == [("clip",), ("yard",), ("yard",)]


def test_a_run_says_what_it_was(store: Store) -> None:
    run, _ = store.run("synthetic:?seconds=3", "--limit-seconds", 2)
    assert (run.state, run.streams[0].state, run.streams[0].problem) == ("complete", "complete", None)
    assert run.ended_at is not None
    assert run.started_at < run.ended_at
    assert run.settings["output"]["dir"] == str(store.folder / "out")  # type: ignore[index, call-overload]
    parser = run.streams[0].analysis.parser
    assert (parser.name, len(parser.checksum)) == ("lite", 64)
    assert store.rows("SELECT run_id, state, settings FROM runs") == [
        (run.run_id, "complete", json.dumps(run.settings, sort_keys=True))
    ]
    assert store.rows("SELECT analysis_id, parser_checksum FROM analyses_current") == [
        (run.streams[0].analysis.analysis_id, parser.checksum)
    ]


def test_the_same_recording_named_twice_is_counted_twice(
    store: Store, tmp_path: Path, footfall: Footfall
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(20, 5))
    for _ in range(2):
        outcome = footfall(
            "run",
            clip,
            clip,
            "--out",
            tmp_path / "out",
            "--sql",
            f"sqlite:///{tmp_path / 'store.db'}",
            "--no-overlay",
        )
        assert outcome.code == 0, outcome.err
    assert store.rows("SELECT stream_id, count(*) FROM frames_current GROUP BY 1") == [
        ("clip", 20),
        ("clip-2", 20),
    ]
