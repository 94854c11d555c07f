"""What the finder should answer for a scene."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage
from training.finder.network import Stride
from training.finder.scenes import Boxes, Scene
from training.targets import Plane

_SPREAD = 1 / 7  # of a box's width and height: the bell's, as a standard deviation
_NARROWEST = 4.0  # pixels of the input
_FLAT = 1 / 20  # of a box's width and height: so far from the pixel in which the middle lies the bell is 1
_NEAR = 0.25  # of the bell: pixels that tell the sides of the box


@dataclass(frozen=True, slots=True, eq=False)
class FinderSample:
    """A picture and the answer, at stride S.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR.
        heat: Shape (H/S, W/S) float32: a bell around the middle of each box, 1 at the pixel in which the middle lies. That of
            somebody large is flat at the top: nobody can tell the middle of a large box to a pixel.
        peaks: Shape (H/S, W/S) float32: how much a pixel counts as the middle of somebody, 1 for each person in all.
        unknown: Shape (H/S, W/S) bool: nothing is learnt about the heat.
        sides: Shape (4, H/S, W/S) float32: left, top, right, bottom as distances from the middle of the pixel, in pixels.
        near: Shape (H/S, W/S) float32: how much the sides count, 1 at most for each person in all; 0 where they mean nothing.
    """

    image: BgrImage
    heat: Plane
    peaks: Plane
    unknown: npt.NDArray[np.bool_]
    sides: Plane
    near: Plane


def sample_of(scene: Scene, stride: Stride) -> FinderSample:
    """The answer for a picture whose height and width are multiples of 32."""
    rows, columns = (side // stride for side in scene.size)
    heat, peaks, near = (np.zeros((rows, columns), np.float32) for _ in range(3))
    sides, unknown = np.zeros((4, rows, columns), np.float32), np.zeros((rows, columns), np.bool_)
    for left, top, right, bottom in (scene.doubtful // stride).astype(int):
        unknown[top : bottom + 1, left : right + 1] = True
    across = (np.arange(columns, dtype=np.float32) + 0.5) * stride
    down = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * stride
    for left, top, right, bottom in _largest_first(scene.boxes).tolist():
        row = min(rows - 1, int((top + bottom) / 2 // stride))
        column = min(columns - 1, int((left + right) / 2 // stride))
        wide = max((right - left) * _SPREAD, _NARROWEST)
        tall = max((bottom - top) * _SPREAD, _NARROWEST)
        beside = np.maximum(np.abs(across - across[column]) - (right - left) * _FLAT, 0)
        above = np.maximum(np.abs(down - down[row]) - (bottom - top) * _FLAT, 0)
        bell = np.exp(-((beside / wide) ** 2 + (above / tall) ** 2) / 2)
        distances = np.stack(np.broadcast_arrays(across - left, down - top, right - across, bottom - down))
        # Somebody's is a pixel that nobody else's bell covers more, as peaks of the heat are.
        here = (bell > _NEAR) & (bell >= heat) & (distances > 0).all(axis=0)
        here[row, column] = True
        np.maximum(heat, bell, out=heat)
        unknown[here] = False
        sides[:, here] = np.maximum(distances[:, here], 0.5)
        near[here] = bell[here] / bell[here].sum()
        middle = here & (bell == 1)
        peaks[middle] = 1 / middle.sum()
    return FinderSample(scene.image, heat, peaks, unknown, sides, near)


def _largest_first(boxes: Boxes) -> Boxes:
    """So that of two people at one place the smaller one's sides are learnt: it is the one before or the one hardly seen."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return np.asarray(boxes[np.argsort(-areas, kind="stable")])
