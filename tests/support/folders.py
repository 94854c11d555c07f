"""Folders of results, and what a run writes there, in small."""

from pathlib import Path

import pytest

from domain.errors import OutputError
from domain.stores import file_store
from domain.summary import RunSummary
from pipeline.results import ResultFolder, ResultPlan
from sinks.base import DATABASE
from sinks.jsonl import JsonlSink
from sinks.sql.sink import SqlSink
from sinks.staging import write_whole
from tests.support.events import frame_event
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
