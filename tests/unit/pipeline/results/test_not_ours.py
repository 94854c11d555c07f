"""A folder of results: what is not Footfall's is left alone."""

import shutil
from pathlib import Path

import pytest

from pipeline.results import ResultPlan
from tests.support.folders import CAMERA, ONE, WITH_MASKS, contents, refused, run
from tests.support.results import result_plan


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
