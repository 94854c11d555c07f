"""What the finder should answer for a scene."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage
from training.finder.network import STRIDE
from training.finder.scenes import Boxes, Scene
from training.targets import Plane

_SPREAD = 1 / 7  # of a box's width and height: the bell's, as a standard deviation
_NARROWEST = 4.0  # pixels of the input
_NEAR = 0.25  # of the bell: pixels that tell the sides of the box


@dataclass(frozen=True, slots=True, eq=False)
class FinderSample:
    """A picture and the answer, at stride 8.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR.
        heat: Shape (H/8, W/8) float32: a bell around the middle of each box, 1 at the pixel in which the middle lies.
        unknown: Shape (H/8, W/8) bool: nothing is learnt about the heat.
        sides: Shape (4, H/8, W/8) float32: left, top, right, bottom as distances from the middle of the pixel, in pixels.
        near: Shape (H/8, W/8) float32: how much the sides count, 1 at most for each person in all; 0 where they mean nothing.
    """

    image: BgrImage
    heat: Plane
    unknown: npt.NDArray[np.bool_]
    sides: Plane
    near: Plane


def sample_of(scene: Scene) -> FinderSample:
    """The answer for a picture whose height and width are multiples of 32."""
    rows, columns = (side // STRIDE for side in scene.size)
    heat, near = np.zeros((rows, columns), np.float32), np.zeros((rows, columns), np.float32)
    sides, unknown = np.zeros((4, rows, columns), np.float32), np.zeros((rows, columns), np.bool_)
    for left, top, right, bottom in (scene.doubtful // STRIDE).astype(int):
        unknown[top : bottom + 1, left : right + 1] = True
    across = (np.arange(columns, dtype=np.float32) + 0.5) * STRIDE
    down = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * STRIDE
    for left, top, right, bottom in _largest_first(scene.boxes).tolist():
        row = min(rows - 1, int((top + bottom) / 2 // STRIDE))
        column = min(columns - 1, int((left + right) / 2 // STRIDE))
        wide = max((right - left) * _SPREAD, _NARROWEST)
        tall = max((bottom - top) * _SPREAD, _NARROWEST)
        bell = np.exp(-(((across - across[column]) / wide) ** 2 + ((down - down[row]) / tall) ** 2) / 2)
        distances = np.stack(np.broadcast_arrays(across - left, down - top, right - across, bottom - down))
        # Somebody's is a pixel that nobody else's bell covers more, as peaks of the heat are.
        here = (bell > _NEAR) & (bell >= heat) & (distances > 0).all(axis=0)
        here[row, column] = True
        np.maximum(heat, bell, out=heat)
        unknown[here] = False
        sides[:, here] = np.maximum(distances[:, here], 0.5)
        near[here] = bell[here] / bell[here].sum()
    return FinderSample(scene.image, heat, unknown, sides, near)


def _largest_first(boxes: Boxes) -> Boxes:
    """So that of two people at one place the smaller one's sides are learnt: it is the one before or the one hardly seen."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return np.asarray(boxes[np.argsort(-areas, kind="stable")])
