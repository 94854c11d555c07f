"""Plain ground seen from near: asphalt or stone with specks, stains and painted lines, and nobody.

A finder that learns small people learns that a bright speck on grey is one: of a camera that looks down on asphalt it sees somebody
in nearly every frame. Photographs and renderings show such ground only from far away.
"""

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage
from training.canvas import Rng

_MOST_SPECKS = 60
_LARGEST = 9.0  # pixels of a speck
_MOST_LINES = 5


def pavement(size: tuple[int, int], rng: Rng) -> BgrImage:
    """A picture of that height and width."""
    height, width = size
    ground = np.full(
        (height, width, 3), rng.uniform(40, 210, 3) * 0.2 + rng.uniform(40, 210) * 0.8, np.float32
    )
    for cells in (3, 9, 40):
        blotches = rng.normal(0, rng.uniform(1, 9), (cells, cells * 2, 1)).astype(np.float32)
        ground += cv2.resize(blotches, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    ground += rng.normal(0, rng.uniform(0.5, 6), (height, width, 1))
    image = np.clip(ground, 0, 255).astype(np.uint8)
    return specked(_lined(image, rng), rng)


def specked(image: BgrImage, rng: Rng) -> BgrImage:
    """The same picture with specks on it, bright ones and dark ones, round ones and long ones."""
    result = image.copy()
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(4, _MOST_SPECKS))):
        place = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        long = float(np.exp(rng.uniform(0, np.log(_LARGEST))))
        axes = (max(1, round(long / 2)), max(1, round(long / 2 * rng.uniform(0.2, 1))))
        angle = float(rng.uniform(0, 180))
        cv2.ellipse(result, place, axes, angle, 0, 360, _tone(rng), -1, cv2.LINE_AA)
    share = float(rng.uniform(0.3, 1.0))
    return np.asarray(cv2.addWeighted(result, share, image, 1 - share, 0), np.uint8)


def _lined(image: BgrImage, rng: Rng) -> BgrImage:
    """With painted lines, straight or with corners, of which many are cut by a border."""
    result = image.copy()
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(0, _MOST_LINES + 1))):
        corners = int(rng.choice((2, 3, 4), p=(0.6, 0.25, 0.15)))
        reach = float(np.exp(rng.uniform(np.log(0.06), np.log(1.2)))) * width
        first = _near_border(rng) if rng.random() < 0.5 else rng.uniform(0, 1, 2)
        places = first * (width, height) + rng.uniform(-reach / 2, reach / 2, (corners, 2))
        tone = _tone(rng) if rng.random() < 0.4 else (255.0, 255.0, 255.0)
        cv2.polylines(
            result,
            [places.astype(np.int32)],
            bool(rng.random() < 0.3),
            tone,
            int(rng.integers(1, 12)),
            cv2.LINE_AA,
        )
    return result


def _near_border(rng: Rng) -> npt.NDArray[np.float64]:
    """A place as shares of width and height, at one of the four sides."""
    place = rng.uniform(0, 1, 2)
    place[int(rng.integers(2))] = rng.choice((0.0, 1.0))
    return place


def _tone(rng: Rng) -> tuple[float, float, float]:
    """Mostly grey; bright as often as dark."""
    bright = float(rng.uniform(150, 255) if rng.random() < 0.6 else rng.uniform(0, 70))
    blue, green, red = np.clip(bright + rng.normal(0, 14, 3), 0, 255)
    return float(blue), float(green), float(red)
