"""CPU time of a picture of 1280x720 with 0, 1, 3 and 15 persons, without and with the finder: `python -m benchmarks.finding`.

The persons are those of photographs, pasted side by side 100 to 260 pixels tall; CPU time is that of all threads together. The
rounds of all take turns, so that a slow minute is slow for all.
"""

import time
from collections.abc import Mapping
from itertools import cycle, islice
from statistics import median

import numpy as np

from benchmarks.machine import describe
from domain.frame import BgrImage
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.base import HumanParser
from pipeline.parsers.lite.parser import LiteParser
from training.canvas import Canvas, cut_out, pasted
from training.shared import labelled_photographs

_COUNTS = (0, 1, 3, 15)
_SIZE = (720, 1280)
_HEIGHTS = (100, 160, 260)
_ROUNDS = 15


def main() -> None:
    """Print a line for each way and number of persons."""
    print(describe())
    parser = LiteParser()
    ways: Mapping[str, HumanParser] = {
        "finder: none": parser,
        "finder: lite": FindThenParse(LiteFinder(), parser),
    }
    pictures = {count: crowd(count) for count in _COUNTS}
    seen = {
        (name, count): len(way.parse(picture))
        for name, way in ways.items()
        for count, picture in pictures.items()
    }
    spent: dict[tuple[str, int], list[float]] = {key: [] for key in seen}
    for _ in range(_ROUNDS):
        for (name, count), times in spent.items():
            began = time.process_time()
            ways[name].parse(pictures[count])
            times.append(time.process_time() - began)
    for (name, count), times in spent.items():
        print(
            f"{name}, {count} persons ({seen[name, count]} seen): {1000 * median(times):.0f} CPU ms a picture"
        )


def crowd(count: int) -> BgrImage:
    """So many persons side by side on a floor of one grey."""
    grey = np.full((*_SIZE, 3), 128, np.uint8)
    nothing = np.zeros(_SIZE, np.uint8)
    canvas = Canvas(grey, nothing, nothing.copy())
    places = ((row, column) for row in (20, 300) for column in range(30, 1200, 145))
    cuts = (cut_out(Canvas(one.image, one.labels, one.labels)) for one in labelled_photographs("tuning"))
    persons = islice((cut for cut in cuts if cut is not None), count)
    for number, (person, (top, left), height) in enumerate(
        zip(persons, places, cycle(_HEIGHTS), strict=False), 1
    ):
        wide = max(4, round(person.size[1] * height / person.size[0]))
        canvas = pasted(canvas, person.resized(height, wide), top, left, number)
    return canvas.image


if __name__ == "__main__":
    main()
