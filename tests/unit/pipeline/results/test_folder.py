"""A folder of results: what a run replaces, and what it adds to."""

from pathlib import Path
from typing import Literal

import pytest

from pipeline.results import ResultFolder, ResultPlan
from sinks.base import PictureSettings, ResultNames
from sinks.staging import write_whole
from tests.support.folders import CAMERA, ONE, WITH_MASKS, begun, contents, fill, refused, run, visible
from tests.support.results import result_plan


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
