"""Who stands before whom, and how much of somebody was seen."""

import numpy as np
import pytest

from benchmarks.accuracy.apart import covered, overlap_of, truth_of
from pipeline.cutouts import Cutout
from training.frames import LabelledFrame


def frame(*boxes: tuple[int, int, int, int]) -> LabelledFrame:
    """People as filled boxes, later ones before earlier ones."""
    ids = np.zeros((100, 200), np.uint8)
    for number, (left, top, right, bottom) in enumerate(boxes, 1):
        ids[top:bottom, left:right] = number
    return LabelledFrame("one", np.zeros((100, 200, 3), np.uint8), ids, ids)


def test_who_is_covered_to_a_quarter_stands_with_somebody() -> None:
    truth = truth_of(frame((10, 10, 30, 90), (25, 10, 50, 60), (100, 20, 120, 80)))
    assert truth.ids == (1, 2, 3)
    assert truth.together.tolist() == [
        False,
        False,
        False,
    ]  # what is seen of 1 is 20 wide, and 2 covers 5 of it
    truth = truth_of(frame((10, 10, 30, 90), (20, 10, 50, 60), (100, 20, 120, 80)))
    assert truth.together.tolist() == [True, True, False]
    assert truth.boxes[1].tolist() == [20, 10, 50, 60]


def test_whoever_is_too_small_does_not_count() -> None:
    assert truth_of(frame((10, 10, 20, 34))).ids == ()
    assert truth_of(frame((10, 10, 20, 35))).ids == (1,)
    assert covered(np.zeros((0, 4), np.float32)).shape == (0,)


def test_overlap_counts_pixels_beyond_the_window_as_missed() -> None:
    mine = np.zeros((100, 200), np.bool_)
    mine[10:50, 10:20] = True
    mask = np.zeros((40, 20), np.bool_)
    mask[:, :10] = True
    cutout = Cutout(slice(30, 70), slice(10, 30), mask.astype(np.uint8), mask, 0.9)
    assert overlap_of(cutout, mine) == pytest.approx(200 / (400 + 400 - 200))
    assert overlap_of(None, mine) == 0.0
