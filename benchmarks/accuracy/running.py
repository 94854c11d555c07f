"""What a run finds in frames for tuning: `python -m benchmarks.accuracy.running --crowds FOLDER --empty FOLDER [FINDER ...]`.

Finder, crops and whole picture together, as a run has them where everybody is parsed in every frame, on frames that neither
training nor `make evaluate` uses. Thresholds and sizes are chosen by it. Each FINDER is a folder with `weights.json`; without
any, the one that ships. `--area` tries other sizes of its picture.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.accuracy.finding import Crowd, crowds_of, judge, judge_empty
from benchmarks.accuracy.measures import Figure
from domain.errors import UsageError
from domain.frame import BgrImage
from pipeline.finders.base import FinderContext, Found
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finders.lite.settings import LiteFinderSettings
from pipeline.finding import FindThenParse
from pipeline.parsers.base import HumanParser
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from training.frames import read_frames


def figures_of(parser: HumanParser, crowds: Sequence[Crowd], empty: Sequence[BgrImage]) -> dict[str, Figure]:
    """Who is found by box, and in what part of the empty pictures somebody is seen."""
    parsed = (parser.parse(crowd.image) for crowd in crowds)
    found = judge(crowds, (Found(one.boxes, one.scores) for one in parsed))
    return found | judge_empty({"tuning": [len(parser.parse(image)) for image in empty]}) if empty else found


def _parsers(chosen: argparse.Namespace) -> Iterator[tuple[str, HumanParser]]:
    settings = LiteSettings(precision=chosen.precision, threads=chosen.threads)
    lite = LiteParser(settings)
    for folder in chosen.finder or [None]:
        for area in chosen.area or [None]:
            context = FinderContext(inference=settings)
            finder = LiteFinder(LiteFinderSettings(input_pixels=area), context, folder=folder)
            yield (
                f"{folder or 'lite'} {finder.info.version}, {area or 'its own'} pixels",
                FindThenParse(finder, lite),
            )


def main() -> None:
    """Print the figures of each finder."""
    parser = argparse.ArgumentParser(description="Measure what a run finds, on frames for tuning")
    parser.add_argument("finder", type=Path, nargs="*", help="folders of finders, weights.json in them")
    parser.add_argument("--crowds", type=Path, required=True, help="folder of frames of crowds for tuning")
    parser.add_argument("--empty", type=Path, help="folder of frames without people for tuning")
    parser.add_argument(
        "--area", type=int, action="append", help="pixels of the picture that the finder sees"
    )
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16", "int8"), default="auto")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    try:
        crowds = crowds_of(chosen.crowds, "training")
        empty = [frame.image for frame in read_frames(chosen.empty)] if chosen.empty else []
        for name, one in _parsers(chosen):
            print(f"{name}:", flush=True)
            for about, found in figures_of(one, crowds, empty).items():
                print(f"  {about:45} {found.value:6.3f}  [{found.low:.3f}, {found.high:.3f}]", flush=True)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
