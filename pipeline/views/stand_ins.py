"""Persons of whom only boxes are known, as a tracker takes them: with the outline and the parts that somebody upright has.

A tracker compares outlines and the colours of clothes, part by part. Where nobody has been parsed, a plain figure in each box
stands for both: a head, an upper body, legs and shoes. It is for trackers alone; nothing is counted or drawn from it.
"""

import numpy as np

from domain.frame import Boxes
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from pipeline.finders.base import Found

_FIGURE = (
    # Part; top and bottom, left and right, as shares of the box.
    (BodyPart.HAIR, 0.0, 0.14, 0.32, 0.68),
    (BodyPart.UPPER_CLOTHES, 0.14, 0.5, 0.15, 0.85),
    (BodyPart.PANTS, 0.5, 0.92, 0.22, 0.78),
    (BodyPart.SHOE, 0.92, 1.0, 0.2, 0.8),
)
# Width of somebody upright, as a share of the height.
_SLIM = 0.38


def stand_ins(found: Found, size: tuple[int, int]) -> ParsedFrame:
    """A frame with a figure in each box, whoever stands lower in the picture in front.

    Args:
        found: At most 255 persons.
        size: Height and width of the picture.
    """
    labels, person_ids = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    for number in np.argsort(found.boxes[:, 3], kind="stable"):
        left, top, right, bottom = (float(side) for side in found.boxes[number])
        wide, tall = right - left, _whole_height(found.boxes[number], size[0])
        for part, above, below, before, behind in _FIGURE:
            rows = slice(round(top + above * tall), min(round(top + below * tall), round(bottom)))
            columns = slice(round(left + before * wide), round(left + behind * wide))
            labels[rows, columns] = part
            person_ids[rows, columns] = number + 1
    return ParsedFrame(labels, person_ids, found.scores.copy(), found.boxes.copy())


def _whole_height(box: Boxes, rows: int) -> float:
    """Of somebody in that box, pixels; whose feet are below the picture is taller than the box."""
    left, top, right, bottom = (float(side) for side in box)
    tall = bottom - top
    return max(tall, (right - left) / _SLIM) if bottom >= rows - 1 else tall
