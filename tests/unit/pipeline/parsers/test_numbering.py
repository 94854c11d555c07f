"""Persons numbered without gaps, with the boxes of their pixels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from domain.labels import BodyPart
from pipeline.parsers.numbering import Window, numbered

COUNT = 4
IDS = arrays.arrays(np.uint8, (9, 12), elements=st.integers(0, COUNT))
BELIEFS = np.eye(COUNT, len(BodyPart), dtype=np.float32)
SCORES = np.array([0.9, 0.7, 0.5, 0.3], np.float32)


def window_of(ids: np.ndarray, person: int, margin: int) -> Window:
    ys, xs = np.nonzero(ids == person)
    if not len(ys):
        return slice(2, 2), slice(3, 7)
    rows, columns = (slice(max(0, int(one.min()) - margin), int(one.max()) + 1 + margin) for one in (ys, xs))
    return rows, columns


@given(IDS)
def test_boxes_are_around_the_pixels_and_whoever_has_none_is_left_out(ids: np.ndarray) -> None:
    parsed = numbered(np.zeros_like(ids), ids.copy(), SCORES, BELIEFS)

    there = [number for number in range(1, COUNT + 1) if number in ids]
    assert parsed.scores.tolist() == [SCORES[number - 1] for number in there]
    assert parsed.beliefs is not None
    assert parsed.beliefs.argmax(axis=1).tolist() == [number - 1 for number in there]
    for number, old in enumerate(there):
        ys, xs = np.nonzero(ids == old)
        assert np.array_equal(parsed.person_ids == number + 1, ids == old)
        assert parsed.boxes[number].tolist() == [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]


@given(IDS, st.integers(0, 3))
def test_who_is_looked_for_in_windows_is_found_as_in_the_whole_picture(ids: np.ndarray, margin: int) -> None:
    windows = [window_of(ids, number, margin) for number in range(1, COUNT + 1)]

    plain = numbered(np.zeros_like(ids), ids.copy(), SCORES, BELIEFS)
    within = numbered(np.zeros_like(ids), ids.copy(), SCORES, BELIEFS, windows)

    for name in ("labels", "person_ids", "scores", "boxes", "beliefs"):
        assert np.array_equal(getattr(within, name), getattr(plain, name)), name


def test_a_picture_of_nobody_has_no_persons() -> None:
    nothing = np.zeros((9, 12), np.uint8)
    parsed = numbered(nothing, nothing.copy(), np.zeros(0, np.float32), windows=[])
    assert len(parsed) == 0
    assert parsed.boxes.shape == (0, 4)
