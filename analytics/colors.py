"""The colour of a garment, by name, decided in CIELAB.

A garment is one colour under many lights: folds are lit and shaded, edges blend with the wall behind. So its pixels do
not vote one by one. They are brought to the garment's own brightness as far as shading explains it, the densest colour
among them is sought, and that one colour is named. Patterns, darkness and too few pixels give `unknown` (ADR 0005).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.cielab import LUMINANCE, BgrPixels, LabPixels, LinearPixels, lab_from_linear
from analytics.color_names import NAMES, ColorIndices, name_indices
from analytics.illuminant import Light, lowest
from domain.events import ColorName

_MIN_PIXELS = 24
_MIN_SHARE = 0.45
_WEIGHTS = np.array([0.5, 1, 1], np.float32)  # of L*, a*, b*: what is left of shading is mostly lightness
_SAME_COLOR = 14.0  # distance in weighted CIELAB within which pixels are one colour
_STEPS = 4
_SHADE = 1.3  # octaves around a garment's median luminance that folds explain
_PAINT = 2.6  # octaves beyond which only another paint explains it
_FOLDED, _PRINTED = (
    2.2,
    3.2,
)  # octaves between the darkest and lightest tenth: of folds at most, of prints at least
_FLOOR = 0.01  # luminance; what is darker is as dark as black cloth, and differences there are noise
_HALF_TRUST_PIXELS = 30
_DARK_WHITE = (
    0.06  # luminance of the brightest surfaces, under which a frame is too dark to tell black from anything
)
_BLOWN = 250

# 26 neighbours around a colour: how many of them have the same name says how far it is from the next name.
_Which: TypeAlias = npt.NDArray[np.bool_]

_AROUND = 5 * np.stack(np.meshgrid(*3 * [[-1, 0, 1]]), axis=-1).reshape(27, 3).astype(np.float32)
_MIDDLE = len(_AROUND) // 2


@dataclass(frozen=True, slots=True)
class ColorSeen:
    """The colour of a set of pixels.

    Attributes:
        name: `unknown` where the pixels do not tell.
        share: Part of the pixels that have this colour, 0 to 1; 0 when it is unknown.
        confidence: 0 to 1; 0 when it is unknown.
    """

    name: ColorName
    share: float
    confidence: float


UNKNOWN = ColorSeen("unknown", 0.0, 0.0)


def colors_of(garments: Sequence[BgrPixels], light: Light) -> list[ColorSeen]:
    """Name the colour of each garment; the garments do not influence each other, nor does the order of their pixels.

    The densest colour is found by mean shift with a flat kernel (Comaniciu and Meer, "Mean Shift: A Robust Approach
    Toward Feature Space Analysis", 2002), started at the mean of the most frequent name.

    Args:
        garments: For each shape (N, 3) uint8 BGR, its own pixels without the blended border where there is a choice.
        light: Of the frame.
    """
    if not garments:
        return []
    sizes = [len(pixels) for pixels in garments]
    linear = light.correct(np.concatenate(garments))
    lab = lab_from_linear(_without_shading(linear, sizes))
    names = name_indices(lab)
    ends = np.cumsum(sizes)
    slices = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    modes = [_densest(lab[own], names[own]) for own in slices]
    around = name_indices(np.concatenate([centre + _AROUND for centre, _ in modes])).reshape(-1, len(_AROUND))
    return [
        _judge(pixels, near | (names[own] == neighbours[_MIDDLE]), neighbours, light)
        for pixels, own, (_, near), neighbours in zip(garments, slices, modes, around, strict=True)
    ]


def color_of(pixels: BgrPixels, light: Light) -> ColorSeen:
    """`colors_of` for one garment."""
    return colors_of([pixels], light)[0]


def _judge(pixels: BgrPixels, agree: _Which, around: ColorIndices, light: Light) -> ColorSeen:
    """Name a colour, given which pixels agree on it and the names around it."""
    if len(pixels) < _MIN_PIXELS or light.monochrome:
        return UNKNOWN
    name = NAMES[around[_MIDDLE]]
    share = np.count_nonzero(agree) / len(pixels)
    if share < _MIN_SHARE or (light.white < _DARK_WHITE and name in ("black", "grey")):
        return UNKNOWN
    margin = np.count_nonzero(around == around[_MIDDLE]) / len(around)
    return ColorSeen(name, share, min(1.0, share * margin * _trust(pixels, light)))


def _without_shading(linear: LinearPixels, sizes: list[int]) -> LinearPixels:
    """Bring pixels to their garment's median luminance as far as folds explain the difference.

    Within 1.3 octaves they get the median luminance, beyond 2.6 octaves they stay as they are (a black stripe on white
    is 4 octaves away and is no shadow), and in between something in between, without a jump. Where a garment spans more
    than 2.2 octaves it is believed less and less to be folded, and beyond 3.2 not at all. Shading scales linear light
    and keeps its ratios.
    """
    octaves = np.log2(np.maximum(linear @ LUMINANCE, _FLOOR))
    levels = [_levels(part) for part in np.split(octaves, np.cumsum(sizes)[:-1])]
    octaves -= np.repeat(np.array([median for median, _ in levels], np.float32), sizes)
    folded = np.repeat(np.array([folded for _, folded in levels], np.float32), sizes)
    different = (np.abs(octaves) - _SHADE) / (_PAINT - _SHADE)
    shading = folded * octaves * (1 - np.minimum(np.maximum(different, 0), 1))
    scaled: LinearPixels = linear * np.exp2(-shading)[:, None]
    return scaled


def _levels(octaves: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Median luminance of one garment in octaves, and how far its differences are folds, 0 to 1."""
    if len(octaves) == 0:
        return 0.0, 0.0
    low, middle, high = (len(octaves) * tenths // 10 for tenths in (1, 5, 9))
    ranked = np.partition(octaves, (low, middle, high))
    span = float(ranked[high] - ranked[low])
    return float(ranked[middle]), min(1.0, max(0.0, (_PRINTED - span) / (_PRINTED - _FOLDED)))


def _densest(lab: LabPixels, names: ColorIndices) -> tuple[LabPixels, _Which]:
    """The densest colour, shape (3,), and which pixels are near it."""
    if len(lab) == 0:
        return np.zeros(3, np.float32), np.zeros(0, np.bool_)
    weighted = lab * _WEIGHTS
    near = names == np.bincount(names).argmax()
    count = np.count_nonzero(near)
    centre = _mean(weighted, near)
    for _ in range(_STEPS):
        close = _near(weighted, centre)
        before, count = count, np.count_nonzero(close)
        if count == 0:  # the most frequent name is a ring around an empty middle
            break
        near = close
        centre = _mean(weighted, near)
        if count == before:
            break
    return centre / _WEIGHTS, near


def _mean(lab: LabPixels, chosen: _Which) -> LabPixels:
    mean: LabPixels = chosen.astype(np.float32) @ lab / np.float32(np.count_nonzero(chosen))
    return mean


def _near(lab: LabPixels, centre: LabPixels) -> _Which:
    difference = lab - centre
    result: _Which = np.einsum("ij,ij->i", difference, difference) < _SAME_COLOR**2
    return result


def _trust(pixels: BgrPixels, light: Light) -> float:
    """0 to 1: few pixels, a strong cast, darkness and blown-out light all lower it."""
    enough = len(pixels) / (len(pixels) + _HALF_TRUST_PIXELS)
    exposed = min(1.0, max(0.2, light.white / 0.25))
    blown = np.count_nonzero(lowest(pixels) >= _BLOWN) / len(pixels)
    return enough * exposed * (1 - 0.5 * blown) * (1 - 0.4 * light.cast)
