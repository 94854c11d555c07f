"""Cases worked out by hand."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy.measures import (
    Counts,
    figure,
    iou,
    match,
    mean_iou,
    overlap,
    panoptic_quality,
    ratio,
)


def grid(*rows: str) -> npt.NDArray[np.uint8]:
    return np.array([[int(digit) for digit in row] for row in rows], np.uint8)


def share(sums: Counts) -> Counts:
    return ratio(sums[..., 0], sums[..., 1])


def test_overlap_counts_intersections_and_unions_of_valid_pixels() -> None:
    truth, found = grid("0112", "0112"), grid("0012", "0122")
    valid = np.ones((2, 4), np.bool_)
    valid[0, 0] = False
    # class 0: 1 of {1 true, 2 found}; class 1: 2 of {4 true, 2 found}; class 2: 2 of {2 true, 3 found}
    assert overlap(truth, found, valid, 3).tolist() == [1, 2, 2, 2, 4, 3]


def test_iou_and_its_mean() -> None:
    sums = np.array([1.0, 2, 2, 0, 2, 4, 3, 0])  # the fourth class never occurs
    assert float(iou(sums, 1)) == pytest.approx(0.5)
    assert np.isnan(iou(sums, 3))
    assert float(mean_iou(sums, range(4))) == pytest.approx((1 / 2 + 1 / 2 + 2 / 3) / 3)
    assert float(mean_iou(sums, [1, 2])) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_matching_needs_more_than_half() -> None:
    truth = grid("1111000022", "0000000022")
    found = grid("1110000333", "0000000000")
    # 1 found: 3 of 4 pixels; 2 against 3: 2 of 4 + 3 - 2 = 5
    result = match(truth, found, frozenset({1, 2}))
    assert result.found == {1: pytest.approx(0.75)}
    assert (result.missed, result.invented) == ((2,), 1)


def test_exactly_half_is_not_found() -> None:
    result = match(grid("1111"), grid("1100"), frozenset({1}))
    assert (dict(result.found), result.missed, result.invented) == ({}, (1,), 1)


def test_who_is_not_judged_counts_neither_way() -> None:
    truth, found = grid("1111002222"), grid("1111003330")
    result = match(truth, found, frozenset({1}))
    assert (dict(result.found), result.missed, result.invented) == ({1: 1.0}, (), 0)


def test_an_empty_picture_has_nothing_to_miss() -> None:
    nobody = np.zeros((3, 3), np.uint8)
    assert match(nobody, nobody, frozenset()).invented == 0
    assert match(nobody, nobody + 1, frozenset()).invented == 1


def test_panoptic_quality() -> None:
    # overlaps 0.75 + 1.0 of two found, one missed, one invented: 1.75 / (2 + 0.5 + 0.5)
    assert float(panoptic_quality(np.array([1.75, 2, 1, 1]))) == pytest.approx(1.75 / 3)
    assert np.isnan(panoptic_quality(np.zeros(4)))


def test_the_interval_of_a_share_is_the_binomial_one() -> None:
    rows = np.stack([np.repeat([1.0, 0.0], [40, 60]), np.ones(100)], axis=1)
    measured = figure(rows, share)
    assert measured.value == pytest.approx(0.4)
    wide = 1.96 * np.sqrt(0.4 * 0.6 / 100)
    assert measured.low == pytest.approx(0.4 - wide, abs=0.02)
    assert measured.high == pytest.approx(0.4 + wide, abs=0.02)
    assert measured == figure(rows, share)


def test_equal_pictures_leave_no_doubt() -> None:
    measured = figure(np.tile([3.0, 4.0], (20, 1)), share)
    assert (measured.low, measured.value, measured.high) == (0.75, 0.75, 0.75)


def test_no_pictures_no_figure() -> None:
    with pytest.raises(ValueError, match="no pictures, no figure"):
        figure(np.zeros((0, 2)), share)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=30))
def test_the_value_lies_within_its_interval(pairs: list[tuple[int, int]]) -> None:
    rows = np.array([(min(part, whole), whole) for part, whole in pairs], np.float64)
    measured = figure(rows, share)
    spread = float((rows[:, 0] / rows[:, 1]).max() - (rows[:, 0] / rows[:, 1]).min())
    assert measured.low - spread - 1e-9 <= measured.value <= measured.high + spread + 1e-9
    assert 0 <= measured.low <= measured.high <= 1


@given(st.integers(0, 2**32 - 1))
def test_renumbering_persons_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, found = rng.integers(0, 4, (2, 6, 8), dtype=np.uint8)
    numbers = np.concatenate([[0], 1 + rng.permutation(255)]).astype(np.uint8)
    judged = frozenset(int(person) for person in np.unique(truth) if person)
    before, after = match(truth, found, judged), match(truth, numbers[found], judged)
    assert (before.found, before.missed, before.invented) == (after.found, after.missed, after.invented)
