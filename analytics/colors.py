"""The colour of a garment, by name, decided in CIELAB.

A garment is one colour under many lights: folds are lit and shaded, edges blend with the wall behind. So its pixels do
not vote one by one. They are brought to the garment's own brightness as far as shading explains it, the densest colour
among them is sought, and that one colour is named. Patterns, darkness, too few pixels, and names that are not probable enough
(`analytics.color_trust`) give `unknown` (ADR 0005).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.cielab import LUMINANCE, BgrPixels, LabPixels, LinearPixels, lab_from_linear
from analytics.color_names import NAMES, ColorIndices, name_indices
from analytics.color_trust import Column, Evidence, Wearer, shipped
from analytics.illuminant import Light, highest, lowest
from domain.events import ColorName

_MIN_PIXELS = 24
_MIN_SHARE = 0.45
# Of L*, a*, b*: what is left of shading is mostly lightness.
_WEIGHTS = np.array([0.5, 1, 1], np.float32)
# Distance in weighted CIELAB within which pixels are one colour.
_SAME_COLOR = 14.0
_STEPS = 3
# Octaves around a garment's median luminance that folds explain, and beyond which only another paint explains it.
_SHADE, _PAINT = 1.3, 2.6
# Octaves between the darkest and lightest tenth: of folds at most, of prints at least.
_FOLDED, _PRINTED = 2.2, 3.2
# Luminance; what is darker is as dark as black cloth, and differences there are noise.
_FLOOR = 0.01
# Luminance of the brightest surfaces, under which a frame is too dark to tell black from anything.
_DARK_WHITE = 0.06
_BLOWN = 250
# Codes; darker pixels are mostly noise and offset.
_DARK = 24

# 26 neighbours around a colour: how many of them have the same name says how far it is from the next name.
_Which: TypeAlias = npt.NDArray[np.bool_]

_AROUND = 5 * np.stack(np.meshgrid(*3 * [[-1, 0, 1]]), axis=-1).reshape(27, 3).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Cloth:
    """Pixels of one garment, and what else bears on how far its colour is to be trusted.

    Attributes:
        pixels: Shape (N, 3) uint8 BGR: some of its own, without the blended border where there is a choice.
        area: Of all its pixels in the frame.
        wearer: Whose it is.
    """

    pixels: BgrPixels
    area: int
    wearer: Wearer


@dataclass(frozen=True, slots=True)
class ColorSeen:
    """The colour of a set of pixels.

    Attributes:
        name: `unknown` where the pixels do not tell.
        share: Part of the pixels that have this colour, 0 to 1; 0 when it is unknown.
        confidence: How probably the name is right, 0 to 1; 0 when it is unknown.
        guess: The name that one would guess, for a vote over many frames; `unknown` where there is nothing to guess.
        probable: How probably the guess is right, 0 to 1.
    """

    name: ColorName
    share: float
    confidence: float
    guess: ColorName = "unknown"
    probable: float = 0.0


UNKNOWN = ColorSeen("unknown", 0.0, 0.0)


def colors_of(garments: Sequence[Cloth], light: Light) -> list[ColorSeen]:
    """Name the colour of each garment; the garments do not influence each other, nor does the order of their pixels.

    The densest colour is found by mean shift with a flat kernel (Comaniciu and Meer, "Mean Shift: A Robust Approach
    Toward Feature Space Analysis", 2002), started at the mean of the most frequent name. All garments are worked on
    at once, because for some hundred pixels NumPy's calls cost more than its arithmetic.

    Args:
        garments: Their pixels.
        light: Of the frame.
    """
    seen = [UNKNOWN] * len(garments)
    told = evident(garments)
    if told and not light.monochrome:
        evidence = evidence_of([garments[place] for place in told], light)
        probable = shipped().probabilities(evidence)
        for place, index, share, sure in zip(told, evidence.names, evidence.share, probable, strict=True):
            seen[place] = _judge(NAMES[index], float(share), round(float(sure), 6), light)
    return seen


def evident(garments: Sequence[Cloth]) -> list[int]:
    """Positions of those with pixels enough to say anything."""
    return [place for place, cloth in enumerate(garments) if len(cloth.pixels) >= _MIN_PIXELS]


def evidence_of(garments: Sequence[Cloth], light: Light) -> Evidence:
    """The most likely name of each garment, at least one, and what it rests on, whether it is to be trusted or not."""
    rail = _Rail.of([cloth.pixels for cloth in garments])
    lab = lab_from_linear(_without_shading(light.correct(rail.pixels), rail))
    names = name_indices(lab)
    centres, near = _densest(lab, names, rail)
    own = name_indices(centres)
    share_of = np.bincount(rail.owner * len(NAMES) + names, minlength=len(rail.sizes) * len(NAMES))
    apart = (lab - centres[rail.owner]) * _WEIGHTS
    distances = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    return Evidence(
        names=own,
        lightness=np.asarray(centres[:, 0], np.float64),
        chroma=np.hypot(centres[:, 1], centres[:, 2]).astype(np.float64),
        area=np.array([cloth.area for cloth in garments], np.float64),
        share=rail.part(near | (names == own[rail.owner])),
        margin=_same_around(centres, own, 1),
        wide_margin=_same_around(centres, own, 2),
        spread=np.add.reduceat(distances, rail.starts, dtype=np.float64) / rail.sizes,
        second=np.sort(share_of.reshape(-1, len(NAMES)), axis=1)[:, -2] / rail.sizes,
        dark=rail.part(highest(rail.pixels) < _DARK),
        blown=rail.part(lowest(rail.pixels) >= _BLOWN),
        wearers=[cloth.wearer for cloth in garments],
        white=light.white,
        cast=light.cast,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rail:
    """The pixels of several garments, none of them empty, one garment after the other.

    Attributes:
        pixels: Shape (N, 3).
        sizes, starts: Shape (G,), pixels of each garment, and where its first one is.
        owner: Shape (N,), the garment of each pixel.
    """

    pixels: BgrPixels
    sizes: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]
    owner: npt.NDArray[np.intp]

    @classmethod
    def of(cls, garments: list[BgrPixels]) -> "_Rail":
        sizes = np.array([len(pixels) for pixels in garments])
        owner = np.repeat(np.arange(len(sizes)), sizes)
        return cls(np.concatenate(garments), sizes, np.cumsum(sizes) - sizes, owner)

    def count(self, which: _Which) -> npt.NDArray[np.intp]:
        """How many of those pixels each garment has, shape (G,)."""
        return np.add.reduceat(which, self.starts, dtype=np.intp)

    def part(self, which: _Which) -> Column:
        """Which part of each garment's pixels those are, shape (G,)."""
        return np.asarray(self.count(which) / self.sizes)


def _same_around(centres: LabPixels, own: ColorIndices, steps: int) -> Column:
    """Which part of 27 colours, in and around each centre, has its name, shape (G,); around are so many steps of 5."""
    around = name_indices((centres[:, None] + steps * _AROUND).reshape(-1, 3)).reshape(-1, len(_AROUND))
    return np.asarray(np.mean(around == own[:, None], axis=1))


def _judge(name: ColorName, share: float, probable: float, light: Light) -> ColorSeen:
    too_dark = light.white < _DARK_WHITE and name in ("black", "grey")
    if too_dark or share < _MIN_SHARE:
        return UNKNOWN
    if probable < shipped().least:
        return replace(UNKNOWN, guess=name, probable=probable)
    return ColorSeen(name, share, probable, name, probable)


def _without_shading(linear: LinearPixels, rail: _Rail) -> LinearPixels:
    """Bring pixels to their garment's median luminance as far as folds explain the difference.

    Within 1.3 octaves they get the median luminance, beyond 2.6 octaves they stay as they are (a black stripe on white
    is 4 octaves away and is no shadow), and in between something in between, without a jump. Where a garment spans more
    than 2.2 octaves it is believed less and less to be folded, and beyond 3.2 not at all. Shading scales linear light
    and keeps its ratios.
    """
    octaves = np.log2(np.maximum(linear @ LUMINANCE, _FLOOR))
    levels = np.array([_levels(part) for part in np.split(octaves, rail.starts[1:])], np.float32)[rail.owner]
    octaves -= levels[:, 0]
    different = (np.abs(octaves) - _SHADE) / (_PAINT - _SHADE)
    shading = levels[:, 1] * octaves * (1 - np.minimum(np.maximum(different, 0), 1))
    scaled: LinearPixels = linear * np.exp2(-shading)[:, None]
    return scaled


def _levels(octaves: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Median luminance of one garment in octaves, and how far its differences are folds, 0 to 1."""
    low, middle, high = (len(octaves) * tenths // 10 for tenths in (1, 5, 9))
    ranked = np.partition(octaves, (low, middle, high))
    span = float(ranked[high] - ranked[low])
    return float(ranked[middle]), min(1.0, max(0.0, (_PRINTED - span) / (_PRINTED - _FOLDED)))


def _densest(lab: LabPixels, names: ColorIndices, rail: _Rail) -> tuple[LabPixels, _Which]:
    """The densest colour of each garment, shape (G, 3), and which pixels are near the one of their garment."""
    weighted = lab * _WEIGHTS
    votes = np.bincount(rail.owner * len(NAMES) + names, minlength=len(rail.sizes) * len(NAMES))
    near = names == votes.reshape(-1, len(NAMES)).argmax(axis=1)[rail.owner]
    centres = _means(weighted, near, rail)
    for _ in range(_STEPS):
        difference = weighted - centres[rail.owner]
        close = np.einsum("ij,ij->i", difference, difference) < _SAME_COLOR**2
        # The most frequent name can be a ring around an empty middle: then it stays.
        near = np.where((rail.count(close) > 0)[rail.owner], close, near)
        centres = _means(weighted, near, rail)
    return centres / _WEIGHTS, near


def _means(lab: LabPixels, chosen: _Which, rail: _Rail) -> LabPixels:
    sums = np.add.reduceat(lab * chosen[:, None], rail.starts, axis=0, dtype=np.float64)
    means: LabPixels = (sums / rail.count(chosen)[:, None]).astype(np.float32)
    return means
