"""From a picture to the network's input, and the geometry to find the way back."""

import math

from domain.frame import BgrImage
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.runtime import Tensor


def fit(height: int, width: int, area: int) -> Geometry:
    """Geometry for a picture of that size such that the scaled picture covers about `area` pixels.

    The same area costs the same time, whatever the shape: a portrait picture gets as much attention as a landscape one.
    """
    scale = math.sqrt(area / (height * width))
    scaled_height, scaled_width = max(1, round(height * scale)), max(1, round(width * scale))
    return Geometry.padded((height, width), (scaled_height, scaled_width))


def preprocess(image: BgrImage, area: int) -> tuple[Tensor, Geometry]:
    """Scale and pad.

    Returns:
        Shape (1, 3, input_height, input_width) float32, channels B, G, R, 0 to 255, and the geometry.
    """
    geometry = fit(image.shape[0], image.shape[1], area)
    return geometry.tensor(image), geometry
