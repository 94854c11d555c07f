"""How a picture lies in a network's input, the same for every parser."""

import math
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage

STRIDE = 4
"""The networks' masks are this much smaller than their input."""

MULTIPLE = 32
"""Sides of an input are multiples of that many pixels."""

PADDING = 114.0
"""What an input holds beside the picture, 0 to 255."""


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
        fitted = (math.ceil(length / MULTIPLE) * MULTIPLE for length in scaled)
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

    def tensor(self, image: BgrImage) -> npt.NDArray[np.float32]:
        """The picture in the input, shape (1, 3, input_height, input_width) float32, channels B, G, R, 0 to 255."""
        tensor = np.full((1, 3, self.input_height, self.input_width), PADDING, np.float32)
        # Plane by plane, which takes a fraction of the time of turning the picture around in one.
        for number, plane in enumerate(cv2.split(self.scale(image))):
            tensor[0, number, : self.scaled_height, : self.scaled_width] = plane
        return tensor
