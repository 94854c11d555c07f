"""A garment in another colour."""

import numpy as np

from analytics.cielab import bgr_from_lab, lab_from_bgr
from analytics.recoloring import recolored

GREEN = (67, 125, 44)


def garment() -> np.ndarray:
    """A red one, with a fold in the middle and light from above."""
    shade = np.linspace(0.5, 1.2, 40)[:, None] * np.where(np.arange(30) == 15, 0.6, 1.0)
    return np.clip(np.array([40, 40, 160]) * shade[..., None], 0, 255).astype(np.uint8)


def test_colours_come_back_from_cielab_as_they_went() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (5000, 3)).astype(np.uint8)
    assert np.abs(bgr_from_lab(lab_from_bgr(pixels)).astype(int) - pixels).max() <= 1


def test_the_middle_is_the_colour_that_was_asked_for_and_folds_stay() -> None:
    image = garment()
    mask = np.ones(image.shape[:2], np.float32)
    done = recolored(image, mask, GREEN)
    before, after = (lab_from_bgr(each.reshape(-1, 3)) for each in (image, done))
    wanted = lab_from_bgr(np.array([GREEN], np.uint8))[0]
    assert np.abs(np.median(after, axis=0) - wanted).max() < 6
    assert np.corrcoef(before[:, 0], after[:, 0])[0, 1] > 0.99
    assert done[20, 15].sum() < done[20, 5].sum()


def test_other_pixels_stay_and_the_picture_is_not_changed() -> None:
    image = garment()
    mask = np.zeros(image.shape[:2], np.float32)
    assert np.array_equal(recolored(image, mask, GREEN), image)
    mask[:10] = 1
    kept = image.copy()
    done = recolored(image, mask, GREEN)
    assert np.array_equal(image, kept)
    assert np.array_equal(done[10:], image[10:])
    assert not np.array_equal(done[:10], image[:10])


def test_what_is_much_lighter_than_the_garment_does_not_shine() -> None:
    image = np.full((20, 20, 3), (110, 30, 90), np.uint8)
    image[:, 8:11] = (150, 180, 215)
    done = lab_from_bgr(recolored(image, np.ones((20, 20), np.float32), (46, 46, 207)).reshape(-1, 3))
    assert done[:, 0].max() < 1.8 * np.median(done[:, 0])


def test_of_a_pixel_that_is_half_of_the_garment_half_gets_the_colour() -> None:
    image = np.full((4, 4, 3), (40, 40, 160), np.uint8)
    shares = np.ones((4, 4), np.float32)
    shares[0, 0] = 0.5
    done = recolored(image, shares, GREEN).astype(int)
    assert np.abs(done[0, 0] - (done[1, 1] + image[0, 0]) / 2).max() <= 1
