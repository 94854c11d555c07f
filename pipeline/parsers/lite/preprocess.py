"""From a picture to the network's input, and the geometry to find the way back."""

import math
from collections.abc import Mapping

from domain.frame import BgrImage
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.runtime import Tensor

Inputs = Mapping[int, tuple[int, int]]
"""By height of the highest crops that it is for, ascending: height and width of the input."""

CROPS: Inputs = {256: (256, 128), 384: (384, 192)}
"""For crops that the network for whole pictures parses."""

CROPS_OF_MIDDLE: Inputs = {64: (256, 128), 96: (320, 160), 384: (384, 192)}
"""For crops that a network parses which knows the middle: who is small is told as well there (`docs/models/crop.md`)."""


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


def fit_crop(crop: BgrImage, inputs: Inputs) -> Geometry:
    """Geometry of a crop in the first input that is for crops as high, or in the last: few shapes are compiled, and each once.

    Args:
        crop: Shape (H, W, 3) uint8 BGR, twice as high as wide.
        inputs: One at least.
    """
    highest = next((height for height in inputs if height >= len(crop)), max(inputs))
    return Geometry.padded(crop.shape[:2], inputs[highest])
