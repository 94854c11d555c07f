"""What m2fp costs a visit that it sees the best views of alone: `python -m benchmarks.m2fp_visits [NETWORK.xml]`.

The film of `benchmarks.finding` with three persons: a finder follows them, `lite` says in which views somebody is, and m2fp parses
these from crops (`best_views_parser: m2fp`). What a frame of 1280x720 costs it, as with `parser: m2fp`, stands beside. CPU time is
that of all threads. Weights may be random: they change nothing about the time.
"""

import argparse
import time
from pathlib import Path
from typing import get_args

from benchmarks.finding import crowd, film, persons_of_photographs
from benchmarks.m2fp import PARITY
from benchmarks.machine import describe
from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.m2fp.parser import parse_with
from pipeline.parsers.m2fp.settings import ShortEdge
from pipeline.parsers.runtime import LoadedNetwork, RuntimeOptions, load_network
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.views.best import BestViews, ViewLimits

_VISITS = 3
_FRAMES = 60  # 12 seconds at five a second


class Timed:
    """m2fp, and the CPU seconds of each of its calls.

    Args:
        network: Of m2fp.
        short_edge: To which a picture's shorter edge is scaled, pixels.
    """

    def __init__(self, network: LoadedNetwork, short_edge: int) -> None:
        self._network, self._short_edge = network, short_edge
        self.seconds: list[float] = []

    @property
    def info(self) -> ParserInfo:
        """Of no weights in particular."""
        return ParserInfo("m2fp", "0", self._network.precision, "0" * 64)

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR."""
        began = time.process_time()
        parsed = parse_with(self._network, image, self._short_edge)
        self.seconds.append(time.process_time() - began)
        return parsed


def main() -> None:
    """Print a line for each short edge."""
    parser = argparse.ArgumentParser(description="Measure what m2fp costs a visit")
    parser.add_argument("network", type=Path, nargs="?", default=PARITY / "models" / "full" / "network.xml")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="bf16")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    print(describe())
    options = RuntimeOptions.model_validate({"precision": chosen.precision, "threads": chosen.threads})
    network = load_network(chosen.network, options)
    lite, finder = LiteParser(), LiteFinder()
    for short_edge in get_args(ShortEdge):
        finer = Timed(network, short_edge)
        views = BestViews(ByteTracker(), FindThenParse(finder, lite, finer=finer), ViewLimits())
        people = persons_of_photographs(_VISITS)
        finer.parse(crowd(people, 0))  # compiles, as the next one does not
        finer.parse(crowd(people, 0))
        a_frame = finer.seconds[-1]
        finer.seconds.clear()
        for frame in film(people, _FRAMES):
            views.follow(frame, finder.find(frame.image))
        a_view = sum(sorted(finer.seconds)[:-1]) / (len(finer.seconds) - 1)  # but for the one that compiles
        count = len(finer.seconds) / _VISITS
        print(
            f"{chosen.precision}, short edge {short_edge}: {count:.1f} views a visit of {a_view:.2f} CPU s each, "
            f"{count * a_view:.1f} s a visit; a whole frame {a_frame:.2f} s, {_FRAMES * a_frame:.0f} s a visit of one person",
            flush=True,
        )


if __name__ == "__main__":
    main()
