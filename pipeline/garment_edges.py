"""Where a garment ends: the outline of a parse, moved to where the picture changes.

A parse is made on a small picture, so its outlines are some pixels off. What is surely the garment, and what is surely not, tell
the colours of either; between the two GrabCut decides (Rother, Kolmogorov and Blake, "GrabCut: interactive foreground extraction
using iterated graph cuts", SIGGRAPH 2004), which OpenCV has.
"""

import cv2
import numpy as np

from analytics.recoloring import Shares
from domain.frame import BgrImage, BoolMask

# How far off an outline may be, as a part of the longer side of the picture.
_OFF = 0.003
_ROUNDS = 2
# The longer side of what is cut, pixels: the time it takes grows with the area.
_LONGEST = 256
# Pixels at an edge are of both sides; so wide is the way from one to the other.
_SIGMA = 0.8


def along_edges(image: BgrImage, mask: BoolMask) -> BoolMask:
    """That garment, with its outline where the picture has one; as it is where it is too small to tell its colours.

    Args:
        image: Shape (H, W, 3) uint8 BGR.
        mask: Shape (H, W) bool, the garment as it was parsed.
    """
    if not mask.any():
        return mask
    off = max(2, round(max(mask.shape) * _OFF))
    rows, columns = (_span(np.asarray(mask.any(axis=axis)), 3 * off) for axis in (1, 0))
    settled = mask.copy()
    settled[rows, columns] = _cut(image[rows, columns], mask[rows, columns].astype(np.uint8), off)
    return settled


def softened(mask: BoolMask) -> Shares:
    """How much of each pixel is of that garment, since a picture goes over from one thing to the next.

    Args:
        mask: Shape (H, W) bool.
    """
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), _SIGMA), np.float32)


def _span(there: BoolMask, around: int) -> slice:
    places = np.flatnonzero(there)
    return slice(max(0, int(places[0]) - around), int(places[-1]) + around + 1)


def _cut(image: BgrImage, mask: cv2.typing.MatLike, off: int) -> BoolMask:
    height, width = mask.shape
    scale = min(1.0, _LONGEST / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    part = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
    reach = max(1, round(off * scale))
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    surely, perhaps = cv2.erode(part, around), cv2.dilate(part, around)
    if not surely.any() or perhaps.all():
        return mask.astype(np.bool_)
    known = np.where(part > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    known[surely > 0], known[perhaps == 0] = cv2.GC_FGD, cv2.GC_BGD
    # It begins with clusters that are drawn by chance.
    cv2.setRNGSeed(1)
    colors = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, known, None, *colors, _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    found = np.isin(known, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5, np.bool_)
