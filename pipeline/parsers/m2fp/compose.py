"""From masks at stride 4 to one small number a pixel at frame size, without a float array of that size.

Each mask is cut to its own box, enlarged in 16 bits, brought to 8, and looked up in a table that holds its strength in the upper
and its number in the lower bits. The pixel-wise maximum of these is the decision, and carries its own answer.
"""

import sys
from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import LabelMap
from pipeline.parsers.geometry import STRIDE, Geometry
from pipeline.parsers.m2fp.candidates import Logits

MOST_LAYERS = 255
# A logit beyond which a mask cannot get noticeably surer: 0.9997.
_SURE = 8.0
_STEPS = 127
# What stands for a logit of 0.
_ZERO_16, _ZERO_8 = 1 << 15, 1 << 7
_SIXTEEN_TO_EIGHT = (_ZERO_16 - _ZERO_8, 0, 0, 0)
_STRENGTHS = (1 << 22) - 1


def strongest(layers: Iterable[tuple[Logits, float]], geometry: Geometry) -> LabelMap:
    """Which layer is strongest at each pixel of the frame; a layer's strength is its weight times its mask probability.

    Masks are enlarged bilinearly as logits, and are nothing where their probability is below one half, as in ModelScope. Logits are
    rounded to steps of a 127th of their maximum or of 8, whichever is less. They are cut off at 127 steps after enlarging only:
    a weak mask may lie beside logits far below zero, and its edge is where the line between the two crosses zero.

    Args:
        layers: Mask logits of shape (h, w) without padding, and a weight, 0 to 1; at most 255. Of equal ones the first wins.
        geometry: Of the frame.

    Returns:
        Shape (H, W) uint8: position of the strongest layer plus 1, or 0 where there is none.
    """
    decided = np.zeros((geometry.height, geometry.width), np.int32)
    for position, (logits, weight) in enumerate(layers):
        _add(decided, logits, weight, MOST_LAYERS - position, geometry)
    low_byte = 0 if sys.byteorder == "little" else 3
    codes = np.ascontiguousarray(decided.view(np.uint8).reshape(*decided.shape, 4)[:, :, low_byte])
    return _positions()[codes]


def _add(
    decided: npt.NDArray[np.int32], logits: Logits, weight: float, code: int, geometry: Geometry
) -> None:
    box = _box(logits > 0)
    if box is None:
        return
    rows, columns = (_along(*extent) for extent in zip(box, _sizes(geometry), logits.shape, strict=True))
    top, bottom, fine_top, fine_bottom, step_y = rows
    left, right, fine_left, fine_right, step_x = columns
    window = logits[top:bottom, left:right]
    scale = _STEPS / min(float(window.max()), _SURE)
    small = np.clip(np.rint(window * scale) + _ZERO_16, 0, 2 * _ZERO_16 - 1).astype(np.uint16)
    to_small = np.array(
        [
            [step_x, 0, (fine_left + 0.5) * step_x - 0.5 - left],
            [0, step_y, (fine_top + 0.5) * step_y - 0.5 - top],
        ]
    )
    large = cv2.warpAffine(
        small,
        to_small,
        (fine_right - fine_left, fine_bottom - fine_top),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    large = cv2.subtract(large, _SIXTEEN_TO_EIGHT, dtype=cv2.CV_8U)  # type: ignore[call-overload]  # its stubs know no scalars
    target = decided[fine_top:fine_bottom, fine_left:fine_right]
    np.maximum(target, cv2.LUT(large, _strengths(scale, weight, code)), out=target)


def _box(inside: npt.NDArray[np.bool_]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """First and last row and column, inclusive; None where nothing is inside."""
    left, top, width, height = cv2.boundingRect(inside.view(np.uint8))
    return ((top, top + height - 1), (left, left + width - 1)) if width else None


def _sizes(geometry: Geometry) -> tuple[tuple[int, int], tuple[int, int]]:
    return (geometry.height, geometry.scaled_height), (geometry.width, geometry.scaled_width)


def _along(inside: tuple[int, int], sizes: tuple[int, int], length: int) -> tuple[int, int, int, int, float]:
    """Window and enlargement along one axis. Pixel centres correspond: x + 0.5 in the frame is (x + 0.5) * step at stride 4.

    Returns:
        Start and stop of the window at stride 4, one pixel more than what is inside on either side; where it lies in the
        frame; and the step between two pixels of the frame.
    """
    size, scaled = sizes
    step = scaled / size / STRIDE
    start, stop = max(0, inside[0] - 1), min(length, inside[1] + 2)
    fine_start = 0 if start == 0 else max(0, int((start + 0.5) / step - 0.5))
    fine_stop = size if stop == length else min(size, int((stop - 0.5) / step + 0.5) + 1)
    return start, stop, fine_start, fine_stop, step


def _strengths(scale: float, weight: float, code: int) -> npt.NDArray[np.int32]:
    """Shape (256,): what each 8-bit logit is worth."""
    logits = (np.arange(256) - _ZERO_8) / scale
    strength = np.rint(weight / (1 + np.exp(-logits)) * _STRENGTHS).astype(np.int32)
    table: npt.NDArray[np.int32] = np.where(logits > 0, strength << 8 | code, 0).astype(np.int32)
    return table


def _positions() -> LabelMap:
    """Shape (256,): from code to position plus 1."""
    table = np.zeros(256, np.uint8)
    table[1:] = MOST_LAYERS - np.arange(1, 256) + 1
    return table
