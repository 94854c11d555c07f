"""A folder of results: what is replaced, what is left alone, and what a run is refused for."""

import re
import shutil
from pathlib import Path
from typing import Literal

import pytest

from domain.errors import OutputError
from domain.stores import file_store
from domain.summary import RunSummary
from pipeline.results import ResultFolder, ResultPlan
from sinks.base import DATABASE, PictureSettings, ResultNames
from sinks.jsonl import JsonlSink
from sinks.sql.sink import SqlSink
from sinks.staging import write_whole
from tests.support.events import frame_event, one_of_each
from tests.support.results import result_plan

ONE = result_plan(streams=("door",))
CAMERA = result_plan(streams=("door",), adds=True)
WITH_MASKS = result_plan(streams=("door",), masks=True)
SUMMARY = RunSummary(footfall_version="0", interrupted=False, streams=(), sinks=())


def begun(path: Path, plan: ResultPlan = ONE) -> ResultFolder:
    folder = ResultFolder(path, plan)
    folder.claim()
    folder.prepare()
    folder.begin()
    return folder


def fill(folder: ResultFolder) -> None:
    """What a run writes, in small."""
    sink = JsonlSink(folder.events)
    sink.store([frame_event(0)])
    sink.close()
    if DATABASE in folder.plan.grows:
        store = SqlSink(file_store(folder.database))
        store.store([frame_event(0)])
        store.close()
    if folder.overlay("door").name in folder.plan.files():
        write_whole(folder, folder.overlay("door"), b"moving pictures")
    if any(folder.plan.folders()):
        (folder.masks / "door").mkdir(parents=True, exist_ok=True)
        write_whole(folder, folder.masks / "door" / "000000_parts.png", b"labels")
    write_whole(folder, folder.report, b"<title>Footfall report</title>")
    folder.write_summary(SUMMARY)


def run(path: Path, plan: ResultPlan = ONE) -> None:
    folder = begun(path, plan)
    fill(folder)
    assert folder.problem() is None
    folder.close()


def contents(path: Path) -> dict[str, bytes]:
    return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def visible(path: Path) -> set[str]:
    return {name for name in contents(path) if not name.startswith(".footfall/")}


def refused(path: Path, plan: ResultPlan = ONE) -> str:
    """What a run that cannot begin says; it leaves everything as it was."""
    before = contents(path)
    folder = ResultFolder(path, plan)
    with pytest.raises(OutputError) as caught:
        folder.claim()
    folder.discard()
    after = contents(path)
    assert {name: data for name, data in after.items() if name in before} == before
    assert visible(path) == {name for name in before if not name.startswith(".footfall/")}
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_run_leaves_its_results_and_what_the_next_one_needs_to_know(tmp_path: Path) -> None:
    run(tmp_path / "new" / "out", WITH_MASKS)
    assert set(contents(tmp_path / "new" / "out")) == {
        ".footfall/lock",
        ".footfall/manifest.jsonl",
        "events.jsonl",
        "footfall.db",
        "masks/door/000000_parts.png",
        "overlay.mp4",
        "report.html",
        "summary.json",
    }


def test_the_next_run_replaces_them_all(tmp_path: Path) -> None:
    run(tmp_path, WITH_MASKS)
    folder = begun(tmp_path, result_plan(streams=("door",), overlay=False, report=False))
    assert visible(tmp_path) == {"events.jsonl", "footfall.db"}
    assert not folder.masks.exists()
    assert folder.events.read_bytes() == b""
    folder.close()


def test_a_run_that_adds_keeps_them(tmp_path: Path) -> None:
    run(tmp_path)
    before = contents(tmp_path)
    folder = begun(tmp_path, CAMERA)
    kept = contents(tmp_path)
    assert all(kept[name] == before[name] for name in visible(tmp_path))
    fill(folder)
    folder.close()
    run(tmp_path)


def test_a_run_that_cannot_begin_puts_back_what_it_had_set_aside(tmp_path: Path) -> None:
    run(tmp_path, WITH_MASKS)
    before = contents(tmp_path)
    folder = ResultFolder(tmp_path, ONE)
    folder.claim()
    folder.prepare()
    assert contents(tmp_path) != before
    folder.discard()
    assert contents(tmp_path) == before
    run(tmp_path)


def test_a_run_that_cannot_begin_leaves_no_new_folder(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path / "a" / "b", ONE)
    folder.claim()
    folder.prepare()
    folder.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_refused_by_whatever_path_it_comes(tmp_path: Path) -> None:
    out, link = tmp_path / "out", tmp_path / "link"
    first = begun(out)
    link.symlink_to(out)
    before = contents(out)
    for path in (out, link, tmp_path / "." / "out" / ".." / "out"):
        for plan in (ONE, CAMERA):
            assert refused(path, plan) == (
                f"{path} is being written by another run; wait for it or name another folder with --out"
            )
    assert contents(out) == before
    first.close()
    run(link)


@pytest.mark.parametrize("plan", [ONE, CAMERA], ids=["recording", "camera"])
@pytest.mark.parametrize(
    "name", ["events.jsonl", "footfall.db", "footfall.db-wal", "summary.json", "report.html", "overlay.mp4"]
)
def test_a_file_of_the_users_own_is_left_alone(tmp_path: Path, name: str, plan: ResultPlan) -> None:
    (tmp_path / name).write_bytes(b"mine, not ended by a line end")
    assert refused(tmp_path, plan) == (
        f"{tmp_path} holds files that no run in it has written, or that were changed since: {name}; "
        "move them away or name another folder with --out"
    )


def test_other_files_of_the_users_do_not_matter(tmp_path: Path) -> None:
    mine = {"overlay-door.mp4": b"a", "overlay-x.mp4": b"b", "report.html.part": b"c", "masks/door.png": b"d"}
    for name, data in mine.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    for _ in range(2):
        run(tmp_path, WITH_MASKS)
    assert {name: data for name, data in contents(tmp_path).items() if name in mine} == mine


def test_a_result_that_was_changed_is_the_users(tmp_path: Path) -> None:
    run(tmp_path)
    report = tmp_path / "report.html"
    report.write_bytes(b"<title>Footfall's annotated</title>"[: report.stat().st_size])
    assert "changed since: report.html;" in refused(tmp_path)


def test_a_copy_of_a_folder_is_as_good_as_the_folder(tmp_path: Path) -> None:
    run(tmp_path / "out")
    shutil.copytree(tmp_path / "out", tmp_path / "copy", copy_function=shutil.copyfile)
    run(tmp_path / "copy")


@pytest.mark.parametrize("name", ["overlay.mp4", "events.jsonl", "masks", "masks/door", ".footfall"])
def test_a_link_leads_to_what_is_somebody_elses(tmp_path: Path, name: str) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (away / "film.mp4").write_bytes(b"mine")
    out = tmp_path / "out"
    (out / name).parent.mkdir(parents=True)
    (out / name).symlink_to(away)
    refused(out, WITH_MASKS)
    assert contents(away) == {"film.mp4": b"mine"}


def test_a_former_result_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    run(tmp_path, WITH_MASKS)
    (tmp_path / "masks").rename(tmp_path / "kept")
    (tmp_path / "masks").symlink_to(tmp_path / "kept")
    run(tmp_path)
    assert (tmp_path / "kept" / "door" / "000000_parts.png").read_bytes() == b"labels"


@pytest.mark.parametrize("how", ["itself", "symlink", "hard link"])
def test_what_the_run_reads_is_never_replaced(tmp_path: Path, how: str) -> None:
    run(tmp_path / "out")
    film, source = tmp_path / "out" / "overlay.mp4", tmp_path / "source.mp4"
    if how == "itself":
        source = film
    elif how == "symlink":
        source.symlink_to(film)
    else:
        source.hardlink_to(film)
    plan = result_plan(streams=("door",), reads=(source,))
    assert refused(tmp_path / "out", plan) == f"{film} is what this run reads; name another folder with --out"
    run(tmp_path / "out", result_plan(streams=("door",), overlay=False, reads=(source,)))
    assert film.read_bytes() == b"moving pictures"


def test_a_folder_of_masks_can_be_read_but_not_written(tmp_path: Path) -> None:
    run(tmp_path, WITH_MASKS)
    labels = tmp_path / "masks" / "door"
    message = refused(tmp_path, result_plan(streams=("door",), masks=True, reads=(labels,)))
    assert message == f"{labels} is what this run reads; name another folder with --out"
    run(tmp_path, result_plan(streams=("door",), reads=(labels,)))
    assert (labels / "000000_parts.png").read_bytes() == b"labels"


def test_a_folder_of_images_may_be_the_folder_of_the_results(tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(b"a picture")
    for _ in range(2):
        run(tmp_path, result_plan(streams=("door",), masks=True, reads=(tmp_path,)))
    assert (tmp_path / "one.png").read_bytes() == b"a picture"


@pytest.mark.parametrize(
    "name", ["events.jsonl", "summary.json", "report.html", "overlay.mp4", "Events.JSONL"]
)
def test_a_named_store_where_a_result_goes_is_refused(tmp_path: Path, name: str) -> None:
    store = tmp_path / "out" / ".." / "out" / name
    plan = result_plan(streams=("door",), database=False, stores=(store,))
    message = refused(tmp_path / "out", plan)
    assert message == (
        f"{store}, named for the SQL tables, is where a run writes its {name.lower()}; name another file"
    )
    assert not (tmp_path / "out").exists()


def test_a_named_store_in_the_hidden_folder_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    store = tmp_path / ".footfall" / "x.db"
    message = refused(tmp_path, result_plan(streams=("door",), database=False, stores=(store,)))
    assert message == f"{store} lies in Footfall's own folder {tmp_path}/.footfall; name another file"


def test_a_named_store_is_kept_and_becomes_the_users(tmp_path: Path) -> None:
    run(tmp_path)
    before = (tmp_path / "footfall.db").read_bytes()
    link = tmp_path / "tables"
    link.symlink_to("footfall.db")
    run(tmp_path, result_plan(streams=("door",), database=False, stores=(link,)))
    assert (tmp_path / "footfall.db").read_bytes() == before
    assert "footfall.db" in refused(tmp_path)


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


class ContactSheets(PictureSettings):
    """A frame sink as a package from outside adds it."""

    kind: Literal["sheets"] = "sheets"

    def files(self, names: ResultNames, stream_id: str) -> tuple[str, ...]:
        del names
        return (f"sheet-{stream_id}.png", f"sheets/all/{stream_id}/")


SHEETS = ResultPlan(("door",), grows=("events.jsonl", "events.csv"), pictures=(ContactSheets(),))


def begin_with_sheets(path: Path) -> None:
    folder = begun(path, SHEETS)
    (path / "sheets/all/door").mkdir(parents=True, exist_ok=True)
    for name in ("sheet-door.png", "sheets/all/door/1.png"):
        write_whole(folder, path / name, b"pictures")
    (path / "events.csv").write_text("frame\n")
    folder.close()


def test_files_of_sinks_from_outside_are_replaced_like_all_others(tmp_path: Path) -> None:
    begin_with_sheets(tmp_path)
    begin_with_sheets(tmp_path)
    assert (tmp_path / "events.csv").read_text() == "frame\n"
    begun(tmp_path, ResultPlan(("door",))).close()
    assert not [name for name in contents(tmp_path) if "sheet" in name or name.endswith(".csv")]


@pytest.mark.parametrize("name", ["events.csv", "sheet-door.png", "sheets/all/door/mine.png", "sheets/all"])
def test_a_users_file_where_a_sink_from_outside_writes_is_kept_and_the_run_refused(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")
    assert refused(tmp_path, SHEETS) == (
        f"{tmp_path} holds files that no run in it has written, or that were changed since: {name}; move them away or name "
        "another folder with --out"
    )
    assert (tmp_path / name).read_text() == "mine"
