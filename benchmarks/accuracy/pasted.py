"""Clothes of people of every size: `python -m benchmarks.accuracy.pasted --crop CROP.onnx --finder FINDER.onnx`.

The persons of the photographs whose number ends in 3, which nothing is trained on, are cut out by their masks and pasted into
pictures of 1280x720 of places where nobody is, at several heights. Parsed is the whole picture by `lite`, and the
same as a run with `finder: lite` does it; a crop around the true box; and a crop around the finder's box, where whoever is not
found counts as background. Judged is what lies inside the person's box, grown by a twentieth, as in
`benchmarks.accuracy.photographs`.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np

from benchmarks.accuracy.finders import Candidate, own_finder
from benchmarks.accuracy.finding import overlaps_of
from benchmarks.accuracy.measures import Counts, Figure, figure, mean_iou, overlap, ratio
from benchmarks.accuracy.photographs import JUDGED, around_person, judged_of_classes, judged_of_parts
from benchmarks.accuracy.subject import parser_of, shipped, thresholds_of
from domain.errors import UsageError
from domain.frame import BgrImage, LabelMap
from pipeline.finders.base import FinderContext
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.base import HumanParser, Precision
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.runtime import Network, RuntimeOptions, load_network
from training.canvas import Canvas, cut_out, pasted
from training.crops.windows import Window
from training.labels import IGNORED
from training.shared import Photograph, backgrounds, labelled_photographs

HEIGHTS = (60, 100, 160, 260)
"""Of the pasted persons, pixels."""

_PICTURE = (720, 1280)
_THREADS = 2
_SIZES = ((256, 128), (320, 160), (384, 192))
_NEVER = -1e4  # logit of a class outside of a crop
_FOUND = 0.3  # overlap of a box with the true one from which somebody counts as found

Parse: TypeAlias = Callable[["Seen"], LabelMap]
"""From a picture to the judged class of each of its pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A picture with one person of whom everything is known.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR.
        labels: Shape (H, W) uint8, classes of `training.labels`, IGNORED where nothing is known.
    """

    image: BgrImage
    labels: LabelMap

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Around everything labelled as part of the person."""
        rows, columns = np.nonzero((self.labels > 0) & (self.labels != IGNORED))
        return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)


def at_height(photographs: Sequence[Photograph], height: int) -> Iterator[Seen]:
    """Each person, so tall, somewhere in a place where nobody is; always the same for the same photographs."""
    places = [
        np.asarray(cv2.resize(image, _PICTURE[::-1], interpolation=cv2.INTER_AREA), np.uint8)
        for _, image in backgrounds("tuning")
    ]
    for number, photograph in enumerate(photographs):
        person = cut_out(Canvas(photograph.image, photograph.labels, photograph.labels))
        if person is None:
            continue
        rng = np.random.default_rng([height, number])
        wide = max(4, round(person.size[1] * height / person.size[0]))
        person = person.resized(height, wide)
        top = int(rng.integers(0, _PICTURE[0] - height))
        left = int(rng.integers(0, max(1, _PICTURE[1] - wide)))
        canvas = pasted(Canvas.empty(places[number % len(places)]), person, top, left, 1)
        yield Seen(canvas.image, canvas.targets)


def whole(photographs: Sequence[Photograph]) -> Iterator[Seen]:
    """Each photograph as it is: somebody who fills the picture."""
    return (Seen(one.image, one.labels) for one in photographs)


def by_parser(parser: HumanParser) -> Parse:
    """The whole picture at once."""
    table = judged_of_parts()
    return lambda seen: table[parser.parse(seen.image).labels]


def by_crop(network: Network, size: tuple[int, int]) -> Parse:
    """A crop of that height and width around the true box."""
    return lambda seen: cropped(network, seen.image, seen.box, size)


def by_finder(finder: Candidate, network: Network, size: tuple[int, int]) -> Parse:
    """A crop around the box that the finder gives; nothing where it gives none."""

    def parse(seen: Seen) -> LabelMap:
        boxes = finder(seen.image).boxes
        overlaps = overlaps_of(boxes, np.array([seen.box], np.float32))[:, 0]
        if not len(boxes) or overlaps.max() < _FOUND:
            return np.zeros(seen.labels.shape, np.uint8)
        left, top, right, bottom = (float(side) for side in boxes[overlaps.argmax()])
        return cropped(network, seen.image, (left, top, right, bottom), size)

    return parse


def cropped(
    network: Network, image: BgrImage, box: tuple[float, float, float, float], size: tuple[int, int]
) -> LabelMap:
    """The judged class of each pixel of the picture, by a crop around a box; background outside of the crop."""
    window = Window.around(box)
    crop = window.image(image, size)
    logits = network(crop.transpose(2, 0, 1)[None].astype(np.float32))["part_logits"][0]
    left, top = max(0, int(window.left)), max(0, int(window.top))
    right = min(image.shape[1], math.ceil(window.left + window.width))
    bottom = min(image.shape[0], math.ceil(window.top + window.height))
    # A pixel of the logits is four of the crop, with their middles at the same place.
    into_place = window.matrix(size) @ np.array([[4, 0, 1.5], [0, 4, 1.5], [0, 0, 1]]) - [
        [0, 0, left],
        [0, 0, top],
    ]
    best = np.zeros((bottom - top, right - left), np.float32)
    likeliest = np.zeros(best.shape, np.uint8)
    for number in range(1, len(logits)):
        margin = cv2.warpAffine(logits[number] - logits[0], into_place, best.shape[::-1], borderValue=_NEVER)
        wins = margin > best
        likeliest[wins], best[wins] = number, margin[wins]
    said = np.zeros(image.shape[:2], np.uint8)
    said[top:bottom, left:right] = judged_of_classes()[likeliest]
    return said


def measure(parse: Parse, pictures: Iterator[Seen]) -> tuple[Figure, Figure]:
    """Mean intersection over union of the clothes, hair and skin, and the part of the persons of whom anything is seen."""
    judged = judged_of_classes()
    rows, found = list[Counts](), []
    for seen in pictures:
        said = parse(seen)
        valid = around_person(seen.labels) & (seen.labels != IGNORED)
        rows.append(overlap(judged[seen.labels], said, valid, len(JUDGED)))
        found.append((float((said[valid] > 0).any()), 1.0))
    clothes = figure(np.stack(rows), lambda sums: mean_iou(sums, range(1, len(JUDGED))))
    return clothes, figure(np.array(found), lambda sums: ratio(sums[..., 0], sums[..., 1]))


def _parses(chosen: argparse.Namespace) -> Mapping[str, Parse]:
    parses: dict[str, Parse] = {}
    if chosen.lite:
        parser = LiteParser(LiteSettings(precision=chosen.lite))
        parses["whole picture by lite"] = by_parser(parser)
        parses["as with finder: lite"] = by_parser(FindThenParse(LiteFinder(), parser))
    parses |= {f"as a run, crops by {path}": _as_run(path, chosen.precision) for path in chosen.run}
    options = RuntimeOptions.model_validate({"precision": chosen.precision})
    for path in chosen.crop:
        network = load_network(path, options)
        for size in _SIZES:
            if chosen.height and size[0] not in chosen.height:
                continue
            name = f"{path} {size[0]}x{size[1]}"
            parses[f"{name}, true box"] = by_crop(network, size)
            if chosen.finder:
                finder = own_finder(chosen.finder, chosen.area, chosen.precision, _THREADS)
                parses[f"{name}, finder's box"] = by_finder(finder, network, size)
    return parses


def _as_run(crop: Path, precision: Precision) -> Parse:
    """As a run with `finder: lite` does it where the weights name this network for crops."""
    settings = LiteSettings(precision=precision)
    own = shipped(settings)
    parser = parser_of(own, settings, thresholds_of(own), crop)
    return by_parser(FindThenParse(LiteFinder(context=FinderContext(inference=settings)), parser))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the clothes of people of every size")
    parser.add_argument("--crop", type=Path, action="append", default=[], help="networks of training.crops")
    parser.add_argument("--finder", type=Path, help="network of training.finder, weights.json beside it")
    parser.add_argument("--area", type=int, help="pixels of the picture that the finder sees")
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16", "int8"), default="fp32")
    parser.add_argument(
        "--lite",
        choices=("fp32", "bf16", "int8"),
        help="measure whole pictures, and what a run with the finder gives, too",
    )
    parser.add_argument(
        "--run",
        type=Path,
        action="append",
        default=[],
        help="network for crops, or lite.onnx itself: measure what a run with the finder gives with it",
    )
    parser.add_argument(
        "--height", type=int, action="append", help="of the crops: 256, 320 or 384; all if left out"
    )
    parser.add_argument("--every", type=int, default=1, help="every so manieth photograph alone")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    results = {}
    try:
        photographs = list(islice(labelled_photographs("tuning"), 0, None, chosen.every))
        for name, parse in _parses(chosen).items():
            for height in (*HEIGHTS, None):
                pictures = at_height(photographs, height) if height else whole(photographs)
                about = f"{height} px" if height else "fills the picture"
                clothes, found = measure(parse, pictures)
                results[f"{name}, {about}"] = {"clothes mIoU": asdict(clothes), "found": asdict(found)}
                interval = f"[{clothes.low:.3f}, {clothes.high:.3f}]"
                print(
                    f"{name:40} {about:18} {clothes.value:.3f}  {interval}  found {found.value:.2f}",
                    flush=True,
                )
    except UsageError as error:
        sys.exit(f"error: {error}")
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
