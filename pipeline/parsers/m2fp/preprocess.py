"""From a picture to the network's input, and the geometry to find the way back."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from domain.frame import BgrImage
from pipeline.parsers.runtime import Tensor

STRIDE = 4
"""The masks are this much smaller than the input."""

SHORT_EDGE = 640
"""What the checkpoint was trained for."""

PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_STD = (58.395, 57.12, 57.375)
"""Of R, G, B, 0 to 255; the network itself subtracts and divides."""

_MULTIPLE = 32
_LONG_TO_SHORT = 1333 / 640


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

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the masks that the picture covers; the rest is padding."""
        return -(-self.scaled_height // STRIDE), -(-self.scaled_width // STRIDE)


def fit(height: int, width: int, short_edge: int = SHORT_EDGE) -> Geometry:
    """Geometry for a picture of that size: its shorter edge becomes `short_edge`, its longer at most 2.08 times that."""
    scale = min(short_edge / min(height, width), round(short_edge * _LONG_TO_SHORT) / max(height, width))
    scaled_height, scaled_width = max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5))
    return Geometry(
        height=height,
        width=width,
        scaled_height=scaled_height,
        scaled_width=scaled_width,
        input_height=math.ceil(scaled_height / _MULTIPLE) * _MULTIPLE,
        input_width=math.ceil(scaled_width / _MULTIPLE) * _MULTIPLE,
    )


def preprocess(image: BgrImage, short_edge: int = SHORT_EDGE) -> tuple[Tensor, Geometry]:
    """Scale once and pad with the mean colour, which the network turns into zeros.

    Returns:
        Shape (1, 3, input_height, input_width) float32, channels R, G, B, 0 to 255, and the geometry.
    """
    geometry = fit(image.shape[0], image.shape[1], short_edge)
    # Shrinking by area comes closest to what Pillow does in ModelScope's pipeline: 0.1 to 0.2 grey levels apart on pictures of a
    # camera, against 0.2 to 0.6 for bilinear without smoothing.
    shrinks = geometry.scaled_width < geometry.width
    scaled = cv2.resize(
        image,
        (geometry.scaled_width, geometry.scaled_height),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
    )
    tensor = np.empty((1, 3, geometry.input_height, geometry.input_width), np.float32)
    for channel, mean in enumerate(PIXEL_MEAN):
        plane = tensor[0, channel]
        plane[: geometry.scaled_height, : geometry.scaled_width] = scaled[:, :, 2 - channel]
        plane[geometry.scaled_height :] = mean
        plane[: geometry.scaled_height, geometry.scaled_width :] = mean
    return tensor, geometry
