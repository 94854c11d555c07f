"""From a picture to the network's input, and the geometry to find the way back."""

import numpy as np

from domain.frame import BgrImage
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.m2fp.settings import SHORT_EDGE
from pipeline.parsers.runtime import Tensor

PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_STD = (58.395, 57.12, 57.375)
"""Of R, G, B, 0 to 255; the network itself subtracts and divides."""

_LONG_TO_SHORT = 1333 / 640


def fit(height: int, width: int, short_edge: int = SHORT_EDGE) -> Geometry:
    """Geometry for a picture of that size: its shorter edge becomes `short_edge`, its longer at most 2.08 times that."""
    scale = min(short_edge / min(height, width), round(short_edge * _LONG_TO_SHORT) / max(height, width))
    scaled_height, scaled_width = max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5))
    return Geometry.padded((height, width), (scaled_height, scaled_width))


def preprocess(image: BgrImage, short_edge: int = SHORT_EDGE) -> tuple[Tensor, Geometry]:
    """Scale once and pad with the mean colour, which the network turns into zeros.

    Returns:
        Shape (1, 3, input_height, input_width) float32, channels R, G, B, 0 to 255, and the geometry.
    """
    geometry = fit(image.shape[0], image.shape[1], short_edge)
    # Shrinking by area comes closest to what Pillow does in ModelScope's pipeline: 0.1 to 0.2 grey levels apart on pictures of a
    # camera, against 0.2 to 0.6 for bilinear without smoothing.
    scaled = geometry.scale(image)
    tensor = np.empty((1, 3, geometry.input_height, geometry.input_width), np.float32)
    for channel, mean in enumerate(PIXEL_MEAN):
        plane = tensor[0, channel]
        plane[: geometry.scaled_height, : geometry.scaled_width] = scaled[:, :, 2 - channel]
        plane[geometry.scaled_height :] = mean
        plane[: geometry.scaled_height, geometry.scaled_width :] = mean
    return tensor, geometry
