import numpy as np
import pytest

from pipeline.finders.decode import FindOptions, decode, suppressed
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.runtime import Tensor

WHOLE = Geometry.padded((128, 256), (64, 128))  # every pixel of the input is two of the picture


def answer(*peaks: tuple[int, int, float]) -> tuple[Tensor, Tensor]:
    """Boxes of 16 by 48 pixels of the input around the middle of these pixels (row, column, heat)."""
    heat, sides = np.zeros((1, 1, 8, 16), np.float32), np.zeros((1, 4, 8, 16), np.float32)
    sides[0] = np.array([8, 24, 8, 24])[:, None, None]
    for row, column, height in peaks:
        heat[0, 0, row, column] = height
    return heat, sides


def test_a_peak_is_a_person_with_a_box_in_pixels_of_the_picture() -> None:
    found = decode(*answer((4, 5, 0.9)), WHOLE, FindOptions())
    assert found.boxes.tolist() == [[72, 24, 104, 120]]
    assert found.scores == pytest.approx([0.9])


def test_answers_may_be_finer_than_those_of_before() -> None:
    heat, sides = np.zeros((1, 1, 16, 32), np.float32), np.full((1, 4, 16, 32), 10, np.float32)
    heat[0, 0, 8, [9, 12]] = 0.9
    found = decode(heat, sides, WHOLE, FindOptions())
    assert sorted(found.boxes.tolist()) == [[56, 48, 96, 88], [80, 48, 120, 88]]


def test_a_slope_is_no_peak() -> None:
    found = decode(*answer((4, 5, 0.9), (4, 6, 0.8), (3, 5, 0.7)), WHOLE, FindOptions(overlap=1.0))
    assert len(found) == 1


def test_too_little_heat_is_nobody() -> None:
    heat, sides = answer((4, 5, 0.29), (4, 12, 0.3))
    assert decode(heat, sides, WHOLE, FindOptions(threshold=0.3)).boxes[:, 0].tolist() == [184]


def test_boxes_end_at_the_borders() -> None:
    found = decode(*answer((0, 0, 0.9), (7, 15, 0.8)), WHOLE, FindOptions())
    assert found.boxes.tolist() == [[0, 0, 24, 56], [232, 72, 256, 128]]


def test_nobody_is_in_the_padding() -> None:
    padded = Geometry.padded((100, 200), (50, 100))
    assert (padded.input_height, padded.input_width) == (64, 128)
    found = decode(*answer((7, 5, 0.9), (2, 14, 0.9), (2, 5, 0.5)), padded, FindOptions())
    assert found.scores == pytest.approx([0.5])


def test_a_picture_without_people() -> None:
    found = decode(*answer(), WHOLE, FindOptions())
    assert found.boxes.shape == (0, 4)
    assert found.scores.shape == (0,)


def test_of_boxes_at_one_place_the_surest_is_kept_and_neighbours_stay() -> None:
    boxes = np.array([[0, 0, 20, 60], [2, 0, 22, 60], [14, 0, 34, 60]], np.float32)
    found = suppressed(boxes, np.array([0.5, 0.8, 0.6], np.float32), 0.6)
    assert found.boxes[:, 0].tolist() == [2, 14]
    assert found.scores == pytest.approx([0.8, 0.6])
