"""Drawn people and places, small enough to train on in a test."""

import numpy as np

from domain.frame import BgrImage
from training.mixing import MixOptions
from training.shared import Photograph
from training.sources import Sources

SMALL = MixOptions(
    height=64, width=96, smallest=24, largest=56, tall=0.0,
    close=0.0, close_height=32, close_width=64, close_tall_height=64, close_tall_width=32,
)  # fmt: skip


def place(seed: int) -> BgrImage:
    """Grey noise."""
    return np.random.default_rng(seed).integers(90, 160, (80, 120, 3), dtype=np.uint8)


def photograph(name: str = "0001") -> Photograph:
    """Somebody in a red top and blue trousers, with a face, before noise."""
    image, labels = place(int(name)).repeat(2, axis=0).repeat(2, axis=1), np.zeros((160, 240), np.uint8)
    for rows, color, label in (
        (slice(20, 50), (150, 180, 220), 3),
        (slice(50, 100), (20, 20, 200), 4),
        (slice(100, 150), (200, 40, 20), 7),
    ):
        image[rows, 90:150], labels[rows, 90:150] = color, label
    return Photograph(name, image, labels)


def small_sources() -> Sources:
    """One person, two places and a shelf."""
    return Sources([photograph()], [place(1)], [place(2), place(3)])
