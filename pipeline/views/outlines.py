"""Outlines of earlier parses, moved along with the boxes of now: for drawings, where nobody was parsed in a frame."""

from typing import Annotated, Literal, Self

import cv2
import numpy as np
from pydantic import Field

from analytics.snapshots import State
from domain.frame import BoolMask, Boxes
from domain.parsing import Outline

# An outline may reach beyond the box that was found, by that part of its sides.
_BEYOND = 0.25
# Of the longer side of a person: corners that change the outline by less are left out.
_COARSE = 0.01
_MOST_CORNERS = 120
# By so much the shape of a box may have changed: whoever has turned or bent has another outline.
_OTHER_SHAPE = 1.3
# Pixels from the border of the picture.
_AT_BORDER = 2.0


class KeptOutline(State):
    """The outline of one parse, in shares of the box that the finder gave there.

    Attributes:
        corners: Two bytes each, hexadecimal: across and down, from 0 at a quarter of the box before it to 255 behind it.
        shape: Width of that box by its height.
        cut: Whether the left, upper, right, lower border of the picture cut it.
    """

    version: Literal[1] = 1
    corners: Annotated[str, Field(pattern=r"^([0-9a-f]{4})*$")]
    shape: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    cut: tuple[bool, bool, bool, bool]

    @classmethod
    def of(cls, mask: BoolMask, origin: tuple[int, int], box: Boxes, size: tuple[int, int]) -> Self | None:
        """Around the largest piece of a person; None where there is no pixel.

        Args:
            mask: Shape (h, w) bool, the person's pixels in a window of the picture.
            origin: Left and top of that window.
            box: Shape (4,), as the finder gave it.
            size: Height and width of the picture.
        """
        pieces, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        if not pieces:
            return None
        largest = max(pieces, key=cv2.contourArea)
        corners = cv2.approxPolyDP(largest, _COARSE * max(mask.shape), True).reshape(-1, 2)[:_MOST_CORNERS]
        sides = np.maximum(box[2:] - box[:2], 1.0)
        shares = (corners + origin + 0.5 - box[:2]) / sides
        steps = np.clip((shares + _BEYOND) / (1 + 2 * _BEYOND) * 255, 0, 255)
        return cls(
            corners=np.rint(steps).astype(np.uint8).tobytes().hex(), shape=_shape(box), cut=_cut(box, size)
        )

    def moved_to(self, box: Boxes, size: tuple[int, int]) -> Outline | None:
        """Where it is expected now; None where the person is cut or shaped otherwise than then.

        Args:
            box: Shape (4,), as the finder gives it now.
            size: Height and width of the picture.
        """
        change = _shape(box) / self.shape
        if not self.corners or self.cut != _cut(box, size) or max(change, 1 / change) > _OTHER_SHAPE:
            return None
        steps = np.frombuffer(bytes.fromhex(self.corners), np.uint8).reshape(-1, 2)
        shares = steps.astype(np.float32) / 255 * (1 + 2 * _BEYOND) - _BEYOND
        return np.asarray(box[:2] + shares * (box[2:] - box[:2]), np.float32)


def _shape(box: Boxes) -> float:
    width, height = (max(1.0, float(side)) for side in box[2:] - box[:2])
    return width / height


def _cut(box: Boxes, size: tuple[int, int]) -> tuple[bool, bool, bool, bool]:
    left, top, right, bottom = (float(side) for side in box)
    low, high = _AT_BORDER, (size[1] - _AT_BORDER, size[0] - _AT_BORDER)
    return left <= low, top <= low, right >= high[0], bottom >= high[1]
