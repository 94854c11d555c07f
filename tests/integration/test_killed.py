"""Runs that are killed and started again: a handful; `make chaos` has them all."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.__main__ import at_random
from tests.chaos.trial import Kill, Trials

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    trials = Trials(
        tmp_path_factory.mktemp("killed"), source="synthetic:?persons=2&seconds=5&seed=5&size=320x180&fps=5"
    )
    assert trials.run("whole") == 0, trials.log("whole")
    yield trials
    shutil.rmtree(trials.folder)


PLANS = {
    "twice": [Kill("after a picture", 9), Kill("in a transaction of SQL", 1)],
    "end": [Kill("before the report", 1), Kill("before the run is concluded", 1)],
}


@pytest.mark.parametrize("name", PLANS)
def test_what_is_left_is_what_an_uninterrupted_run_leaves(trials: Trials, name: str) -> None:
    assert trials.killed(name, PLANS[name]) == len(PLANS[name])
    found = trials.difference(name, "whole")
    assert found.none, found
    assert found.resumed == len(PLANS[name])
    assert _runs(trials.folder / name / "store.db") == ["complete"], "it is one run"
    run = json.loads((trials.folder / name / "out" / "run.json").read_text())
    assert (run["state"], run["resumed"]) == ("complete", len(PLANS[name]))


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


def test_random_moments_come_from_a_seed() -> None:
    assert list(at_random(1, 50)) == list(at_random(1, 50)) != list(at_random(2, 50))
    assert sum(map(len, at_random(1, 50))) == 50


def _runs(store: Path) -> list[str]:
    connection = sqlite3.connect(store)
    found = [row[0] for row in connection.execute("SELECT state FROM runs ORDER BY started_at")]
    connection.close()
    return found
