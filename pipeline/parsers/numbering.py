"""Persons numbered without gaps."""

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask, Boxes, LabelMap
from domain.parsing import Beliefs, ParsedFrame, Scores
from pipeline.parsers.cropping import Box

Window: TypeAlias = tuple[slice, slice]
"""Rows and columns."""


def numbered(
    labels: LabelMap,
    person_ids: LabelMap,
    scores: Scores,
    beliefs: Beliefs | None = None,
    windows: Sequence[Window] | None = None,
) -> ParsedFrame:
    """Leave out the persons who have no pixel, number the others without gaps, and find their boxes.

    Args:
        labels: Shape (H, W) uint8; read-only from now on.
        person_ids: Shape (H, W) uint8, 0 is nobody, others are positions in `scores` plus 1; read-only from now on.
        scores: Shape (N,) float32.
        beliefs: Shape (N, 24) float32, if they are known.
        windows: N of the picture; each holds all pixels of its person. Without them the whole picture is looked through.
    """
    boxes, seen = _boxes(person_ids, len(scores)) if windows is None else _boxes_within(person_ids, windows)
    known = None if beliefs is None else beliefs[seen]
    ids = person_ids if seen.all() else _without_gaps(person_ids, seen)
    return ParsedFrame(labels, ids, scores[seen], boxes[seen], beliefs=known)


def box_around(mask: BoolMask, left: int, top: int) -> Box:
    """Around the pixels of a mask that lies there in the picture, shape (4,) float32; empty where there are none."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return np.array([left + x, top + y, left + x + width, top + y + height], np.float32)


def _without_gaps(person_ids: LabelMap, seen: npt.NDArray[np.bool_]) -> LabelMap:
    table = np.zeros(256, np.uint8)
    table[1 + np.flatnonzero(seen)] = np.arange(1, seen.sum() + 1)
    return table[person_ids]


def _boxes_within(person_ids: LabelMap, windows: Sequence[Window]) -> tuple[Boxes, npt.NDArray[np.bool_]]:
    """What `_boxes` gives, from the persons' windows alone."""
    boxes = np.zeros((len(windows), 4), np.float32)
    seen = np.zeros(len(windows), np.bool_)
    for number, (rows, columns) in enumerate(windows):
        mine = person_ids[rows, columns] == number + 1
        boxes[number] = box_around(mine, columns.start, rows.start)
        seen[number] = boxes[number, 2] > boxes[number, 0]
    return boxes, seen


def _boxes(person_ids: LabelMap, count: int) -> tuple[Boxes, npt.NDArray[np.bool_]]:
    """Shape (count, 4), and who has any pixel, shape (count,): one pass over rows and one over columns for all persons together."""
    boxes = np.zeros((count, 4), np.float32)
    ys, xs = np.nonzero(person_ids)
    ids = person_ids[ys, xs].astype(np.intp)
    for first, along, length in ((1, ys, person_ids.shape[0]), (0, xs, person_ids.shape[1])):
        there = np.bincount(ids * length + along, minlength=(count + 1) * length).reshape(-1, length)[1:] > 0
        boxes[:, first] = there.argmax(axis=1)
        boxes[:, first + 2] = length - there[:, ::-1].argmax(axis=1)
    seen = np.bincount(ids, minlength=count + 1)[1:] > 0
    return boxes, seen
