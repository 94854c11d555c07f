"""How much a view of somebody promises to tell: its size, how much is hidden, how sharp it is. Without parsing anything."""

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage, Boxes

Qualities = npt.NDArray[np.float64]
"""Shape (N,), pixels of height, less what is hidden or blurred."""

# Pixels of height beyond which no more is told.
_ENOUGH = 384.0
# What is left of a view for each border of the picture that cuts it.
_CUT = 0.75
# Pixels from the border.
_AT_BORDER = 2.0
# Pixels of height that sharpness is measured at.
_SHARPNESS_ROWS = 96


def sizes(boxes: Boxes, size: tuple[int, ...]) -> Qualities:
    """Heights of what is seen of each person, as if all were sharp.

    Whoever stands lower in the picture is nearer, and hides what is behind.

    Args:
        boxes: Shape (N, 4).
        size: Height and width of the picture.
    """
    heights = np.minimum(boxes[:, 3] - boxes[:, 1], _ENOUGH).astype(np.float64)
    borders = (boxes[:, 0] <= _AT_BORDER).astype(int) + (boxes[:, 1] <= _AT_BORDER)
    borders += (boxes[:, 2] >= size[1] - _AT_BORDER).astype(int) + (boxes[:, 3] >= size[0] - _AT_BORDER)
    return np.asarray(heights * (1 - hidden(boxes)) * _CUT**borders)


def hidden(boxes: Boxes) -> Qualities:
    """Which part of each box the nearer one covers that covers most of it, 0 to 1, shape (N,)."""
    if not len(boxes):
        return np.zeros(0)
    nearer = boxes[None, :, 3] > boxes[:, None, 3]
    return np.asarray((_shared(boxes, boxes) * nearer).max(axis=1) / _areas(boxes), np.float64)


def shares(boxes: Boxes, others: Boxes) -> Qualities:
    """How much of the smaller of two boxes the other covers, 0 to 1, shape (N, M)."""
    smaller = np.minimum(_areas(boxes)[:, None], _areas(others)[None])
    return np.asarray(_shared(boxes, others) / smaller, np.float64)


def sharpness(image: BgrImage, box: Boxes) -> float:
    """How sharp that piece of the picture is: mean strength of its edges against its contrast.

    Measured at a small size, so that it says the same of near and far, and noise counts little.

    Args:
        image: Shape (H, W, 3) uint8 BGR.
        box: Shape (4,), within the picture.
    """
    left, top, right, bottom = (round(float(side)) for side in box)
    piece = image[top : max(bottom, top + 2), left : max(right, left + 2)]
    grey = cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, _SHARPNESS_ROWS / grey.shape[0])
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean()
    return float(edges / (1.0 + grey.std()))


def _areas(boxes: Boxes) -> Boxes:
    return np.asarray(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))


def _shared(boxes: Boxes, others: Boxes) -> Boxes:
    """Pixels that two boxes share, shape (N, M)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=2))
