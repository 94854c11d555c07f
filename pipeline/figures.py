"""The persons of a frame as overlays draw them, from the farthest to the nearest, and a sample of their pixels."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from domain.events import FrameObserved, GarmentSeen, PersonObserved
from domain.frame import Frame, LabelMap
from domain.labels import GARMENTS, SHOES, BodyPart
from domain.parsing import ParsedFrame, PersonView
from domain.rendering import CoveredFrame
from pipeline.captions import Rect
from pipeline.palette import Bgr, name_color, track_color

# Pixels of a box that are looked at.
_SAMPLE = 2000

PARTS_OF = {part.label: SHOES if part == BodyPart.SHOE else (part,) for part in GARMENTS}
"""What the parser calls a garment, by its name in events."""


@dataclass(frozen=True, eq=False)
class Figure:
    """One person.

    Attributes:
        view: Label map and mask.
        observed: Track and garments.
    """

    view: PersonView
    observed: PersonObserved

    @property
    def box(self) -> Rect:
        """In whole pixels of the frame."""
        return Rect(self.view.left, self.view.top, self.view.right, self.view.bottom)

    @property
    def color(self) -> Bgr:
        """Of the track."""
        return track_color(self.observed.track_id)

    def shown_colors(self, frame: CoveredFrame, worn: Sequence[GarmentSeen]) -> list[Bgr]:
        """The median colour of each garment as the picture shows it; where it shows none, the colour that is named.

        Args:
            frame: The picture. Pixels that are covered do not tell a colour.
            worn: The garments.
        """
        if not worn:
            return []
        parts, pixels = self._parts, frame.image[self.view.window][self._grid].reshape(-1, 3)
        if frame.hidden is not None:
            parts = parts * ~frame.hidden[self.view.window][self._grid]
        parts = parts.reshape(-1)
        return [_median(pixels, parts, garment) for garment in worn]

    def part_pixels(self) -> npt.NDArray[np.intp]:
        """Shape (256,): about how many pixels of each `BodyPart` this person has."""
        return np.bincount(self._parts.reshape(-1), minlength=256) * self._step**2

    @cached_property
    def _parts(self) -> LabelMap:
        """Parts of this person in the sample, 0 beside them."""
        return self.view.labels[self._grid] * self.view.mask[self._grid]

    @cached_property
    def _step(self) -> int:
        return max(1, round(math.sqrt(self.view.mask.size / _SAMPLE)))

    @cached_property
    def _grid(self) -> tuple[slice, slice]:
        every = slice(self._step // 2, None, self._step)
        return every, every


def figures_of(frame: Frame, parsed: ParsedFrame, observed: FrameObserved) -> list[Figure]:
    """The persons from the farthest to the nearest (the lower a box ends, the nearer), whatever their numbers.

    Raises:
        ValueError: The three do not belong together.
    """
    size = frame.height, frame.width
    if parsed.labels.shape != size:
        raise ValueError(f"label maps must have the frame's size {size}, got {parsed.labels.shape}")
    if len(parsed) != len(observed.persons):
        raise ValueError(f"observed must have {len(parsed)} persons, got {len(observed.persons)}")
    pairs = zip(parsed.persons(), observed.persons, strict=True)
    return sorted((Figure(view, person) for view, person in pairs if view.mask.size), key=_nearness)


def parts_in_view(figures: Iterable[Figure]) -> list[BodyPart]:
    """Parts of at least one pixel in 300 of the persons, so that a few stray pixels do not make the legend flicker."""
    counts = np.zeros(256, np.intp)
    for figure in figures:
        counts += figure.part_pixels()
    counts[BodyPart.BACKGROUND] = 0
    least = counts.sum() / 300
    return [part for part in BodyPart if counts[part] > least]


def _nearness(figure: Figure) -> tuple[int, int, int, int, int]:
    view, track = figure.view, figure.observed.track_id
    return view.bottom, view.top, view.left, view.right, -1 if track is None else track


def _median(pixels: npt.NDArray[np.uint8], parts: npt.NDArray[np.uint8], garment: GarmentSeen) -> Bgr:
    own_parts = PARTS_OF[garment.part]
    is_own = parts == own_parts[0] if len(own_parts) == 1 else np.isin(parts, own_parts)
    whose = np.flatnonzero(is_own)
    if not len(whose):
        return name_color(garment.color)
    # Some forty of them, evenly spread, tell it as well as all.
    own = pixels[whose[:: 1 + len(whose) // 40]]
    own.sort(axis=0)
    blue, green, red = own[len(own) // 2].tolist()
    return blue, green, red
