"""How a picture lies in a network's input, the same for every parser."""

import math
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from domain.frame import BgrImage

STRIDE = 4
"""The networks' masks are this much smaller than their input."""

_MULTIPLE = 32


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a picture lies in the network's input: scaled alike in both directions, top left, the rest padded.

    Attributes:
        height, width: Of the picture, pixels.
        scaled_height, scaled_width: Of the picture inside the input, pixels.
        input_height, input_width: Of the input, multiples of 32.
    """

    height: int
    width: int
    scaled_height: int
    scaled_width: int
    input_height: int
    input_width: int

    @classmethod
    def padded(cls, size: tuple[int, int], scaled: tuple[int, int]) -> Self:
        """Of a picture of that height and width, scaled to the other, in the smallest input that holds it."""
        fitted = (math.ceil(length / _MULTIPLE) * _MULTIPLE for length in scaled)
        return cls(*size, *scaled, *fitted)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the masks that the picture covers; the rest is padding."""
        return -(-self.scaled_height // STRIDE), -(-self.scaled_width // STRIDE)

    def scale(self, image: BgrImage) -> BgrImage:
        """The picture at its scaled size; by area where it shrinks, which neither aliases nor blurs."""
        scaled = cv2.resize(
            image,
            (self.scaled_width, self.scaled_height),
            interpolation=cv2.INTER_AREA if self.scaled_width < self.width else cv2.INTER_LINEAR,
        )
        return np.asarray(scaled, np.uint8)
