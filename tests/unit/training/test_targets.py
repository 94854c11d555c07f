import numpy as np
import pytest

from tests.support.training_data import place
from training.canvas import Canvas
from training.labels import IGNORED
from training.targets import sample_of


def two_people() -> Canvas:
    ids = np.zeros((64, 96), np.uint8)
    ids[8:48, 16:32], ids[16:56, 60:80] = 1, 2
    return Canvas(place(1)[:64, :96], (ids > 0).astype(np.uint8) * 4, ids)


def test_every_person_pixel_points_at_its_own_centre() -> None:
    sample = sample_of(two_people())
    rows, columns = np.mgrid[:16, :24]
    pointed = np.stack([rows + sample.offset[0], columns + sample.offset[1]])
    first = sample.persons & (columns < 10)
    assert pointed[0][first] == pytest.approx(6.5)  # rows 2 to 11
    assert pointed[1][first] == pytest.approx(5.5)  # columns 4 to 7
    assert not sample.offset[:, ~sample.persons].any()


def test_the_heat_is_highest_at_the_centres() -> None:
    centre = sample_of(two_people()).centre
    row, column = np.unravel_index(centre[:, :10].argmax(), (16, 10))
    assert int(row) in {6, 7}
    assert int(column) in {5, 6}
    assert centre[:, :10].max() == 1
    assert centre[0, 0] < 0.01


def test_every_person_has_exactly_one_pixel_that_says_here() -> None:
    for height in (10, 16, 40, 62):  # wherever between pixels the centre lies
        ids = np.zeros((64, 96), np.uint8)
        ids[:height, 8:21] = 1
        sample = sample_of(Canvas(place(1)[:64, :96], ids, ids))
        assert np.count_nonzero(sample.centre > 0.99) == 1


def test_persons_of_few_pixels_are_small() -> None:
    ids = np.zeros((64, 96), np.uint8)
    ids[4:34, 8:18], ids[:, 40:80] = 1, 2
    assert (sample_of(Canvas(place(1)[:64, :96], ids, ids)).small == (ids == 1)[::2, ::2]).all()


def test_the_heat_never_falls_short_of_a_whole_person_that_is_tiny() -> None:
    ids = np.zeros((64, 96), np.uint8)
    ids[0:4, 0:4] = 1  # one stride-4 pixel: too small to be found
    assert not sample_of(Canvas(place(1)[:64, :96], ids, ids)).centre.any()


def test_ignored_pixels_belong_to_nobody_and_teach_nothing_about_centres() -> None:
    canvas = two_people()
    targets = canvas.targets.copy()
    targets[:, :40] = IGNORED
    sample = sample_of(Canvas(canvas.image, targets, canvas.person_ids))
    assert sample.unknown[:, :10].all()
    assert not sample.persons[:, :10].any()
    assert sample.persons[:, 10:].any()
    assert sample.parts.shape == (32, 48)
