"""Clothes on photographs: the tuning split of Clothing Co-Parsing (numbers ending in 3)."""

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.measures import Counts, Figure, figure, iou, mean_iou, overlap
from domain.frame import BoolMask, LabelMap
from domain.labels import SKIN, BodyPart
from pipeline.parsers.base import HumanParser
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.runtime import Network
from training.labels import CLASS_OF_PART, CLASSES, IGNORED
from training.shared import labelled_photographs

JUDGED = (
    "background",
    "hat",
    "hair",
    "skin",
    "upper-clothes",
    "dress",
    "coat",
    "pants",
    "skirt",
    "shoe",
    "bag",
)
"""What is told apart here: face, arms, legs and torso are one skin, as in the original labels."""

_GROWN = 0.05  # of the box's width and height, on every side


def measure_photographs(parser: HumanParser) -> dict[str, Figure]:
    """Intersection over union of each class, and their mean without the background.

    Judged is what lies inside the box around the labelled person, grown by a twentieth on every side: passers-by in the
    background are not labelled, so what is found further out is neither right nor wrong. Sums run over all photographs.
    """
    judged, ours = judged_of_classes(), judged_of_parts()
    rows = []
    for photograph in labelled_photographs("tuning"):
        truth = judged[photograph.labels]
        valid = around_person(photograph.labels) & (photograph.labels != IGNORED)
        found = ours[parser.parse(photograph.image).labels]
        rows.append(overlap(truth, found, valid, len(JUDGED)))
    counts = np.stack(rows)
    figures = {"clothes mIoU": figure(counts, lambda sums: mean_iou(sums, range(1, len(JUDGED))))}
    return figures | {
        f"IoU {name}": _of_class(counts, number) for number, name in enumerate(JUDGED) if number
    }


def measure_network(network: Network, area: int) -> dict[str, Figure]:
    """The same mean for the network alone, without the decision whose pixel it is: what the decoding loses is the difference."""
    judged = judged_of_classes()
    rows = []
    for photograph in labelled_photographs("tuning"):
        tensor, geometry = preprocess(photograph.image, area)
        found = judged[_likeliest(network(tensor)["part_logits"][0], geometry)]
        valid = around_person(photograph.labels) & (photograph.labels != IGNORED)
        rows.append(overlap(judged[photograph.labels], found, valid, len(JUDGED)))
    name = "clothes mIoU, network alone"
    return {name: figure(np.stack(rows), lambda sums: mean_iou(sums, range(1, len(JUDGED))))}


def _likeliest(logits: npt.NDArray[np.float32], geometry: Geometry) -> LabelMap:
    """The likeliest class of each pixel of the picture, shape (H, W)."""
    whole = cv2.resize(logits.transpose(1, 2, 0), (geometry.input_width, geometry.input_height))
    shown = whole[: geometry.scaled_height, : geometry.scaled_width]
    sized = cv2.resize(shown, (geometry.width, geometry.height))
    return np.asarray(sized.argmax(axis=2), np.uint8)


def _of_class(counts: Counts, number: int) -> Figure:
    return figure(counts, lambda sums: iou(sums, number))


def around_person(labels: LabelMap) -> BoolMask:
    """The grown box around what is labelled as part of a person, shape (H, W)."""
    rows, columns = np.nonzero((labels > 0) & (labels != IGNORED))
    inside = np.zeros(labels.shape, np.bool_)
    if len(rows):
        top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        high, wide = round((bottom - top) * _GROWN), round((right - left) * _GROWN)
        inside[max(0, top - high) : bottom + high, max(0, left - wide) : right + wide] = True
    return inside


def judged_of_parts() -> npt.NDArray[np.uint8]:
    """Shape (256,): what each `BodyPart` counts as. Parts that `lite` has no name for count as what it is taught they are."""
    table = np.zeros(256, np.uint8)
    for part in BodyPart:
        known = CLASSES[CLASS_OF_PART[part]]
        table[part] = JUDGED.index("skin" if known in SKIN else known.label)
    return table


def judged_of_classes() -> npt.NDArray[np.uint8]:
    """Shape (256,): what each class of `training.labels` counts as."""
    table = np.zeros(256, np.uint8)
    table[: len(CLASSES)] = judged_of_parts()[list(CLASSES)]
    return table
