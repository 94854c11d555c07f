"""Whether somebody sits, as far as one parse tells: from how much of the legs is hidden and from where they are seen.

Derived, and a guess: nobody looks at joints here. A logistic model weighs six proportions of head, torso and legs; its weights were
fitted on rendered frames by `python -m benchmarks.posture`, which also measures it on others.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from domain.labels import LEGS, LOWER_GARMENTS, SHOES, UPPER_GARMENTS, BodyPart
from domain.parsing import PersonView

Posture: TypeAlias = Literal["seated_likely", "upright_likely", "unknown"]
"""`unknown` also where the border of the picture cuts somebody, or too little of them is seen."""

Proportions: TypeAlias = npt.NDArray[np.float64]
"""Shape (6,): height of the legs below the torso to that of torso and head, as a logarithm; height of the person's pixels to their
width, as a logarithm; width of the legs to that of the torso; how far the legs reach up beside the torso, how far their middle lies
below its middle, and beside it, each to the height of torso and head."""

WEIGHTS = (-0.44, -1.53, 0.32, -0.02, -0.45, 2.61)
OFFSET = 0.45
"""Fitted on true labels and on what `lite` sees, with as much weight on those who sit as on all others."""

SEATED, UPRIGHT = 0.6, 0.4
"""Seated from this confidence on, upright below that; in between nothing is said."""

_HEAD = (BodyPart.HAT, BodyPart.HAIR, BodyPart.FACE, BodyPart.SUNGLASSES)
_TORSO = (*UPPER_GARMENTS, BodyPart.TORSO_SKIN, BodyPart.SCARF)
_LOWER = (*LOWER_GARMENTS, *LEGS, *SHOES, BodyPart.SOCKS)
_REGIONS = np.zeros(256, np.uint8)
for _number, _parts in enumerate((_HEAD, _TORSO, _LOWER), start=1):
    _REGIONS[list(_parts)] = _number

_LOWEST = 40
"""Pixels: who is lower is too small to tell."""

_CUT_AWAY = 0.03
"""Of a region's pixels, at either end: what is farther out is an outlier."""


@dataclass(frozen=True, slots=True)
class PostureSeen:
    """What is said of somebody.

    Attributes:
        value: In a word.
        confidence: 0 to 1, as if as many sat as did not; 0 where nothing is said.
    """

    value: Posture
    confidence: float


UNKNOWN = PostureSeen("unknown", 0.0)


@dataclass(frozen=True, slots=True)
class _Extent:
    top: float
    bottom: float
    left: float
    right: float
    row: float
    column: float


def posture_of(view: PersonView, size: tuple[int, int]) -> PostureSeen:
    """Whether this person sits.

    Args:
        view: The person, cut out of a parsed frame.
        size: Height and width of the frame, pixels.
    """
    if is_cut(view, size):
        return UNKNOWN
    seen = proportions(view)
    if seen is None:
        return UNKNOWN
    seated = 1 / (1 + math.exp(-float(seen @ np.array(WEIGHTS) + OFFSET)))
    if seated >= SEATED:
        return PostureSeen("seated_likely", seated)
    return PostureSeen("upright_likely", 1 - seated) if seated < UPRIGHT else UNKNOWN


def proportions(view: PersonView) -> Proportions | None:
    """What the model weighs; None where the person is small, or head or torso is not seen."""
    height, width = view.mask.shape
    if height < _LOWEST or not width:
        return None
    # Takes a third of the time of `_REGIONS[view.labels]`, or less.
    regions = _REGIONS.take(view.labels) * view.mask
    head, torso = (_extent(regions == number) for number in (1, 2))
    if head is None or torso is None:
        return None
    # Hidden legs are legs of no height at the lower end of the torso.
    legs = _extent(regions == 3) or _Extent(
        torso.bottom, torso.bottom, torso.left, torso.right, torso.bottom, torso.column
    )
    upper = max(1.0, torso.bottom - head.top)
    return np.array(
        [
            math.log(max(0.0, legs.bottom - torso.bottom) / upper + 0.1),
            math.log(height / width),
            (legs.right - legs.left) / max(1.0, torso.right - torso.left),
            max(0.0, torso.bottom - legs.top) / upper,
            (legs.row - torso.row) / upper,
            abs(legs.column - torso.column) / upper,
        ]
    )


def is_cut(view: PersonView, size: tuple[int, int]) -> bool:
    """Whether the border of the picture may hide a part of them."""
    return view.top <= 0 or view.left <= 0 or view.bottom >= size[0] - 1 or view.right >= size[1] - 1


def _extent(mask: npt.NDArray[np.bool_]) -> _Extent | None:
    rows, columns = mask.sum(axis=1), mask.sum(axis=0)
    number = int(rows.sum())
    if not number:
        return None
    top, bottom = _middle(rows, number)
    left, right = _middle(columns, number)
    row = float(rows @ np.arange(len(rows))) / number
    column = float(columns @ np.arange(len(columns))) / number
    return _Extent(top, bottom, left, right, row, column)


def _middle(counts: npt.NDArray[np.int_], number: int) -> tuple[float, float]:
    """Where it begins and ends, less what is far out."""
    passed = np.cumsum(counts) / number
    return float(np.searchsorted(passed, _CUT_AWAY)), float(np.searchsorted(passed, 1 - _CUT_AWAY) + 1)
