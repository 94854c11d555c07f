"""What the outputs of detectors mean: pure NumPy."""

from typing import TypeAlias

import numpy as np

from domain.frame import Boxes
from domain.parsing import Scores
from pipeline.parsers.runtime import Tensor

Candidates: TypeAlias = tuple[Boxes, Scores]
"""Boxes, shape (N, 4) float32, left, top, right, bottom, and their scores, shape (N,) float32; doubles among them."""

YOLOX_STRIDES = (8, 16, 32)
"""A YOLOX answers for each square of so many pixels of its input, the smallest first."""

_YOLOX_BEFORE_CLASSES = 5
_SSD_COLUMNS = 7


def is_yolox(output: Tensor, size: tuple[int, int]) -> bool:
    """Whether it has the shape (1, anchors, 5 + classes) that a YOLOX gives for an input of that height and width."""
    anchors = sum((size[0] // stride) * (size[1] // stride) for stride in YOLOX_STRIDES)
    return output.ndim == 3 and output.shape[1] == anchors and output.shape[2] > _YOLOX_BEFORE_CLASSES


def is_ssd(output: Tensor) -> bool:
    """Whether it has the shape (1, 1, N, 7) of a DetectionOutput layer."""
    return output.ndim == 4 and output.shape[-1] == _SSD_COLUMNS


def yolox_candidates(output: Tensor, size: tuple[int, int], person_class: int) -> Candidates:
    """Of a YOLOX exported without its decoding (Ge et al., 2021): centres and log sizes relative to each square.

    Args:
        output: Shape (1, anchors, 5 + classes) float32.
        size: Height and width of the input.
        person_class: Position among the classes.

    Returns:
        Boxes in pixels of the input.
    """
    places, strides = [], []
    for stride in YOLOX_STRIDES:
        rows, columns = size[0] // stride, size[1] // stride
        y, x = np.mgrid[:rows, :columns]
        places.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        strides.append(np.full((rows * columns, 1), stride))
    step = np.concatenate(strides)
    centre = (output[0, :, :2] + np.concatenate(places)) * step
    with np.errstate(over="ignore"):
        half = np.exp(output[0, :, 2:4]) * step / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
    return boxes, output[0, :, 4] * output[0, :, _YOLOX_BEFORE_CLASSES + person_class]


def ssd_candidates(output: Tensor, person_class: int) -> Candidates:
    """Of an SSD with a DetectionOutput layer (Liu et al., 2016): rows of picture, class, score, left, top, right, bottom.

    Args:
        output: Shape (1, 1, N, 7) float32; a row whose picture is negative ends the list.
        person_class: As in the second column.

    Returns:
        Boxes in parts of the picture's width and height.
    """
    rows = output.reshape(-1, _SSD_COLUMNS)
    ends = np.flatnonzero(rows[:, 0] < 0)
    rows = rows[: ends[0]] if len(ends) else rows
    rows = rows[rows[:, 1] == person_class]
    return rows[:, 3:7], rows[:, 2]
