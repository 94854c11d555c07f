"""A garment in another colour, with the light and the folds that it has."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.cielab import BgrPixels, bgr_from_lab, lab_from_bgr
from domain.frame import BgrImage

Shares: TypeAlias = npt.NDArray[np.float32]
"""Shape (H, W) float32: how much of each pixel something is, 0 to 1."""

_LIGHTEST, _DARKEST = 97.0, 3.0
# How much of what is left of a pattern, once light and colour are taken out, stays.
_PATTERN = 0.35
# What is so much lighter than the middle is hardly shading any more: skin or background that was taken for the garment, or print.
_LIT, _BEYOND = 1.4, 0.2
# Where chroma has followed light so far, it falls again.
_RICHEST = 1.15
_FAINTEST = 0.02


def recolored(image: BgrImage, shares: Shares, color: tuple[int, int, int]) -> BgrImage:
    """Give some pixels another colour in CIELAB, and keep their shading.

    Shading multiplies what a surface reflects, and L* is nearly a power of that; so each pixel keeps its ratio to the garment's
    median L*. Its chroma goes along, as that of a surface in shade does, and falls again towards white. Of differences in a* and
    b*, which are pattern, a part stays.

    Args:
        image: Shape (H, W, 3) uint8 BGR; it is not changed.
        shares: One garment of one person; of a pixel that is so much of it, so much gets the colour.
        color: Blue, green, red, 0 to 255 each: what the garment's middle is to look like.

    Returns:
        A new picture of the same shape.
    """
    mostly, near = shares >= 0.5, shares > _FAINTEST
    result = image.copy()
    if mostly.any():
        part = shares[near][:, None]
        painted = _painted(image[near], image[mostly], color)
        result[near] = np.rint(part * painted + (1 - part) * image[near])
    return result


def _painted(pixels: BgrPixels, garment: BgrPixels, color: tuple[int, int, int]) -> BgrPixels:
    """Those pixels in another colour, by what the middle of the garment's is."""
    lab = lab_from_bgr(pixels)
    middle = np.median(lab_from_bgr(garment), axis=0)
    wanted = lab_from_bgr(np.array([color], np.uint8))[0]
    # A black garment must not become a white one of noise, so ratios of very dark ones are held back.
    shade = lab[:, 0] / max(float(middle[0]), 12.0)
    shade = np.where(shade > _LIT, _LIT + _BEYOND * (shade - _LIT), shade)
    middling = max(float(wanted[0]), _DARKEST)
    knee = min(_RICHEST * middling, _LIGHTEST)
    lightness = np.clip(middling * shade, _DARKEST, _LIGHTEST)
    out = np.empty_like(lab)
    out[:, 0] = lightness
    # Towards white, no screen shows as much chroma, and what is cut off there would be another hue.
    towards_white = knee / middling * (100 - lightness) / (100 - knee)
    chroma = np.minimum(np.minimum(lightness, knee) / middling, towards_white)[:, None]
    out[:, 1:] = chroma * (wanted[1:] + _PATTERN * (lab[:, 1:] - middle[1:]))
    return bgr_from_lab(out)
