import logging

import pytest
from rich.console import Console
from rich.progress import Progress

from cli import progress
from cli.progress import Bars, LogLines, describe, watching
from pipeline.stream import StreamProgress


def stream(**changes: object) -> StreamProgress:
    values: dict[str, object] = {
        "stream_id": "door",
        "duration_s": 60.0,
        "media_s": 12.0,
        "frames_parsed": 60,
        "frames_dropped": 3,
        "persons": 2,
        "visits": 1,
        "connected": True,
        "finished": False,
    }
    return StreamProgress(**{**values, **changes})  # type: ignore[arg-type]  # a table of fields of several types


def test_the_state_names_rate_persons_visits_and_drops() -> None:
    assert describe(stream(), 5.04) == "5.0 frames/s, 2 in view, 1 visit, 3 dropped"


def test_a_lost_camera_says_so() -> None:
    assert describe(stream(connected=False, visits=2), 0.0) == "no signal, 2 visits, 3 dropped"


def test_a_finished_stream_says_how_much_it_was() -> None:
    assert describe(stream(finished=True), 0.0) == "60 frames, 1 visit, 3 dropped"


def test_without_a_terminal_a_line_is_logged_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 100.0
    monkeypatch.setattr(progress, "monotonic", lambda: now)
    caplog.set_level(logging.INFO)
    lines = LogLines()

    for moment, parsed in ((101.0, 5), (104.0, 20), (105.5, 30), (106.0, 33)):
        now = moment
        lines([stream(frames_parsed=parsed, media_s=75.0)])

    assert caplog.messages == ["door: at 1:15, 6.7 frames/s, 2 in view, 1 visit, 3 dropped"]


def test_on_a_terminal_there_is_a_bar_that_ends_full() -> None:
    console = Console(force_terminal=True, width=120)
    with Progress(console=console, auto_refresh=False) as shown:
        bars = Bars(shown)
        bars([stream()])
        bars([stream(finished=True, media_s=59.8)])
        [task] = shown.tasks

    assert (task.completed, task.total) == (60.0, 60.0)
    assert task.description == "door"


def test_the_watcher_suits_where_the_output_goes() -> None:
    with watching(Console(force_terminal=False)) as watch:
        assert isinstance(watch, LogLines)
    with watching(Console(force_terminal=True, quiet=True)) as watch:
        assert isinstance(watch, Bars)
