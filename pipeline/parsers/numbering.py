"""Persons numbered without gaps."""

import numpy as np
import numpy.typing as npt

from domain.frame import Boxes, LabelMap
from domain.parsing import Beliefs, ParsedFrame, Scores


def numbered(
    labels: LabelMap, person_ids: LabelMap, scores: Scores, beliefs: Beliefs | None = None
) -> ParsedFrame:
    """Leave out the persons who have no pixel, number the others without gaps, and find their boxes.

    Args:
        labels: Shape (H, W) uint8.
        person_ids: Shape (H, W) uint8, 0 is nobody, others are positions in `scores` plus 1.
        scores: Shape (N,) float32.
        beliefs: Shape (N, 24) float32, if they are known.
    """
    boxes, seen = _boxes(person_ids, len(scores))
    table = np.zeros(256, np.uint8)
    table[1 + np.flatnonzero(seen)] = np.arange(1, seen.sum() + 1)
    known = None if beliefs is None else beliefs[seen]
    return ParsedFrame(labels, table[person_ids], scores[seen], boxes[seen], beliefs=known)


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
