"""Every place three times, and random moments: a table, and exit code 1 where something is missing or there twice."""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.chaos.killed import PLACES
from tests.chaos.tampering import copy, cut_power, delete
from tests.chaos.trial import Difference, Kill, Trials
from tests.support.ending import unwind_on_signals

_TIMES = (1, 4, 7)
_ONCE = (
    "between lock",
    "before the results",
    "when the streams",
    "when the video",
    "before the report",
    "before the summary",
    "before the run",
)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, default=50, help="kills at random moments")
    options = parser.parse_args()
    unwind_on_signals()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(
            not report(Trials(Path(folder), flags=()), [*named(), *at_random(options.seed, options.random)])
        )


def named() -> Iterator[Sequence[Kill]]:
    """Each place three times; where a run comes but once, three runs die there one after the other."""
    for place in PLACES:
        if place.startswith(_ONCE):
            yield [Kill(place, 1)] * 3
        else:
            yield from ([Kill(place, nth)] for nth in _TIMES)


def at_random(seed: int, count: int) -> Iterator[Sequence[Kill]]:
    """So many kills, one to three in a run."""
    dice = random.Random(seed)  # noqa: S311 - a test that can be repeated
    while count > 0:
        kills = min(count, dice.choice((1, 1, 2, 3)))
        count -= kills
        yield [Kill("after a picture", dice.randint(1, 25), dice.uniform(0, 300)) for _ in range(kills)]


def report(trials: Trials, plans: Sequence[Sequence[Kill]]) -> bool:
    """Carry out these plans and print what came of each; whether all is as it should be."""
    assert trials.run("whole") == 0, trials.log("whole")
    print(
        f"{'killed':60} {'kills':>5} {'missing':>8} {'twice':>6} {'pictures s':>10}  summary, report, lines and video"
    )
    right = True
    for number, plan in enumerate(plans):
        name = str(number)
        died = trials.killed(name, plan)
        right = _tell(trials, name, "; ".join(map(str, plan)), died) and right
    for what, tamper in tamperings().items():
        died = trials.killed(what, [Kill("after a picture", 20)], tamper)
        right = _tell(trials, what, f"after a picture, 20; {what}", died) and right
    print("all equal" if right else "NOT EQUAL")
    return right


def tamperings() -> dict[str, Callable[[Path], None]]:
    """What is done to the spool before the last run."""
    cuts = {f"power cut {seed}": cut_power(seed) for seed in range(5)}
    return {"the spool deleted": delete, "the folder copied": copy, **cuts}


def _tell(trials: Trials, name: str, plan: str, died: int) -> bool:
    difference = trials.difference(name, "whole")
    print(_line(plan, died, difference), flush=True)
    return difference.none


def _line(plan: str, died: int, difference: Difference) -> str:
    missing, twice = sum(difference.missing.values()), sum(difference.twice.values())
    said = "differ: " + ", ".join(difference.unequal) if difference.unequal else "equal"
    return f"{plan:60} {died:5} {missing:8} {twice:6} {difference.pictures_s:10.1f}  {said}"


if __name__ == "__main__":
    main()
