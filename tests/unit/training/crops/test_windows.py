import numpy as np
import pytest

from training.crops.windows import PADDING, Window


def test_a_window_has_the_box_in_its_middle_and_a_margin() -> None:
    window = Window.around((100, 50, 130, 150))
    assert (window.width, window.height) == (60, 120)
    assert (window.left, window.top) == (85, 40)


def test_a_wide_box_makes_the_window_taller() -> None:
    window = Window.around((0, 0, 100, 50))
    assert window.width == pytest.approx(120)
    assert window.height == pytest.approx(240)


def test_a_crop_shows_the_window() -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[50:150, 100:130] = 255
    crop = Window.around((100, 50, 130, 150)).image(picture, (240, 120))
    assert crop.shape == (240, 120, 3)
    assert crop[22:218, 32:88].min() == 255
    assert crop[:16].max() == crop[:, :26].max() == 0


def test_what_shrinks_is_averaged() -> None:
    stripes = np.zeros((256, 128, 3), np.uint8)
    stripes[:, ::2] = 255
    crop = Window(0, 0, 128, 256).image(stripes, (64, 32))
    assert np.abs(crop.astype(int) - 128).max() <= 1


def test_outside_of_the_picture_is_padding_and_nobody() -> None:
    window = Window(-10, -20, 20, 40)
    picture, labels = np.full((40, 40, 3), 7, np.uint8), np.full((40, 40), 3, np.uint8)
    crop, parts = window.image(picture, (40, 20)), window.labels(labels, (40, 20))
    assert (crop[:20] == PADDING).all()
    assert (crop[21:, 11:] == 7).all()
    assert (parts[:20] == 0).all()
    assert (parts[20:, 10:] == 3).all()
