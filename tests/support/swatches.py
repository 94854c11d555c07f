"""Colours whose names nobody disputes, in sRGB: named colours of CSS and dyes of common clothes."""

import numpy as np

from analytics.cielab import BgrPixels
from analytics.color_trust import Wearer
from analytics.colors import Cloth, ColorSeen, colors_of
from analytics.illuminant import Light

REFERENCE = [
    ("black", (0, 0, 0)),
    ("black", (18, 18, 20)),
    ("black", (35, 33, 34)),
    ("black", (0, 0, 14)),  # crushed by a camera, with an offset in one channel
    ("black", (40, 40, 46)),
    ("white", (255, 255, 255)),
    ("white", (245, 245, 240)),
    ("white", (220, 222, 225)),
    ("grey", (90, 90, 90)),
    ("grey", (128, 128, 128)),
    ("grey", (169, 169, 169)),
    ("grey", (119, 136, 145)),
    ("red", (255, 0, 0)),
    ("red", (178, 34, 34)),
    ("red", (220, 20, 60)),
    ("red", (128, 0, 32)),
    ("red", (139, 0, 0)),
    ("orange", (255, 140, 0)),
    ("orange", (255, 165, 0)),
    ("orange", (230, 110, 30)),
    ("yellow", (255, 255, 0)),
    ("yellow", (255, 215, 0)),
    ("yellow", (225, 173, 1)),
    ("yellow", (255, 240, 140)),
    ("green", (0, 128, 0)),
    ("green", (34, 139, 34)),
    ("green", (85, 107, 47)),
    ("green", (75, 83, 32)),
    ("green", (0, 60, 30)),
    ("green", (152, 251, 152)),
    ("blue", (0, 0, 255)),
    ("blue", (65, 105, 225)),
    ("blue", (0, 0, 128)),
    ("blue", (25, 40, 85)),
    ("blue", (135, 206, 235)),
    ("blue", (90, 110, 140)),  # worn denim
    ("blue", (40, 55, 90)),  # dark denim
    ("purple", (128, 0, 128)),
    ("purple", (102, 51, 153)),
    ("purple", (147, 112, 219)),
    ("purple", (80, 30, 90)),
    ("pink", (255, 192, 203)),
    ("pink", (255, 105, 180)),
    ("pink", (230, 150, 160)),
    ("brown", (139, 69, 19)),
    ("brown", (101, 67, 33)),
    ("brown", (70, 45, 30)),
    ("brown", (111, 78, 55)),
    ("beige", (245, 235, 205)),
    ("beige", (210, 180, 140)),
    ("beige", (195, 176, 145)),
]


def cloth(rgb: tuple[int, int, int], count: int = 300, *, noise: float = 4, folds: float = 0) -> BgrPixels:
    """Pixels of a garment of that colour.

    Args:
        rgb: Of the cloth in plain light.
        count: How many.
        noise: Standard deviation of each channel in codes.
        folds: Octaves of light between the deepest fold and the brightest ridge.
    """
    rng = np.random.default_rng(1)
    linear = (np.array(rgb[::-1]) / 255) ** 2.2
    light = np.exp2(np.linspace(-folds / 2, folds / 2, count))[:, None]
    codes = 255 * np.clip(linear * light, 0, 1) ** (1 / 2.2) + rng.normal(0, noise, (count, 3))
    pixels: BgrPixels = np.clip(codes, 0, 255).astype(np.uint8)
    return pixels


def as_cloth(pixels: BgrPixels) -> Cloth:
    """Those pixels, seen on somebody near by, of whose skin nothing is seen."""
    return Cloth(pixels, 40 * len(pixels), Wearer(300))


def color_of(pixels: BgrPixels, light: Light) -> ColorSeen:
    """The colour of one such garment."""
    return colors_of([as_cloth(pixels)], light)[0]
