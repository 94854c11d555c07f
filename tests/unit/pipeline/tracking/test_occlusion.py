"""Whoever stands lower in the picture is nearer, and hides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.tracking.kalman import Floats
from pipeline.tracking.occlusion import contested, hidden_shares

BOXES = arrays(np.float64, st.tuples(st.integers(0, 6), st.just(4)), elements=st.floats(1, 90))
"""Column and row of the centre, width, height."""


def covered(box: Floats, by: Floats) -> float:
    """Which part of a box another one covers."""
    sides = [
        min(box[axis] + box[axis + 2] / 2, by[axis] + by[axis + 2] / 2)
        - max(box[axis] - box[axis + 2] / 2, by[axis] - by[axis + 2] / 2)
        for axis in (0, 1)
    ]
    return max(0.0, float(sides[0])) * max(0.0, float(sides[1])) / float(box[2] * box[3])


@given(boxes=BOXES)
def test_each_is_hidden_by_the_nearer_one_that_covers_most(boxes: Floats) -> None:
    shares = hidden_shares(boxes)
    for number, box in enumerate(boxes):
        foot, tall = box[1] + box[3] / 2, box[3]
        by_others = [
            covered(box, other) * min(1.0, max(0.0, (other[1] + other[3] / 2 - foot) / (0.15 * tall)))
            for other in boxes
        ]
        assert shares[number] == pytest.approx(max(by_others), abs=1e-9)


def test_nobody_hides_who_stands_as_low() -> None:
    assert hidden_shares(np.array([[50.0, 50, 20, 60], [55, 50, 20, 60]])).tolist() == [0, 0]


def test_the_nearest_is_hidden_by_nobody() -> None:
    near, far = [50.0, 60, 20, 60], [52.0, 50, 20, 50]
    shares = hidden_shares(np.array([near, far]))
    assert shares[0] == 0
    assert shares[1] > 0.8


@pytest.mark.parametrize(
    ("unseen_s", "place", "is_two"),
    [
        pytest.param(0.2, 55.0, True, id="seen a moment ago, and expected there"),
        pytest.param(1.5, 55.0, False, id="not seen for long"),
        pytest.param(0.2, 90.0, False, id="expected elsewhere"),
    ],
)
def test_what_may_be_two_in_one(unseen_s: float, place: float, is_two: bool) -> None:
    expected = np.array([[50.0, 60, 20, 60], [place, 50, 20, 50]])
    seen = np.array([[51.0, 60, 22, 62]])
    assert contested(expected, np.array([0.2, unseen_s]), seen, np.array([0])).tolist() == [is_two]


def test_whoever_is_seen_too_is_not_part_of_another() -> None:
    both = np.array([[50.0, 60, 20, 60], [55, 50, 20, 50]])
    assert contested(both, np.full(2, 0.2), both, np.array([0, 1])).tolist() == [False, False]


def test_without_anybody_nothing_is_contested() -> None:
    nobody, seen = np.zeros((0, 4)), np.array([[51.0, 60, 22, 62]])
    assert contested(nobody, np.zeros(0), seen, np.array([-1])).tolist() == [False]
    assert contested(seen, np.zeros(1), nobody, np.zeros(0, np.intp)).tolist() == []
    assert hidden_shares(nobody).tolist() == []
