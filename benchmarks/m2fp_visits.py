"""What m2fp costs a visit that it sees the best views of alone: `python -m benchmarks.m2fp_visits [NETWORK.xml]`.

The film of `benchmarks.finding` with three persons: a finder follows them, `lite` says in which views somebody is, and one of the
crops that m2fp is given of these (`best_views_parser: m2fp`) is parsed and timed. What a frame of 1280x720 costs it, as with
`parser: m2fp`, stands beside. CPU time is that of all threads. Weights may be random: they change nothing about the time.
"""

import argparse
import time
from pathlib import Path
from statistics import median
from typing import get_args

from benchmarks.finding import crowd, film, persons_of_photographs
from benchmarks.m2fp import PARITY
from benchmarks.machine import describe
from domain.frame import BgrImage
from pipeline.cutouts import Cutout
from pipeline.finders.base import Found
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.cropping import Crop
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.m2fp.parser import parse_with
from pipeline.parsers.m2fp.settings import ShortEdge
from pipeline.parsers.runtime import LoadedNetwork, RuntimeOptions, load_network
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.views.best import BestViews, ViewLimits

_VISITS = 3
_FRAMES = 60  # 12 seconds at five a second
_ROUNDS = 3


class Recording(FindThenParse):
    """Keeps the crops in which somebody was seen: those that a finer parser would be given."""

    def __init__(self, finder: LiteFinder, parser: LiteParser) -> None:
        super().__init__(finder, parser)
        self.crops: list[BgrImage] = []

    def parse_at(self, image: BgrImage, found: Found) -> list[Cutout | None]:
        """See `ViewParser`."""
        views = super().parse_at(image, found)
        for box, view in zip(found.boxes, views, strict=True):
            if view is not None:
                self.crops.append(Crop.around(box).cut(image))
        return views


def seconds(network: LoadedNetwork, image: BgrImage, short_edge: int) -> float:
    """CPU time of one picture, the median of rounds; the first call compiles and does not count."""
    spent = []
    for _ in range(_ROUNDS + 1):
        began = time.process_time()
        parse_with(network, image, short_edge)
        spent.append(time.process_time() - began)
    return median(spent[1:])


def main() -> None:
    """Print a line for each short edge."""
    parser = argparse.ArgumentParser(description="Measure what m2fp costs a visit")
    parser.add_argument("network", type=Path, nargs="?", default=PARITY / "models" / "full" / "network.xml")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="bf16")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    print(describe())
    recording = Recording(LiteFinder(), LiteParser())
    views = BestViews(ByteTracker(), recording, ViewLimits())
    people = persons_of_photographs(_VISITS)
    for frame in film(people, _FRAMES):
        views.follow(frame, recording.find(frame.image))
    count = len(recording.crops) / _VISITS
    print(f"{count:.1f} views a visit of {_FRAMES} frames", flush=True)
    options = RuntimeOptions.model_validate({"precision": chosen.precision, "threads": chosen.threads})
    network = load_network(chosen.network, options)
    for short_edge in get_args(ShortEdge):
        a_view = seconds(network, recording.crops[0], short_edge)
        a_frame = seconds(network, crowd(people, 0), short_edge)
        print(
            f"{chosen.precision}, short edge {short_edge}: {a_view:.2f} CPU s a view, {count * a_view:.1f} s a visit; "
            f"{a_frame:.2f} s a frame, {_FRAMES * a_frame:.0f} s for all frames of the visit",
            flush=True,
        )


if __name__ == "__main__":
    main()
