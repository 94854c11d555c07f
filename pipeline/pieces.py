"""One person whom the side of the picture cuts in two: an arm above, a leg below, and nothing between that a finder could see.

Each piece looks like a small person to whoever looks at nothing else. The whole picture shows one, which covers both.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from domain.frame import Boxes
from pipeline.cutouts import Cutout
from pipeline.parsers.cropping import Box

_AT_SIDE = 0.005  # of the picture's width: no further from the side than that is cut by it
_BESIDE = 0.5  # of the narrower one: how much of its width is above or below the other
_AMONG = 0.1  # of the shorter one: how far one may reach into the other
_APART = 1.0  # of the taller one: how far they may be from each other
_COVERED = 0.6  # of a piece's box


def may_be_one(boxes: Boxes, width: int) -> bool:
    """Whether any two of those boxes, shape (N, 4), may be pieces of one person in a picture that wide."""
    cut = [box for box in boxes if _is_cut(box, width)]
    return any(_stacked(one, other) for one, other in combinations(cut, 2))


def put_together(persons: Sequence[Cutout], whole: Sequence[Cutout], width: int) -> list[Cutout]:
    """The persons; but in the place of two pieces whoever covers both.

    Args:
        persons: As each looks by itself.
        whole: Whoever was seen in the whole picture.
        width: Of the picture, pixels.
    """
    left = list(persons)
    cut = [person for person in persons if _is_cut(person.box, width)]
    # Two at least are put together, so where fewer are cut nobody is looked at more closely.
    for one in whole if len(cut) > 1 else ():
        covered = [
            person
            for person in left
            if _is_cut(person.box, width) and _share_inside(person.box, one.box) >= _COVERED
        ]
        pieces = {id(piece) for pair in _pairs(covered) for piece in pair}
        if pieces:
            left = [person for person in left if id(person) not in pieces] + [one]
    return left


def _pairs(persons: Sequence[Cutout]) -> Iterator[tuple[Cutout, Cutout]]:
    return ((one, other) for one, other in combinations(persons, 2) if _stacked(one.box, other.box))


def _is_cut(box: Box, width: int) -> bool:
    return bool(box[0] <= _AT_SIDE * width or box[2] >= (1 - _AT_SIDE) * width)


def _stacked(one: Box, other: Box) -> bool:
    """Whether one lies above the other, not far away."""
    widths, heights = (np.array([box[2 + axis] - box[axis] for box in (one, other)]) for axis in (0, 1))
    beside = min(one[2], other[2]) - max(one[0], other[0])
    between = max(one[1], other[1]) - min(one[3], other[3])
    return bool(
        beside >= _BESIDE * widths.min() and -_AMONG * heights.min() <= between <= _APART * heights.max()
    )


def _share_inside(box: Box, other: Box) -> float:
    """Part of the first box that lies in the other."""
    both = np.maximum(np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2]), 0).prod()
    return float(both / max(1e-6, (box[2:] - box[:2]).prod()))
