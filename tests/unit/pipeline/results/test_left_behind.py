"""A folder of results: what a killed run, or an earlier version, has left, and a folder that goes away."""

import re
import shutil
from pathlib import Path

import pytest

from domain.errors import OutputError
from domain.stores import file_store
from pipeline.results import ResultFolder, ResultPlan
from sinks.jsonl import JsonlSink
from sinks.sql.sink import SqlSink
from sinks.staging import write_whole
from tests.support.events import one_of_each
from tests.support.folders import (
    CAMERA,
    ONE,
    SUMMARY,
    WITH_MASKS,
    begun,
    contents,
    fill,
    refused,
    run,
    visible,
)
from tests.support.results import result_plan


@pytest.mark.parametrize("plan", [ONE, CAMERA], ids=["recording", "camera"])
def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path, plan: ResultPlan) -> None:
    run(tmp_path, WITH_MASKS)
    killed = begun(tmp_path, plan)
    lines = JsonlSink(killed.events)
    lines.store(one_of_each())
    lines.close()
    store = SqlSink(file_store(killed.database))
    store.store(one_of_each())
    staged = killed.stage(killed.overlay("door"))
    staged.write_bytes(b"half a film")
    kill(killed)
    assert (tmp_path / "footfall.db-wal").exists()
    run(tmp_path, plan)
    assert not staged.exists()
    assert {each.name for each in (tmp_path / ".footfall").iterdir()} == {"lock", "manifest.jsonl"}
    store.close()


def kill(folder: ResultFolder) -> None:
    """What the system does for a process that ends: its locks go, and nothing else happens."""
    folder._lock.release()


def test_a_file_that_took_the_place_of_one_of_a_killed_run_is_left_alone(tmp_path: Path) -> None:
    kill(begun(tmp_path))
    (tmp_path / "events.jsonl").unlink()
    (tmp_path / "events.jsonl").write_text("mine\n")
    assert "changed since: events.jsonl;" in refused(tmp_path)


def test_a_camera_goes_on_where_an_earlier_version_left_off(tmp_path: Path) -> None:
    run(tmp_path, result_plan(streams=("door",), overlay=False))
    shutil.rmtree(tmp_path / ".footfall")
    before = contents(tmp_path)
    assert "changed since: events.jsonl, footfall.db, summary.json, report.html;" in refused(tmp_path)
    folder = begun(tmp_path, CAMERA)
    assert {"summary-1.json", "report-1.html"} <= visible(tmp_path)
    assert folder.events.read_bytes() == before["events.jsonl"]
    fill(folder)
    folder.close()
    assert (tmp_path / "summary-1.json").read_bytes() == before["summary.json"]
    run(tmp_path, CAMERA)


@pytest.mark.parametrize("text", ["", "{", '{"footfall": "manifest", "version": 2}\n', "\0" * 100, "[]\n7\n"])
def test_a_manifest_that_cannot_be_understood_says_nothing(tmp_path: Path, text: str) -> None:
    run(tmp_path)
    (tmp_path / ".footfall" / "manifest.jsonl").write_text(text)
    assert "events.jsonl, footfall.db, summary.json, report.html and 1 more;" in refused(tmp_path)


@pytest.mark.parametrize("path", ["../film.mp4", "/film.mp4", "x/../../film.mp4"])
def test_a_manifest_cannot_point_outside(tmp_path: Path, path: str) -> None:
    out, film = tmp_path / "out", tmp_path / "film.mp4"
    film.write_bytes(b"mine")
    run(out)
    manifest = out / ".footfall" / "manifest.jsonl"
    entry = f'{{"path": "{path}", "size": 4, "mtime_ns": {film.stat().st_mtime_ns}}}\n'
    manifest.write_text(manifest.read_text() + entry)
    run(out)
    assert film.read_bytes() == b"mine"


def test_a_file_that_appears_during_the_run_keeps_its_name(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    folder.report.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="a file that is not this run's has the name"):
        write_whole(folder, folder.report, b"page")
    folder.close()
    assert contents(tmp_path)["report.html"] == b"mine"


def test_a_folder_that_goes_away_is_told(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folder = begun(out)
    sink = JsonlSink(folder.events)
    shutil.rmtree(out)
    assert folder.problem() == f"{out} was removed or renamed during the run, and what was in it with it"
    with pytest.raises(
        OutputError, match=re.escape(f"{out}/summary.json cannot be written (No such file or directory)")
    ):
        folder.write_summary(SUMMARY)
    sink.close()
    folder.close()
    assert not out.exists()


def test_a_store_that_goes_away_is_told(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    folder.events.unlink()
    assert folder.problem() == "events.jsonl was removed or replaced during the run"
    folder.close()


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="is a file, not a folder: name another folder with --out"):
        ResultFolder(tmp_path / "out", ONE).claim()
