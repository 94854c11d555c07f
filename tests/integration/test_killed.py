"""Runs that are killed and started again: a handful; `make chaos` has them all."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.chaos.plans import at_random
from tests.chaos.tampering import copy, keep, restore
from tests.chaos.trial import Kill, Trials
from tests.support.run_events import documents_of

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    trials = Trials(
        tmp_path_factory.mktemp("killed"), source="synthetic:?persons=2&seconds=5&seed=5&size=320x180&fps=5"
    )
    assert trials.run("whole") == 0, trials.log("whole")
    yield trials
    shutil.rmtree(trials.folder)


def test_what_is_left_is_what_an_uninterrupted_run_leaves(trials: Trials) -> None:
    plan = [
        Kill("after a picture", 9),
        Kill("in a transaction of SQL", 1),
        Kill("before the report", 1),
        Kill("before the run is concluded", 1),
    ]
    assert trials.killed("often", plan) == len(plan)
    found = trials.difference("often", "whole")
    assert found.none, found
    assert found.resumed == len(plan)
    assert _runs(trials.folder / "often" / "store.db") == ["complete"], "it is one run"
    run = json.loads((trials.folder / "often" / "out" / "run.json").read_text())
    assert (run["state"], run["resumed"]) == ("complete", len(plan))


def test_another_run_is_refused_where_one_was_cut_off_until_the_user_gives_it_up(trials: Trials) -> None:
    assert trials.run("other", Kill("after a picture", 9)) == -9
    out = trials.folder / "other" / "out"
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    other = Trials(trials.folder, source=trials.source, flags=("--no-overlay", "--sample-fps", "2"))
    assert other.run("other") == 2
    refusal = trials.log("other").splitlines()[-1]
    assert refusal.startswith(f"footfall: {out} holds a run that was cut off (synthetic at ")
    assert refusal.endswith(
        "s), and this one would count something else: run that one again as it was to go on with it, name another folder with "
        "--out, or give it up with --start-over"
    )
    ours = {path for path in before if "spool" not in path.name}
    assert {path: path.read_bytes() for path in ours} == {path: before[path] for path in ours}

    anew = Trials(trials.folder, source=trials.source, flags=("--no-overlay", "--start-over"))
    assert anew.run("other") == 0, trials.log("other")
    found = trials.difference("other", "whole")
    assert not any([*found.missing.values(), *found.twice.values()]), (
        "the rows of what was given up are not doubled"
    )
    assert found.resumed == 0
    [given_up, ended] = _runs(trials.folder / "other" / "store.db")
    assert (given_up, ended) == ("interrupted", "complete")


def test_a_spool_that_is_older_than_the_results_and_was_copied_loses_nothing(trials: Trials) -> None:
    """Put back from yesterday, on another machine: what was told since then is not told again."""
    name, out = "older", trials.folder / "older" / "out"
    assert trials.run(name, Kill("after a picture", 9)) == -9
    keep(out)
    assert trials.run(name, Kill("after a picture", 8)) == -9

    def tamper(out: Path) -> None:
        restore(out)
        copy(out)

    trials.killed(name, [], tamper)
    found = trials.difference(name, "whole")
    assert not any([*found.missing.values(), *found.twice.values()]), found
    assert found.unequal == ()


def test_a_camera_ends_what_was_open_and_says_that_it_was_cut_off(tmp_path: Path) -> None:
    source = "synthetic:?persons=3&seconds=12&seed=5&size=320x180&fps=5"
    trials = Trials(tmp_path, source=source, cameras=True)
    assert trials.run("door", Kill("after a picture", 25)) == -9
    assert trials.run("door") == 0, trials.log("door")
    events = documents_of(tmp_path / "door" / "out")
    health = [event for event in events if event["event_type"] == "health"]
    assert [event["status"] for event in health] == [
        "started",
        "failed",
        "signal-restored",
        "started",
        "ended",
    ]
    [_, failed, back, *_] = health
    assert failed["message"] == "Footfall was cut off: killed, or by a crash or a power cut"
    frames = [
        event
        for event in events
        if event["event_type"] == "frame" and event["event_time"] <= failed["event_time"]
    ]
    seen = {person["track_id"] for frame in frames for person in frame["persons"]} - {None}
    ended = [event for event in events[: events.index(failed)] if event["event_type"] == "visit"]
    assert {event["track_id"] for event in ended} <= seen
    assert any(event["ended_by"] == "stream-end" for event in ended)
    windows = [event for event in events if event["event_type"] == "window" and event["window_s"] == 10]
    dark = sum(event["coverage"]["seconds_without_signal"] for event in windows)
    # Time passes in the dark until the first picture has been parsed.
    longest = datetime.fromisoformat(health[-1]["event_time"]) - datetime.fromisoformat(failed["event_time"])
    assert back["gap_s"] - 0.001 <= dark < longest.total_seconds()
    assert len({event["event_id"] for event in events}) == len(events)
    assert _runs(tmp_path / "door" / "store.db") == ["interrupted", "complete"]


def test_random_moments_come_from_a_seed() -> None:
    one, two, other = (list(map(str, at_random(seed, 50))) for seed in (1, 1, 2))
    assert one == two != other
    assert sum(len(plan.kills) for plan in at_random(1, 50)) == 50


def _runs(store: Path) -> list[str]:
    connection = sqlite3.connect(store)
    found = [row[0] for row in connection.execute("SELECT state FROM runs ORDER BY started_at")]
    connection.close()
    return found
