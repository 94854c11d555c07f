"""Where a person stands: the foot point, from the parse.

Its row is that of the shoes, and its column that of the trunk: of two shoes in a stride one shows more than the other, and the
trunk does not swing. How far upright people lean, by the column they are in, is learnt from where their shoes are on average.
Where shoes are hidden, the row follows from the head and from what the camera has learnt of its perspective: on an even floor, and
without roll, the height of an upright person in the picture is a linear function of the row of the feet (Hoiem, Efros and Hebert,
"Putting Objects in Perspective", 2008). That line is learnt from persons seen whole.
Where a box is all that is known of somebody, `boxed.py` tells.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.boxed import Boxed
from analytics.foot import NO_FOOT, Foot
from analytics.perspective import FeetState, Lean, Perspective
from domain.frame import BoolMask
from domain.labels import LEGS, LOWER_GARMENTS, SHOES, BodyPart
from domain.parsing import UNTRACKED, PersonView

# Pixels of a box that are looked at.
_GRID = 8192
_SHOE, _LEG, _HEAD, _OTHER = 1, 2, 3, 4
# Of a person's visible pixels.
_MIN_SHOES = 0.004
# Of a person's height: lowest part in which shoes stand on the floor, uppermost part in which a head is.
_FEET_ZONE, _HEAD_ZONE = 0.25, 0.3
# Of a person's height, from above: where the trunk is.
_TRUNK = 0.15, 0.5
# Of the ankle, as a part of a person's height (Drillis and Contini, 1966).
_SHOE_HEIGHT = 0.039
# Heights of a head in a body, hair included (Drillis and Contini, 1966, put chin to crown at 0.13 of the height).
_HEADS = 7.7


class FootFinder:
    """Finds the foot points of a stream's persons, and learns its perspective. One thread, frames in order."""

    def __init__(self, state: FeetState | None = None) -> None:
        state = state or FeetState()
        self._perspective, self._lean = Perspective(state.perspective), Lean(state.lean)
        self._boxed = Boxed(self._perspective, state.boxed)

    def find(
        self, persons: Sequence[PersonView], width: int, height: int, track_ids: Sequence[int] = ()
    ) -> list[Foot]:
        """Where they stand, in their order.

        Args:
            persons: Of one frame.
            width: Of the picture, pixels.
            height: The same.
            track_ids: Of each, `UNTRACKED` where there is none; left out where nobody follows them.
        """
        tracks = track_ids or [UNTRACKED] * len(persons)
        feet = [
            self._find(person, (width, height), track) for person, track in zip(persons, tracks, strict=True)
        ]
        self._boxed.forget(tracks)
        return feet

    def snapshot(self) -> FeetState:
        """What was learnt."""
        return FeetState(
            perspective=self._perspective.snapshot(), lean=self._lean.snapshot(), boxed=self._boxed.snapshot()
        )

    def _find(self, person: PersonView, size: tuple[int, int], track_id: int) -> Foot:
        if not person.parsed:
            return self._boxed.foot(person, track_id, size[1])
        foot = self._of(_Figure.of(person), *size)
        self._boxed.learn(person, track_id, foot, size[1])
        return foot

    def _of(self, figure: "_Figure", width: int, height: int) -> Foot:
        cut_below = figure.bottom >= height - 1
        if not figure.pixels:
            return Foot("estimated", figure.middle, figure.bottom, 0.3, figure.tall)
        if figure.shoes is not None and not cut_below:
            beside, y = figure.shoes
            whole = figure.head and figure.top > 0 and figure.left > 0 and figure.right < width
            column = figure.trunk / width
            if whole:
                self._perspective.learn(y / height, (y - figure.top) / height)
                self._lean.learn(column, (beside - figure.trunk) / max(1.0, y - figure.top))
            below = figure.trunk + self._lean.at(column) * (y - figure.top)
            x = beside + (self._lean.trust if whole else 0.5) * (below - beside)
            return Foot("seen", x, y, 0.9 if whole else 0.8, self._height(y, height, figure))
        return self._hidden(figure, height, cut_below=cut_below)

    def _hidden(self, figure: "_Figure", height: int, *, cut_below: bool) -> Foot:
        expected = (
            self._perspective.feet_below(figure.top / height) if figure.top > 0 and figure.head else None
        )
        if expected is not None:
            y = expected * height
            tall = max(1.0, y - figure.top)
            if figure.legs and not cut_below and abs(figure.bottom - y) < 0.1 * tall:
                # Legs end on the floor, or where shoes begin that are not seen.
                y = min(max(y, figure.bottom), figure.bottom + _SHOE_HEIGHT * tall)
                return Foot("seen", figure.middle, y, 0.6, tall)
            y = max(y, figure.bottom)
            # The less of somebody is seen, the less is known of where the rest is.
            seen = min(1.0, figure.tall / tall)
            return Foot("estimated", figure.middle, y, round(0.25 + 0.35 * seen, 3), tall)
        if figure.head and figure.top > 0:
            tall = figure.head_height * _HEADS
            if figure.legs and not cut_below and figure.tall > 0.8 * tall:
                return Foot("seen", figure.middle, figure.bottom, 0.5, figure.tall)
            return Foot(
                "estimated",
                figure.middle,
                max(figure.top + tall, figure.bottom),
                0.25,
                max(tall, figure.tall),
            )
        if figure.legs and not cut_below:
            return Foot(
                "estimated", figure.middle, figure.bottom, 0.4, self._height(figure.bottom, height, figure)
            )
        return NO_FOOT

    def _height(self, y: float, height: int, figure: "_Figure") -> float:
        known = self._perspective.height_at(y / height)
        return max(figure.tall, known * height) if known is not None else figure.tall


@dataclass(frozen=True, slots=True)
class _Figure:
    """What of a person tells where the feet are; pixels of the picture.

    Attributes:
        top, bottom, left, right: Of the visible pixels.
        pixels: How many are visible.
        shoes: Between the shoes, on the floor; None where they are not seen.
        legs: Whether legs reach the lowest part of what is seen.
        head: Whether a head is at the top.
        head_height: Of that head.
        middle: Column of the upper part.
        trunk: Column of the trunk.
    """

    top: float
    bottom: float
    left: float
    right: float
    pixels: int
    shoes: tuple[float, float] | None
    legs: bool
    head: bool
    head_height: float
    middle: float
    trunk: float

    @property
    def tall(self) -> float:
        """Of what is seen."""
        return max(1.0, self.bottom - self.top)

    @classmethod
    def of(cls, person: PersonView) -> "_Figure":
        """Look at one person; where no pixel is left, nothing but the box is known."""
        middle = (person.left + person.right) / 2
        boxed = cls(
            person.top, person.bottom, person.left, person.right, 0, None, False, False, 0.0, middle, middle
        )
        step = max(1, math.ceil(math.sqrt(person.labels.size / _GRID)))
        kinds = _KINDS.take(person.labels[::step, ::step]) * person.mask[::step, ::step]
        rows, columns = _extent(kinds > 0)
        if rows is None or columns is None:
            return boxed
        kinds = kinds[rows, columns]
        top, left = person.top + rows.start * step, person.left + columns.start * step
        tall = kinds.shape[0]
        counts = np.bincount(kinds.reshape(-1), minlength=5)
        feet = kinds[int(tall * (1 - _FEET_ZONE)) :]
        heads = kinds[: max(1, int(tall * _HEAD_ZONE))] == _HEAD
        head_rows, _ = _extent(heads)
        upper = np.flatnonzero((kinds[: max(1, tall // 2)] > 0).any(axis=0))
        return cls(
            top=top,
            bottom=min(person.bottom, top + tall * step),
            left=left,
            right=min(person.right, left + kinds.shape[1] * step),
            pixels=int(counts[1:].sum()),
            shoes=_between_shoes(kinds, counts, step, (left, top)),
            legs=bool(np.count_nonzero(feet == _LEG) > 0.3 * np.count_nonzero(feet)),
            head=head_rows is not None,
            head_height=float((head_rows.stop - head_rows.start) * step) if head_rows is not None else 0.0,
            middle=left + (float(upper[0] + upper[-1] + 1) / 2) * step,
            trunk=left + _middle_column(kinds[int(tall * _TRUNK[0]) : max(1, int(tall * _TRUNK[1]))]) * step,
        )


def _between_shoes(
    kinds: npt.NDArray[np.uint8], counts: npt.NDArray[np.intp], step: int, corner: tuple[float, float]
) -> tuple[float, float] | None:
    if counts[_SHOE] < max(2, _MIN_SHOES * counts[1:].sum()):
        return None
    from_row = int(kinds.shape[0] * (1 - _FEET_ZONE))
    shoes = kinds[from_row:] == _SHOE
    by_row, by_column = shoes.sum(axis=1), shoes.sum(axis=0)
    count = int(by_row.sum())
    if count < max(2, _MIN_SHOES * counts[1:].sum()):
        return None
    columns = np.flatnonzero(by_column)
    x = float(columns[0] + columns[-1]) / 2
    mean = float(by_row @ np.arange(len(by_row))) / count
    lowest = float(np.flatnonzero(by_row)[-1])
    return corner[0] + (x + 0.5) * step, corner[1] + (from_row + (mean + lowest) / 2 + 0.5) * step


def _middle_column(kinds: npt.NDArray[np.uint8]) -> float:
    """On average, of all pixels that are somebody's; the middle where there is none."""
    by_column = np.count_nonzero(kinds, axis=0)
    count = int(by_column.sum())
    return float(by_column @ np.arange(len(by_column))) / count + 0.5 if count else kinds.shape[1] / 2


def _extent(mask: BoolMask) -> tuple[slice, slice] | tuple[None, None]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None, None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _kinds() -> npt.NDArray[np.uint8]:
    """A table from `BodyPart` to what it tells; what is no known part tells as much as the rest of the body."""
    table = np.full(256, _OTHER, np.uint8)
    table[[*SHOES, BodyPart.SOCKS]] = _SHOE
    table[[*LEGS, *LOWER_GARMENTS]] = _LEG
    table[[BodyPart.HAT, BodyPart.HAIR, BodyPart.FACE]] = _HEAD
    return table


_KINDS = _kinds()
