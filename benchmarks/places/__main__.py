"""How exact crossings, stays and occupancy are, on scenes with truth: `python -m benchmarks.places`.

Scenes are composed: sprites on known ways before the drawn shop, and a parser with errors of its own (`benchmarks.places.seeing`),
or a finder and best views with theirs (`benchmarks.places.boxes`). `--pixels N` shows the pictures of the first N to the shipped
parser and finder, too. Thresholds were chosen on other seeds (`--tuning`).
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from typing import Literal, TypeAlias

from benchmarks.machine import describe
from benchmarks.places.boxes import BestOf, ComposedBest
from benchmarks.places.judging import Verdict, summary, verdict
from benchmarks.places.scenes import KINDS, scene
from benchmarks.places.seeing import EveryFrame, Follows, Noisy, counted
from domain.frame import Frame
from domain.parsing import ParsedFrame
from pipeline.finders.base import FinderContext
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.lite.settings import LiteSettings

_TUNING_SEEDS = 10_000
_SETTINGS = LiteSettings(threads=1)
Seen: TypeAlias = Literal["composed", "composed boxes", "pixels", "pixels, best views"]


class _Lite:
    """The shipped parser on the pictures; what is true it does not hear."""

    def __call__(self, frame: Frame, true: ParsedFrame) -> ParsedFrame:
        """See `Parses`."""
        del true
        return _lite().parse(frame.image)


@lru_cache(maxsize=1)
def _lite() -> LiteParser:
    return LiteParser(_SETTINGS)


@lru_cache(maxsize=1)
def _finder() -> LiteFinder:
    return LiteFinder(context=FinderContext(inference=_SETTINGS))


def _follows(seen: Seen, seed: int) -> Follows:
    match seen:
        case "composed":
            return EveryFrame(Noisy(seed))
        case "composed boxes":
            return ComposedBest(seed)
        case "pixels":
            return EveryFrame(_Lite())
        case "pixels, best views":
            return BestOf(FindThenParse(_finder(), _lite()))


def judged(seed: int, seen: Seen) -> tuple[Verdict, Verdict]:
    """One scene: as it is, and with tracks that break."""
    played = scene(seed)
    whole, broken = counted(played, _follows(seen, seed), seed=seed)
    return verdict(played, whole), verdict(played, broken)


def table(title: str, verdicts: Sequence[Verdict], *, each: bool) -> None:
    """Print the figures."""
    found = summary(verdicts)
    print(f"\n{title}: {found.scenes} scenes, {found.crossings} crossings, {found.stays} stays")
    print(f"  crossings exact in {100 * found.exact:.1f} % of scenes, never more than {found.most_off} off")
    print(f"  uncertain crossings beside the counts: {found.uncertain}")
    print(
        f"  dwell within 0.5 s: {100 * found.dwell_right:.1f} % of stays, median error {found.dwell_median_s:.2f} s; "
        f"{found.missing} missing, {found.surplus} that are none"
    )
    print(f"  occupancy on average {100 * found.occupancy_off:+.1f} %")
    for kind in KINDS:
        of_kind = [one for one in verdicts if one.kind == kind]
        if of_kind:
            print(f"    {kind:10s} {sum(one.off == 0 for one in of_kind)} of {len(of_kind)} exact")
    for one in verdicts if each else ():
        wrong = [round(error, 2) for error in one.dwell_errors_s if abs(error) > 0.5]
        if one.off or wrong or one.missing or one.surplus:
            print(f"    seed {one.seed} {one.kind}: {one}", wrong)


def main() -> None:
    """Print everything."""
    arguments = argparse.ArgumentParser(description="Measure crossings, stays and occupancy")
    arguments.add_argument("--scenes", type=int, default=200)
    arguments.add_argument(
        "--pixels", type=int, default=0, help="that many scenes through the shipped parser, too"
    )
    arguments.add_argument("--tuning", action="store_true", help="the scenes that thresholds were chosen on")
    arguments.add_argument("--first", type=int, default=0, help="number of the first scene, to see others")
    arguments.add_argument("--each", action="store_true", help="name each scene that is wrong")
    arguments.add_argument("--processes", type=int, default=2)
    chosen = arguments.parse_args()
    print(describe())
    first = chosen.first + (_TUNING_SEEDS if chosen.tuning else 0)
    with ProcessPoolExecutor(chosen.processes) as pool:
        runs: list[tuple[Seen, int]] = [
            ("composed", chosen.scenes),
            ("composed boxes", chosen.scenes),
            ("pixels", chosen.pixels),
            ("pixels, best views", chosen.pixels),
        ]
        for seen, count in runs:
            if count:
                verdicts = list(pool.map(partial(judged, seen=seen), range(first, first + count)))
                table(seen, [whole for whole, _ in verdicts], each=chosen.each)
                table(f"{seen}, with broken tracks", [broken for _, broken in verdicts], each=chosen.each)
                sys.stdout.flush()


if __name__ == "__main__":
    main()
