"""What the parser knows about persons beyond their boxes: their outlines and the colours of their clothes, in few numbers.

Each person's box is looked at in the same number of places, in a grid, so near and far persons cost the same.
"""

from dataclasses import dataclass

import numpy as np

from analytics.cielab import lab_from_linear, linear_light
from domain.frame import BoolMask, Frame, LabelMap
from domain.labels import LOWER_GARMENTS, SHOES, SKIN, UPPER_GARMENTS, BodyPart
from domain.parsing import ParsedFrame
from pipeline.tracking.assignment import Indices
from pipeline.tracking.kalman import Floats

ROWS, COLUMNS = 24, 12
"""Of the grid."""

PLACES = ROWS * COLUMNS

_DOWN = (np.arange(ROWS) + 0.5) / ROWS - 0.5
_ACROSS = (np.arange(COLUMNS) + 0.5) / COLUMNS - 0.5

_PARTS: tuple[tuple[BodyPart, ...], ...] = (
    (BodyPart.HAT, BodyPart.HAIR),
    UPPER_GARMENTS,
    LOWER_GARMENTS,
    SKIN,
    SHOES,
    (BodyPart.BAG,),
)
"""Parts whose colours are remembered each by itself. A parser that now sees a coat and now a shirt changes nothing."""

PARTS = len(_PARTS)

# How far each of these parts tells people apart.
_TELLS = np.array([1.0, 1.0, 1.0, 0.7, 0.5, 0.5])
_PART_OF = np.full(256, PARTS, np.intp)
for _number, _labels in enumerate(_PARTS):
    _PART_OF[list(_labels)] = _number

# Weight of L*: people walk from light into shade.
_LIGHTNESS = 0.5
# Distance in weighted CIELAB from which colours are wholly different.
_OTHER = 40.0
# How different those are of whom nothing is known.
_UNKNOWN = 0.3
# Share of the outline from which everything is known.
_KNOWN = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Silhouettes:
    """Outlines and colours of N persons.

    Attributes:
        boxes: Shape (N, 4): column and row of the centre, width, height, pixels: where the outline was seen.
        outlines: Shape (N, PLACES) bool: whether the person is seen at each place of the grid over its box, row by row.
        colors: Shape (N, PARTS, 3) float64: mean colour of each part, CIELAB with half the lightness.
        weights: Shape (N, PARTS) float64: how much the part tells, 0 to 1; 0 where it is not seen.
    """

    boxes: Floats
    outlines: BoolMask
    colors: Floats
    weights: Floats

    @property
    def areas(self) -> Floats:
        """Shape (N,): what is seen of each person, pixels."""
        return np.asarray(np.count_nonzero(self.outlines, axis=1) * _pixels_per_place(self.boxes))

    def of_persons(self, which: Indices) -> "Silhouettes":
        """Some of them, by position."""
        return Silhouettes(self.boxes[which], self.outlines[which], self.colors[which], self.weights[which])

    @classmethod
    def of(cls, frame: Frame, parsed: ParsedFrame) -> "Silhouettes":
        """Those of a parsed frame, in the order of the persons."""
        corners = parsed.boxes.astype(np.float64)
        boxes = np.concatenate(
            [(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1
        )
        count = len(boxes)
        places, inside = _places(boxes, parsed.person_ids.shape)
        own = np.arange(1, count + 1, dtype=np.int16)[:, None]
        outlines = inside & (parsed.person_ids.ravel().take(places) == own)
        seen = np.flatnonzero(outlines)
        pixels = places.ravel()[seen]
        part = seen // PLACES * (PARTS + 1) + _PART_OF[parsed.labels.ravel().take(pixels)]
        light = linear_light(frame.image.reshape(-1, 3).take(pixels, axis=0))
        bins = count * (PARTS + 1)
        counts = np.bincount(part, minlength=bins).reshape(count, PARTS + 1)[:, :PARTS]
        sums = np.stack([np.bincount(part, light[:, channel], bins) for channel in range(3)], axis=1)
        means = sums.reshape(count, PARTS + 1, 3)[:, :PARTS] / np.maximum(counts, 1)[:, :, None]
        colors = lab_from_linear(means.reshape(-1, 3).astype(np.float32)).astype(np.float64)
        colors[:, 0] *= _LIGHTNESS
        most = np.maximum(np.count_nonzero(outlines, axis=1), 1)[:, None]
        return cls(boxes, outlines, colors.reshape(count, PARTS, 3), counts / most * _TELLS)


def outline_overlaps(known: Silhouettes, shifts: Floats, seen: Silhouettes, person_ids: LabelMap) -> Floats:
    """Overlap (IoU) of outlines moved along with the persons that are seen now.

    Args:
        known: T outlines as they were seen last.
        shifts: Shape (T, 2): columns and rows that each has moved since, pixels.
        seen: The N persons of this frame.
        person_ids: Shape (H, W) uint8, of this frame.

    Returns:
        Shape (T, N), 0 to 1.
    """
    moved = known.boxes.copy()
    moved[:, :2] += shifts
    places, inside = _places(moved, person_ids.shape)
    there = np.flatnonzero(known.outlines & inside)
    met = there // PLACES * 256 + person_ids.ravel().take(places.ravel()[there])
    counts = np.bincount(met, minlength=256 * len(moved)).reshape(-1, 256)[:, 1 : len(seen.boxes) + 1]
    both = counts * _pixels_per_place(moved)[:, None]
    either = known.areas[:, None] + seen.areas[None] - both
    return np.asarray(both / np.maximum(either, 1.0))


def color_differences(known: Silhouettes, seen: Silhouettes) -> Floats:
    """How differently persons are dressed, part by part: shape (T, N), 0 is alike, 1 is wholly different."""
    off = known.colors[:, None] - seen.colors[None]
    apart = np.sqrt(np.einsum("tnpc,tnpc->tnp", off, off))
    weights = np.minimum(known.weights[:, None], seen.weights[None])
    told = weights.sum(axis=-1)
    different = np.einsum("tnp,tnp->tn", weights, np.minimum(apart / _OTHER, 1))
    untold = np.maximum(_KNOWN - told, 0)
    return np.asarray((different + _UNKNOWN * untold) / np.maximum(told, _KNOWN))


def remembered(known: Silhouettes, seen: Silhouettes, share: Floats) -> Silhouettes:
    """T persons who are seen again: the outlines of now, and colours in which the past fades exponentially.

    Who is half hidden now changes less of what is remembered.

    Args:
        known: T persons as they are remembered.
        seen: The same as they are seen now, in the same order.
        share: Shape (T,): how much of the colours is of now, 0 to 1, of somebody wholly seen.
    """
    visible = np.minimum(seen.areas / np.maximum(known.areas, 1.0), 1.0)
    now = (share * visible)[:, None]
    new, old = now * seen.weights, (1 - now) * known.weights
    fresh = new / np.maximum(new + old, 1e-9)
    colors = known.colors + fresh[:, :, None] * (seen.colors - known.colors)
    return Silhouettes(seen.boxes, seen.outlines, colors, new + old)


def _places(boxes: Floats, shape: tuple[int, ...]) -> tuple[Indices, BoolMask]:
    """Positions in the flattened picture of every place of every grid, shape (N, PLACES), and whether they are in the picture."""
    height, width = shape
    rows = np.floor(boxes[:, 1:2] + _DOWN * boxes[:, 3:4]).astype(np.intp)
    columns = np.floor(boxes[:, 0:1] + _ACROSS * boxes[:, 2:3]).astype(np.intp)
    in_rows, in_columns = (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
    inside = in_rows[:, :, None] & in_columns[:, None, :]
    places = (rows * in_rows * width)[:, :, None] + (columns * in_columns)[:, None, :]
    return places.reshape(-1, PLACES), inside.reshape(-1, PLACES)


def _pixels_per_place(boxes: Floats) -> Floats:
    return np.asarray(boxes[:, 2] * boxes[:, 3] / PLACES)
