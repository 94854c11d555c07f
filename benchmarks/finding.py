"""CPU time of a frame of 1280x720 with 0, 1, 3 and 15 persons: `python -m benchmarks.finding [--finder FOLDER] [--runs]`.

The ways take turns frame by frame, so that a slow minute is slow for all: no finder; a finder, with everybody parsed in every
frame; each visit's best views alone; and the latter two with a finder that rests while nothing moves, as in the empty place here.
Each finds, parses and follows. The persons are those of photographs, 100 to 260 pixels tall, who walk to and fro for the seconds
of a visit. CPU time is that of all threads together. `--runs` measures whole runs on the one-by-one clip instead, with the finder
that ships, which take turns, too.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean, median

import numpy as np

from benchmarks.clip import one_by_one
from benchmarks.eyes import usual_views
from benchmarks.machine import describe
from benchmarks.run import whole_run
from domain.frame import BgrImage, Frame
from pipeline.finders.base import FinderContext, FinderSettings
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings
from pipeline.views.resting import Resting, RestingParser
from training.canvas import Canvas, cut_out, pasted
from training.shared import labelled_photographs

_COUNTS = (0, 1, 3, 15)
_SIZE = (720, 1280)
_HEIGHTS = (100, 160, 260)
_FPS = 5.0
_RESTS_S = float(FinderSettings.model_fields["rest_s"].default)
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_STRIDE = 6  # pixels from frame to frame

_ROUNDS = 3
_FLAGS = {
    "finder: none": (),
    "finder: lite, views: every": ("--finder", "lite"),
    "finder: lite, views: best": ("--finder", "lite", "--views", "best"),
}

Way = Callable[[Frame], int]
"""Takes the next frame of a stream, and says how many persons are there."""


def main() -> None:
    """Print a line for each way and number of persons."""
    parser = argparse.ArgumentParser(description="Measure what a frame costs with and without a finder")
    parser.add_argument("--finder", type=Path, help="folder of another finder, weights.json in it")
    parser.add_argument(
        "--threads", type=int, help="of each network; as many as there are cores if not given"
    )
    parser.add_argument("--seconds", type=float, default=12.0, help="of a visit")
    parser.add_argument("--runs", action="store_true", help="measure whole runs on the one-by-one clip")
    chosen = parser.parse_args()
    print(describe())
    if chosen.runs:
        measure_runs()
        return
    settings = LiteSettings(threads=chosen.threads)
    lite = LiteParser(settings)
    finder = LiteFinder(context=FinderContext(inference=settings), folder=chosen.finder)
    print(f"lite {lite.info.version}, finder {finder.info.version}, {lite.info.precision}")
    persons = persons_of_photographs(max(_COUNTS))
    for count in _COUNTS:
        ways = ways_of(lite, finder)
        for way in ways.values():
            way(frame_of(crowd(persons[:count], 0), 0))  # compiles
        ways = ways_of(lite, finder)
        spent: dict[str, list[float]] = {name: [] for name in ways}
        seen: dict[str, list[int]] = {name: [] for name in ways}
        for frame in film(persons[:count], round(chosen.seconds * _FPS)):
            for name, way in ways.items():
                began = time.process_time()
                there = way(frame)
                spent[name].append(time.process_time() - began)
                seen[name].append(there)
        for name, times in spent.items():
            print(
                f"{name}, {count} persons ({fmean(seen[name]):.1f} seen): {1000 * fmean(times):.1f} CPU ms a frame",
                flush=True,
            )


def measure_runs() -> None:
    """Print a line for each way: medians of rounds, in which all take turns."""
    clip = one_by_one()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in _FLAGS}
    for _ in range(_ROUNDS):
        for name, flags in _FLAGS.items():
            with tempfile.TemporaryDirectory() as folder:
                began = os.times()
                media_s, wall_s, _ = whole_run(clip, Path(folder) / "run", *flags)
                ended = os.times()
            cpu_s = ended.children_user - began.children_user + ended.children_system - began.children_system
            found[name].append((media_s / wall_s, 1000 * cpu_s / (media_s * _FPS)))
    for name, runs in found.items():
        speed, cpu_ms = (median(values) for values in zip(*runs, strict=True))
        print(
            f"whole run, {clip.name}, {name}: {speed:.1f} x real time, {cpu_ms:.0f} CPU ms a frame",
            flush=True,
        )


def ways_of(lite: LiteParser, finder: LiteFinder) -> dict[str, Way]:
    """Each with a tracker of its own."""
    both = FindThenParse(finder, lite)
    return {
        "finder: none": _every(lite),
        "finder: lite, views: every": _every(both),
        "finder: lite, views: every, rest": _every_resting(both),
        "finder: lite, views: best": _best(both, 0.0),
        "finder: lite, views: best, rest": _best(both, _RESTS_S),
    }


def _every(parser: LiteParser | FindThenParse) -> Way:
    tracker = ByteTracker(ByteTrackSettings())

    def take(frame: Frame) -> int:
        parsed = parser.parse(frame.image)
        tracker.update(frame, parsed)
        return len(parsed)

    return take


def _every_resting(parser: FindThenParse) -> Way:
    tracker = ByteTracker(ByteTrackSettings())
    resting = RestingParser(parser, Resting(parser.find, _RESTS_S, only_nobody=True))

    def take(frame: Frame) -> int:
        parsed = resting.find(frame).parsed
        tracker.update(frame, parsed)
        return len(parsed)

    return take


def _best(parser: FindThenParse, rest_s: float) -> Way:
    views, resting = usual_views(parser), Resting(parser.find, rest_s)

    def take(frame: Frame) -> int:
        found = resting.find(frame) if rest_s else parser.find(frame.image)
        return len(views.follow(frame, found)[0])

    return take


def film(persons: list[Canvas], count: int) -> Iterator[Frame]:
    """So many frames of these persons, who walk to and fro."""
    for number in range(count):
        yield frame_of(crowd(persons, _STRIDE * abs((number + 8) % 16 - 8)), number)


def frame_of(image: BgrImage, number: int) -> Frame:
    """A picture as frame `number` of a stream."""
    seconds = number / _FPS
    return Frame("film", number, number, image, seconds, _BEGAN + timedelta(seconds=seconds), "file")


def persons_of_photographs(count: int) -> list[Canvas]:
    """So many persons, cut out of photographs that nothing was trained on."""
    cuts = (cut_out(Canvas(one.image, one.labels, one.labels)) for one in labelled_photographs("tuning"))
    found = islice((cut for cut in cuts if cut is not None), count)
    return [
        person.resized(height, max(4, round(person.size[1] * height / person.size[0])))
        for person, height in zip(found, cycle(_HEIGHTS), strict=False)
    ]


def crowd(persons: list[Canvas], shift: int) -> BgrImage:
    """Persons side by side on a floor of one grey, so many pixels further to the right."""
    nothing = np.zeros(_SIZE, np.uint8)
    canvas = Canvas(np.full((*_SIZE, 3), 128, np.uint8), nothing, nothing.copy())
    places = ((row, column) for row in (20, 300) for column in range(30, 1200, 145))
    for number, (person, (top, left)) in enumerate(zip(persons, places, strict=False), 1):
        canvas = pasted(canvas, person, top, left + shift, number)
    return canvas.image


if __name__ == "__main__":
    main()
