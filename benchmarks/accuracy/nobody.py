"""When a crop shows nobody: `python -m benchmarks.accuracy.nobody CROP.onnx --empty FOLDER --crowds FOLDER`.

The crop parser says of each pixel how likely it is somebody's. Two numbers decide whether anybody is there: the part of the crop
that the person's pixels cover, and how clearly they stand out. Printed is what each pair of thresholds gives on pictures that
`make evaluate` does not use: in how many empty pictures somebody stays, of the boxes that the finder gives there, and how many
people stay. These are people of photographs that were learnt from, since others are measured with, pasted into places, and of
rendered crowds, in crops around the finder's box, where the finder has one.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.empty import places_without_people
from benchmarks.accuracy.finding import Crowd, crowds_of, matched, overlaps_of
from benchmarks.accuracy.pasted import HEIGHTS, at_height
from domain.errors import UsageError
from domain.frame import BgrImage, Boxes
from pipeline.finders.base import FinderContext, PersonFinder
from pipeline.finders.lite.finder import LiteFinder
from pipeline.parsers.base import InferenceOptions
from pipeline.parsers.cropping import Crop
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.lite.decode import clearness
from pipeline.parsers.runtime import Network, RuntimeOptions, load_network
from training.shared import labelled_photographs

SHARES = (0.0, 0.05)
CLEARNESSES = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85)
_SMALL = 0.4  # of the picture's height: below that a person is parsed from a crop


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a crop says of whether somebody is there.

    Attributes:
        share: Part of the crop that somebody's pixels cover.
        clearness: How clearly somebody stands out (`pipeline.parsers.lite.decode.clearness`).
    """

    share: float
    clearness: float


def evidence(
    network: Network, image: BgrImage, box: npt.NDArray[np.float32], size: tuple[int, int]
) -> Evidence:
    """Of the crop around a box.

    Args:
        network: Of `training.crops.export`.
        image: The picture, shape (H, W, 3) uint8 BGR.
        box: Left, top, right, bottom.
        size: Height and width of the input.
    """
    piece = Crop.around(box).cut(image)
    geometry = Geometry.padded(piece.shape[:2], size)
    rows, columns = geometry.grid
    logits = network(geometry.tensor(piece))["part_logits"][0, :, :rows, :columns]
    return Evidence(float((logits.argmax(axis=0) > 0).mean()), clearness(logits))


def of_empty(
    networks: Sequence[tuple[Network, tuple[int, int]]], finder: PersonFinder, picture: BgrImage
) -> list[list[Evidence]]:
    """By network, of each box that is to be parsed from a crop."""
    boxes = _small(finder.find(picture).boxes, picture)
    return [[evidence(network, picture, box, size) for box in boxes] for network, size in networks]


def _small(boxes: Boxes, picture: BgrImage) -> Boxes:
    return boxes[boxes[:, 3] - boxes[:, 1] < _SMALL * len(picture)]


def of_people(
    networks: Sequence[tuple[Network, tuple[int, int]]], finder: PersonFinder, crowds: Iterable[Crowd]
) -> Iterator[list[Evidence]]:
    """By network, of each box of the finder that fits somebody who is to be parsed from a crop."""
    for crowd in crowds:
        boxes = _small(finder.find(crowd.image).boxes, crowd.image)
        owner = matched(overlaps_of(boxes, crowd.boxes))
        for box in boxes[owner >= 0]:
            yield [evidence(network, crowd.image, box, size) for network, size in networks]


def kept(evidence: Sequence[Evidence], share: float, least: float) -> npt.NDArray[np.bool_]:
    """Who stays with these thresholds."""
    return np.array([one.share >= share and one.clearness >= least for one in evidence], np.bool_)


def _pasted(height: int, every: int) -> list[Crowd]:
    photographs = list(islice(labelled_photographs("training"), 0, None, every))
    return [Crowd(seen.image, np.array([seen.box], np.float32)) for seen in at_height(photographs, height)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Try when a crop shows nobody, on pictures for tuning")
    parser.add_argument("crop", type=Path, nargs="+")
    parser.add_argument("--empty", type=Path, help="folder of rendered frames without people, for tuning")
    parser.add_argument("--crowds", type=Path, help="folder of rendered frames of crowds, for tuning")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="fp32")
    parser.add_argument("--height", type=int, action="append", help="of the crops: 256 or 384")
    parser.add_argument("--every", type=int, default=16, help="every so manieth photograph alone")
    chosen = parser.parse_args()
    try:
        inference = InferenceOptions.model_validate({"precision": chosen.precision})
        finder = LiteFinder(context=FinderContext(inference=inference))
        options = RuntimeOptions.model_validate({"precision": chosen.precision})
        shapes = [(height, height // 2) for height in chosen.height or (384,)]
        loaded = [(path, load_network(path, options)) for path in chosen.crop]
        networks = [(network, shape) for _, network in loaded for shape in shapes]
        empty = {
            kind: [of_empty(networks, finder, picture) for picture in pictures]
            for kind, pictures in places_without_people(chosen.empty).items()
        }
        people = {
            f"{height} px": list(of_people(networks, finder, _pasted(height, chosen.every)))
            for height in HEIGHTS
        }
        if chosen.crowds:
            people["crowds"] = list(of_people(networks, finder, crowds_of(chosen.crowds, "training")))
    except UsageError as error:
        sys.exit(f"error: {error}")
    names = [f"{path} {shape[0]}x{shape[1]}" for path, _ in loaded for shape in shapes]
    for number, name in enumerate(names):
        print(name)
        for share in SHARES:
            for least in CLEARNESSES:
                print(f"  {share:.2f} {least:.2f}: {_line(empty, people, number, share, least)}", flush=True)


def _line(
    empty: dict[str, list[list[list[Evidence]]]],
    people: dict[str, list[list[Evidence]]],
    number: int,
    share: float,
    least: float,
) -> str:
    false = {
        kind: sum(bool(kept(of[number], share, least).any()) for of in pictures)
        for kind, pictures in empty.items()
    }
    there = {kind: kept([one[number] for one in of], share, least) for kind, of in people.items()}
    said = [f"{kind} {count} of {len(empty[kind])}" for kind, count in false.items()]
    return "; ".join([*said, *(f"{kind} {stays.mean():.3f}" for kind, stays in there.items())])


if __name__ == "__main__":
    main()
