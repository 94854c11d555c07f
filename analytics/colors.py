"""The colour of a garment, by name, decided in CIELAB.

A garment is one colour under many lights: folds are lit and shaded, edges blend with the wall behind. So its pixels
do not vote one by one. They are brought to the garment's own brightness as far as shading explains it, the densest
colour among them is sought, and that one colour is named. Patterns, darkness and too few pixels give `unknown` (ADR
0005).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.cielab import (
    LUMINANCE,
    BgrPixels,
    LabPixels,
    LinearPixels,
    lab_from_linear,
)
from analytics.color_names import NAMES, ColorIndices, name_indices
from analytics.illuminant import Light, lowest
from domain.events import ColorName

_MIN_PIXELS = 24
_MIN_SHARE = 0.45
_SAME_COLOR = 14.0  # distance in CIELAB, lightness at half weight, within which pixels are one colour
_STEPS = 4
_SHADE = 1.3  # octaves around a garment's median luminance that folds explain
_PAINT = 2.6  # octaves beyond which only another paint explains it
_HALF_TRUST_PIXELS = 60
_DARK_WHITE = (
    0.06  # luminance of the brightest surfaces, under which a frame is too dark to tell black from anything
)
_BLOWN = 250

# 26 neighbours around a colour: how many of them have the same name says how far it is from the next name.
_AROUND = np.array(
    [(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if (x, y, z) != (0, 0, 0)],
    np.float32,
) * np.array([5.0, 5.0, 5.0], np.float32)


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


def color_of(pixels: BgrPixels, light: Light) -> ColorSeen:
    """Name the colour of one garment.

    The order of the pixels does not matter. The densest colour is found by mean shift with a flat kernel (Comaniciu
    and Meer, "Mean
    Shift: A Robust Approach Toward Feature Space Analysis", 2002), started at the mean of the most frequent name.

    Args:
        pixels: Shape (N, 3) uint8 BGR, the garment's own, without its blended border where there is a choice.
        light: Of the frame.
    """
    if len(pixels) < _MIN_PIXELS or light.monochrome:
        return UNKNOWN
    linear = light.correct(pixels)
    lab = lab_from_linear(_without_shading(linear))
    names = name_indices(lab)
    centre, near = _densest(lab, names)
    name = NAMES[int(name_indices(centre[None])[0])]
    share = np.count_nonzero(near | (names == NAMES.index(name))) / len(pixels)
    if share < _MIN_SHARE or (light.white < _DARK_WHITE and name in ("black", "grey")):
        return UNKNOWN
    confidence = share * _margin(centre) * _trust(pixels, light)
    return ColorSeen(name, share, min(1.0, confidence))


def _without_shading(linear: LinearPixels) -> LinearPixels:
    """Bring pixels to the median luminance as far as folds explain the difference.

    Within 1.3 octaves they get the median luminance, beyond 2.6 octaves they stay as they are (a black stripe on
    white is 4 octaves away and is no shadow), and in between something in between, without a jump. Shading scales
    linear light and keeps its ratios.
    """
    luminance = np.maximum(linear @ LUMINANCE, 1e-4)
    middle = len(luminance) // 2
    octaves = np.log2(luminance / np.partition(luminance, middle)[middle])
    kept = octaves * np.clip((np.abs(octaves) - _SHADE) / (_PAINT - _SHADE), 0, 1)
    scaled: LinearPixels = linear * np.exp2(kept - octaves)[:, None].astype(np.float32)
    return scaled


def _densest(lab: LabPixels, names: ColorIndices) -> tuple[LabPixels, npt.NDArray[np.bool_]]:
    """The densest colour, shape (3,), and which pixels are near it."""
    first = int(np.bincount(names, minlength=len(NAMES)).argmax())
    centre = _mean(lab, names == first)
    near = _near(lab, centre)
    count = np.count_nonzero(near)
    for _ in range(_STEPS if count else 0):
        centre = _mean(lab, near)
        near = _near(lab, centre)
        before, count = count, np.count_nonzero(near)
        if count == before:
            break
    return centre, near


def _mean(lab: LabPixels, chosen: npt.NDArray[np.bool_]) -> LabPixels:
    mean: LabPixels = chosen.astype(np.float32) @ lab / np.float32(np.count_nonzero(chosen))
    return mean


def _near(lab: LabPixels, centre: LabPixels) -> npt.NDArray[np.bool_]:
    difference = (lab - centre) * np.array([0.5, 1, 1], np.float32)
    result: npt.NDArray[np.bool_] = np.einsum("ij,ij->i", difference, difference) < _SAME_COLOR**2
    return result


def _margin(centre: LabPixels) -> float:
    """1 well inside a name, about 0.5 at the border to the next."""
    own = name_indices(centre[None])[0]
    return np.count_nonzero(name_indices(centre + _AROUND) == own) / len(_AROUND)


def _trust(pixels: BgrPixels, light: Light) -> float:
    """0 to 1: few pixels, a strong cast, darkness and blown-out light all lower it."""
    enough = len(pixels) / (len(pixels) + _HALF_TRUST_PIXELS)
    exposed = min(1.0, max(0.2, light.white / 0.25))
    blown = np.count_nonzero(lowest(pixels) >= _BLOWN) / len(pixels)
    return enough * exposed * (1 - 0.5 * blown) * (1 - 0.4 * light.cast)
