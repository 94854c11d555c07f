"""Whether people who hide each other come apart in crops: `python -m benchmarks.accuracy.apart --crowds FOLDER [--crop CROP.onnx]`.

In held-out rendered crowds everybody's pixels are known. Each person of 25 pixels and more is parsed from a crop around the true
box of what is seen of them, as a run does it, and the overlap (intersection over union) of their pixels with the true ones is
measured: of people who stand alone, and of those whose box another person's box covers to a quarter at least. A person who is not
seen counts as 0.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.accuracy.measures import Counts, Figure, figure, ratio
from benchmarks.accuracy.subject import parser_of, shipped, thresholds_of
from domain.errors import SourceError, UsageError
from domain.frame import BoolMask, Boxes
from pipeline.cutouts import Cutout
from pipeline.finders.base import Found
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.lite.settings import LiteSettings
from training.frames import LabelledFrame, about_folder, read_frames

_LEAST_HEIGHT = 25  # pixels of what is seen of somebody
_COVERED = 0.25  # of a box, by another one: they stand before each other
_ALL_FROM_CROPS = 10.0  # of the picture's height: nobody is too tall for a crop


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The people of a frame.

    Attributes:
        ids: Their numbers in the frame's map, shape (N,).
        boxes: Of what is seen of each, shape (N, 4).
        together: Whose box another one's covers to a quarter, shape (N,).
    """

    ids: tuple[int, ...]
    boxes: Boxes
    together: BoolMask


def truth_of(frame: LabelledFrame) -> Truth:
    """Everybody who is tall enough."""
    ids, boxes = [], []
    for person in np.unique(frame.person_ids[frame.person_ids > 0]):
        rows, columns = np.nonzero(frame.person_ids == person)
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        if box[3] - box[1] >= _LEAST_HEIGHT:
            ids.append(int(person))
            boxes.append(box)
    all_boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return Truth(tuple(ids), all_boxes, covered(all_boxes) >= _COVERED)


def covered(boxes: Boxes) -> Boxes:
    """The largest part of each box, shape (N, 4), that lies within another one; shape (N,)."""
    least = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    most = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod(np.maximum(0, most - least), axis=2)
    np.fill_diagonal(shared, 0)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return np.asarray(shared.max(axis=1, initial=0) / np.maximum(areas, 1e-6), np.float32)


def overlap_of(cutout: Cutout | None, mine: BoolMask) -> float:
    """Intersection over union of the pixels seen and the true ones, shape (H, W)."""
    if cutout is None:
        return 0.0
    both = np.count_nonzero(cutout.mask & mine[cutout.rows, cutout.columns])
    either = np.count_nonzero(mine) + np.count_nonzero(cutout.mask) - both
    return both / either


def measure(
    parser: FindThenParse, folder: Path, every: int = 1, split: str = "held_out"
) -> dict[str, Figure]:
    """Mean overlap, and the part of whom half of the pixels are right, of people alone and together.

    Args:
        parser: As a run has it.
        folder: Of frames.
        every: Every so manieth of them alone.
        split: What `about.json` must say of them.

    Raises:
        SourceError: The frames are not there or of another split.
    """
    about = about_folder(folder)
    if about is None or about.split != split:
        raise SourceError(f"{folder}: not frames of {split}; python -m training.scenes.crowds makes some")
    rows = np.stack([_row(parser, frame) for frame in islice(read_frames(folder), 0, None, every)])
    figures = {}
    for number, kind in enumerate(("alone", "before or behind somebody")):
        sums = rows[:, number]
        figures[f"overlap, {kind} ({sums[:, 0].sum():.0f} people)"] = _share(sums[:, [1, 0]])
        figures[f"of whom half is right, {kind}"] = _share(sums[:, [2, 0]])
    return figures


def _row(parser: FindThenParse, frame: LabelledFrame) -> Counts:
    """Of those alone and those together: how many, sum of overlaps, how many above a half."""
    counts = np.zeros((2, 3))
    truth = truth_of(frame)
    for together, overlap in zip(truth.together, _overlaps(parser, frame, truth), strict=True):
        counts[int(together)] += (1, overlap, overlap > 0.5)
    return counts


def _overlaps(parser: FindThenParse, frame: LabelledFrame, truth: Truth) -> Iterator[float]:
    cutouts = parser.parse_at(frame.image, Found(truth.boxes, np.ones(len(truth.ids), np.float32)))
    for person, cutout in zip(truth.ids, cutouts, strict=True):
        yield overlap_of(cutout, frame.person_ids == person)


def _share(rows: Counts) -> Figure:
    return figure(rows, lambda sums: ratio(sums[..., 0], sums[..., 1]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how well people who hide each other come apart")
    parser.add_argument("--crowds", type=Path, required=True, help="folder of held-out frames of crowds")
    parser.add_argument("--tuning", action="store_true", help="the frames are some of the training")
    parser.add_argument("--every", type=int, default=1, help="every so manieth frame alone")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="fp32")
    parser.add_argument("--crop", type=Path, action="append", default=[], help="networks of training.crops")
    chosen = parser.parse_args()
    try:
        settings = LiteSettings(precision=chosen.precision)
        own = shipped(settings)
        split = "training" if chosen.tuning else "held_out"
        for crop in (None, *chosen.crop):
            alone = parser_of(own, settings, thresholds_of(own), crop)
            parser_of_crops = FindThenParse(LiteFinder(), alone, cropped_below=_ALL_FROM_CROPS)
            found = measure(parser_of_crops, chosen.crowds, chosen.every, split)
            print(f"crops by {crop or 'what ships'}:")
            for about, one in found.items():
                print(f"  {about:50} {one.value:.3f}  [{one.low:.3f}, {one.high:.3f}]", flush=True)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
