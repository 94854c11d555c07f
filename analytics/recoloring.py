"""A garment in another colour, with the light and the folds that it has."""

import numpy as np

from analytics.cielab import bgr_from_lab, lab_from_bgr
from domain.frame import BgrImage, BoolMask

_LIGHTEST, _DARKEST = 97.0, 3.0
# How much of what is left of a pattern, once light and colour are taken out, stays.
_PATTERN = 0.35


def recolored(image: BgrImage, mask: BoolMask, color: tuple[int, int, int]) -> BgrImage:
    """Give some pixels another colour in CIELAB, and keep their shading.

    Shading multiplies what a surface reflects, and L* is nearly a power of that; so each pixel keeps its ratio to the garment's
    median L*. Its chroma goes along, as that of a surface in shade does. Of differences in a* and b*, which are pattern, a part
    stays.

    Args:
        image: Shape (H, W, 3) uint8 BGR; it is not changed.
        mask: Shape (H, W) bool, the garment.
        color: Blue, green, red, 0 to 255 each: what the garment's middle is to look like.

    Returns:
        A new picture of the same shape.
    """
    result = image.copy()
    pixels = image[mask]
    if not len(pixels):
        return result
    lab = lab_from_bgr(pixels)
    middle = np.median(lab, axis=0)
    wanted = lab_from_bgr(np.array([color], np.uint8))[0]
    # A black garment must not become a white one of noise, so ratios of very dark ones are held back.
    shade = lab[:, 0] / max(float(middle[0]), 12.0)
    lightness = np.clip(max(float(wanted[0]), _DARKEST) * shade, _DARKEST, _LIGHTEST)
    out = np.empty_like(lab)
    out[:, 0] = lightness
    chroma = (lightness / max(float(wanted[0]), _DARKEST))[:, None]
    out[:, 1:] = wanted[1:] * np.minimum(chroma, 1.15) + _PATTERN * (lab[:, 1:] - middle[1:])
    result[mask] = bgr_from_lab(out)
    return result
