"""From a finder's heat map to boxes: NumPy and OpenCV."""

from dataclasses import dataclass

import cv2
import numpy as np

from domain.frame import Boxes
from domain.parsing import Scores
from pipeline.finders.base import Found
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.runtime import Tensor

_LEAST_PX = 1.0  # of a box's width and height
_NEIGHBOURS = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class FindOptions:
    """What counts as a person.

    Attributes:
        threshold: Least heat of a peak.
        overlap: Of two boxes that overlap by more than this (intersection over union) the one with less heat is dropped.
    """

    threshold: float = 0.3
    overlap: float = 0.6


def decode(heat: Tensor, sides: Tensor, geometry: Geometry, options: FindOptions) -> Found:
    """Boxes of one picture.

    Args:
        heat: Shape (1, 1, h, w), 0 to 1: how likely the middle of a person's box is at a pixel.
        sides: Shape (1, 4, h, w): from the middle of the pixel to the left, top, right and bottom of the box, in pixels of the
            input.
        geometry: How the picture lies in the input.
        options: What counts.
    """
    stride = geometry.input_height // heat.shape[2]
    rows, columns = -(-geometry.scaled_height // stride), -(-geometry.scaled_width // stride)
    plane = heat[0, 0, :rows, :columns]
    ys, xs = np.nonzero((plane >= options.threshold) & (plane >= cv2.dilate(plane, _NEIGHBOURS)))
    left, top, right, bottom = sides[0][:, ys, xs]
    across, down = (xs + 0.5) * stride, (ys + 0.5) * stride
    boxes = np.stack([across - left, down - top, across + right, down + bottom], axis=1)
    wide, tall = geometry.width / geometry.scaled_width, geometry.height / geometry.scaled_height
    boxes = boxes * [wide, tall, wide, tall]
    return selected(boxes.astype(np.float32), plane[ys, xs], (geometry.height, geometry.width), options)


def selected(boxes: Boxes, scores: Scores, size: tuple[int, int], options: FindOptions) -> Found:
    """Of what a network proposes, what counts: cut at the borders of the picture, each person once, the surest first.

    Args:
        boxes: Shape (N, 4) float32: left, top, right, bottom in pixels of the picture.
        scores: Shape (N,) float32.
        size: Height and width of the picture.
        options: What counts.
    """
    cut = np.clip(boxes, 0, np.array([size[1], size[0]] * 2, np.float32))
    # Comparing is false for what is not a number, so that is left out, too.
    there = (scores >= options.threshold) & (cut[:, 2:] - cut[:, :2] >= _LEAST_PX).all(axis=1)
    return suppressed(cut[there], np.minimum(scores[there], np.float32(1)), options.overlap)


def suppressed(boxes: Boxes, scores: Scores, overlap: float) -> Found:
    """Of boxes that overlap by more than that the surest one alone (greedy non-maximum suppression), the surest first.

    Args:
        boxes: Shape (N, 4) float32: left, top, right, bottom.
        scores: Shape (N,) float32.
        overlap: Intersection over union.
    """
    corners = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = np.asarray(cv2.dnn.NMSBoxes(corners.tolist(), scores.tolist(), 0.0, overlap), np.intp).reshape(-1)
    return Found(boxes[kept], np.asarray(scores[kept], np.float32))
