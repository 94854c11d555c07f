"""JsonlSink that begins a new file now and then: nothing lost, nothing twice, wherever a crash comes."""

import gzip
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.errors import OutputError, SinkBusy
from domain.events import Event, event_from_json
from pipeline.results import ResultFolder, ResultPlan
from sinks.base import EVENTS, SinkContext
from sinks.jsonl import JsonlSettings, JsonlSink, Rotation
from sinks.jsonl_files import closed_files, event_lines
from tests.support.disk import files_of_at_most
from tests.support.events import frame_event
from tests.support.waiting import eventually

CAMERA = ResultPlan(streams=("door",), adds=True, grows=(EVENTS,), report=False)
LINE = len(frame_event(10).model_dump_json()) + 1
ALL = [frame_event(index) for index in range(100, 148)]
KILLED = 77


@contextmanager
def results(path: Path, plan: ResultPlan = CAMERA) -> Iterator[ResultFolder]:
    """The folder of a run over a camera."""
    folder = ResultFolder(path, plan)
    folder.claim()
    folder.prepare()
    folder.begin()
    yield folder
    folder.close()


def sink_in(
    folder: ResultFolder, *, lines: int = 9, compress: bool = False, daily: bool = False
) -> JsonlSink:
    """Nine lines of these tests fit into a file, unless the test says otherwise."""
    rotation = Rotation(folder, lines * (LINE + 10), daily=daily, compress=compress)
    return JsonlSink(folder.events, rotation=rotation)


def events_in(path: Path) -> list[Event]:
    return [event_from_json(line) for line in event_lines(path)]


def by_file(path: Path) -> list[list[Event]]:
    """What is in each closed file."""
    found = []
    for file in closed_files(path / "events"):
        with file.open() as lines:
            found.append([event_from_json(line) for line in lines])
    return found


def names(path: Path) -> list[str]:
    return [f"{file.number}{'.gz' if file.packed else ''}" for file in closed_files(path / "events")]


def test_files_are_closed_before_they_become_larger(tmp_path: Path) -> None:
    with results(tmp_path) as folder:
        sink = sink_in(folder)
        for start in range(0, 48, 4):
            sink.store(ALL[start : start + 4])
        sink.close()
        assert folder.problem() is None
    assert names(tmp_path) == ["1", "2", "3", "4", "5"]
    assert by_file(tmp_path) == [ALL[start : start + 8] for start in range(0, 40, 8)]
    assert events_in(tmp_path) == ALL


def test_a_file_holds_the_events_of_a_day(tmp_path: Path) -> None:
    morning = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
    events = [
        frame_event(index).model_copy(update={"event_time": morning + timedelta(hours=8 * index)})
        for index in range(7)
    ]
    with results(tmp_path) as folder:
        for half in (events[:3], events[3:]):
            sink = sink_in(folder, lines=1000, daily=True)
            for event in half:
                sink.store([event])
            sink.close()
    days = [{event.event_time.day for event in events} for events in by_file(tmp_path)]
    assert days == [{4}, {5}]
    assert events_in(tmp_path) == events


def test_closed_files_are_packed_while_it_goes_on(tmp_path: Path) -> None:
    with results(tmp_path) as folder:
        sink = sink_in(folder, compress=True)
        for start in range(0, 48, 4):
            sink.store(ALL[start : start + 4])
        eventually(lambda: names(tmp_path) == ["1.gz", "2.gz", "3.gz", "4.gz", "5.gz"])
        eventually(lambda: not list((tmp_path / "events").glob("*.jsonl")))
        sink.close()
        sink.close()
    packed = closed_files(tmp_path / "events")[0].path.read_bytes()
    assert gzip.decompress(packed) == "".join(f"{event.model_dump_json()}\n" for event in ALL[:8]).encode()
    assert events_in(tmp_path) == ALL


def test_what_was_closed_in_a_run_before_is_packed_in_the_next(tmp_path: Path) -> None:
    with results(tmp_path) as folder:
        sink = sink_in(folder)
        for start in range(0, 24, 4):
            sink.store(ALL[start : start + 4])
        sink.close()
    with results(tmp_path) as folder:
        sink = sink_in(folder, compress=True)
        sink.store(ALL[24:28])
        eventually(lambda: names(tmp_path) == ["1.gz", "2.gz"] or names(tmp_path) == ["1.gz", "2.gz", "3.gz"])
        sink.close()
    assert events_in(tmp_path) == ALL[:28]


def test_who_takes_closed_files_away_disturbs_nothing(tmp_path: Path) -> None:
    with results(tmp_path) as folder:
        sink = sink_in(folder)
        for start in range(0, 24, 4):
            sink.store(ALL[start : start + 4])
        mark = sink.mark()
        sink.close()
        assert mark == f"3:{folder.events.stat().st_size}"
        for file in closed_files(tmp_path / "events"):
            file.path.unlink()
        assert folder.problem() is None
    with results(tmp_path) as folder:
        sink = sink_in(folder)
        sink.rewind(mark)
        for start in range(24, 48, 4):
            sink.store(ALL[start : start + 4])
        sink.close()
    # Numbers are not given again: an archive may hold those.
    assert names(tmp_path) == ["3", "4", "5"]
    assert events_in(tmp_path) == ALL[16:]


def test_a_mark_in_a_closed_file_is_gone_back_to(tmp_path: Path) -> None:
    marks = []
    with results(tmp_path) as folder:
        sink = sink_in(folder, compress=True)
        for start in range(0, 48, 4):
            sink.store(ALL[start : start + 4])
            marks.append(sink.mark())
        eventually(lambda: len(names(tmp_path)) == 5)
        sink.close()
    for place, mark in enumerate(marks, 1):
        with results(tmp_path) as folder:
            sink = sink_in(folder)
            sink.rewind(mark)
            for start in range(4 * place, 48, 6):
                sink.store(ALL[start : start + 6])
            sink.close()
        assert events_in(tmp_path) == ALL, mark


def test_a_mark_of_an_earlier_version_is_the_length_of_the_only_file(tmp_path: Path) -> None:
    with results(tmp_path) as folder:
        sink = sink_in(folder)
        sink.store(ALL[:4])
        length = sink.mark().removeprefix("1:")
        sink.store(ALL[4:8])
        sink.close()
        again = sink_in(folder)
        again.rewind(length)
        again.store(ALL[4:12])
        again.close()
    assert events_in(tmp_path) == ALL[:12]


def test_a_disk_that_is_full_in_the_midst_of_it_is_waited_out(tmp_path: Path) -> None:
    with results(tmp_path) as folder:
        sink = sink_in(folder)
        sink.store(ALL[:8])
        # The manifest cannot be written either.
        with files_of_at_most(10), pytest.raises(SinkBusy):
            sink.store(ALL[8:12])
        assert names(tmp_path) == []
        sink.store(ALL[8:12])
        sink.close()
    assert names(tmp_path) == ["1"]
    assert events_in(tmp_path) == ALL[:12]


def test_a_packed_file_that_cannot_be_written_leaves_the_plain_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with results(tmp_path) as folder:

        def fail(staged: Path, _path: Path) -> None:
            staged.unlink()
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(folder, "publish", fail)
        sink = sink_in(folder, compress=True)
        sink.store(ALL[:8])
        sink.store(ALL[8:12])
        eventually(lambda: bool(caplog.records))
        sink.close()
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().endswith("stays as it is: No space left on device")
    assert names(tmp_path) == ["1"]
    assert events_in(tmp_path) == ALL[:12]


def test_something_else_where_closed_files_go_is_refused(tmp_path: Path) -> None:
    with results(tmp_path) as folder:
        (tmp_path / "events").write_text("mine")
        with pytest.raises(OutputError, match=r"/events is where closed files of events go.*; move it away"):
            sink_in(folder)
        # Where nothing is closed, it is in nobody's way.
        JsonlSink(folder.events).close()


def test_a_run_over_recordings_replaces_them(tmp_path: Path) -> None:
    with results(tmp_path) as folder:
        sink = sink_in(folder, compress=True)
        for start in range(0, 48, 4):
            sink.store(ALL[start : start + 4])
        eventually(lambda: len(names(tmp_path)) == 5)
        sink.close()
    own = tmp_path / "events" / "notes.txt"
    own.write_text("mine")
    with results(tmp_path, ResultPlan(streams=("film",), grows=(EVENTS,), report=False)) as folder:
        assert folder.events.stat().st_size == 0
        assert list((tmp_path / "events").iterdir()) == [own]


@pytest.mark.parametrize(
    ("rotate", "adds", "closed"),
    [("cameras", True, 2), ("cameras", False, 0), ("always", False, 2), ("never", True, 0)],
)
def test_what_is_rotated(tmp_path: Path, rotate: Any, adds: bool, closed: int) -> None:
    plan = ResultPlan(streams=("door",), adds=adds, grows=(EVENTS,), report=False)
    big = [frame_event(index, persons=4000) for index in range(3)]
    with results(tmp_path, plan) as folder:
        settings = JsonlSettings(rotate=rotate, rotate_mb=1, compress=False)
        sink = settings.build(SinkContext("jsonl", folder))
        for event in big:
            sink.store([event])
        sink.close()
    assert len(names(tmp_path)) == closed
    assert events_in(tmp_path) == big


def test_events_of_an_earlier_version_are_added_to_and_not_closed(tmp_path: Path) -> None:
    (tmp_path / EVENTS).write_text(frame_event(0).model_dump_json() + "\n")
    with results(tmp_path) as folder:
        assert not folder.can_roll(folder.events)


def deliver(path: Path, saved: Path, kill: Callable[[], object] = lambda: None) -> None:
    """Store all events from where the last call was cut off, as a spool does it: the place is saved after each batch."""
    done, mark = json.loads(saved.read_text()) if saved.exists() else (0, None)

    def save(settled: int) -> None:
        part = saved.with_suffix(".part")
        part.write_text(json.dumps([settled, sink.mark()]))
        part.replace(saved)

    with results(path) as folder:
        kill()
        sink = sink_in(folder, compress=True)
        sink.rewind(mark)
        save(done)
        for start in range(done, 48, 3):
            sink.store(ALL[start : start + 3])
            save(start + 3)
        sink.close()


def in_child(work: Callable[[], object]) -> int:
    """Exit code of a process that does that."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_before(count: int) -> None:
    """From here on, this process dies before its call of that number that changes something on the disk."""
    left = [count]

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os._exit(KILLED)
            return real(*arguments, **more)

        return call

    for name in ("write", "rename", "replace", "unlink", "fsync", "ftruncate", "mkdir", "open"):
        setattr(os, name, dying(getattr(os, name)))


def test_wherever_a_crash_comes_every_event_is_there_once(tmp_path: Path) -> None:
    points: Sequence[int] = range(0, 400, 1 if os.environ.get("FOOTFALL_CHAOS") else 3)
    for point in points:
        path, saved = tmp_path / f"{point}", tmp_path / f"{point}.json"
        code = in_child(partial(deliver, path, saved, partial(kill_before, point)))
        if code == 0:
            break
        assert code == KILLED, point
        assert in_child(partial(deliver, path, saved)) == 0, point
        assert events_in(path) == ALL, point
    else:
        raise AssertionError("there were more points than were tried")
    assert point > 80
