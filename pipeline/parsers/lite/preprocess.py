"""From a picture to the network's input, and the geometry to find the way back."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from domain.frame import BgrImage
from pipeline.parsers.runtime import Tensor

STRIDE = 4
"""The network's outputs are this much smaller than its input."""

_MULTIPLE = 32
_PADDING = 114.0


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


def fit(height: int, width: int, area: int) -> Geometry:
    """Geometry for a picture of that size such that the scaled picture covers about `area` pixels.

    The same area costs the same time, whatever the shape: a portrait picture gets as much attention as a landscape one.
    """
    scale = math.sqrt(area / (height * width))
    scaled_height, scaled_width = max(1, round(height * scale)), max(1, round(width * scale))
    return Geometry(
        height=height,
        width=width,
        scaled_height=scaled_height,
        scaled_width=scaled_width,
        input_height=math.ceil(scaled_height / _MULTIPLE) * _MULTIPLE,
        input_width=math.ceil(scaled_width / _MULTIPLE) * _MULTIPLE,
    )


def preprocess(image: BgrImage, area: int) -> tuple[Tensor, Geometry]:
    """Scale and pad.

    Returns:
        Shape (1, 3, input_height, input_width) float32, channels B, G, R, 0 to 255, and the geometry.
    """
    geometry = fit(image.shape[0], image.shape[1], area)
    shrinks = geometry.scaled_width < geometry.width
    scaled = cv2.resize(
        image,
        (geometry.scaled_width, geometry.scaled_height),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
    )
    tensor = np.full((1, 3, geometry.input_height, geometry.input_width), _PADDING, np.float32)
    tensor[0, :, : geometry.scaled_height, : geometry.scaled_width] = scaled.transpose(2, 0, 1)
    return tensor, geometry
