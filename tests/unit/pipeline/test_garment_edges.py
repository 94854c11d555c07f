"""Where a garment ends."""

import numpy as np

from pipeline.garment_edges import along_edges, softened


def test_an_outline_moves_to_where_the_colour_changes() -> None:
    chance = np.random.default_rng(1)
    image = np.full((120, 160, 3), (200, 210, 205), np.uint8)
    image[30:90, 50:110] = (40, 40, 170)
    image = np.clip(image + chance.normal(0, 4, image.shape), 0, 255).astype(np.uint8)
    truth, parsed = (np.zeros(image.shape[:2], np.bool_) for _ in range(2))
    truth[30:90, 50:110] = True
    # Two pixels too far to the right and below.
    parsed[32:92, 52:112] = True
    settled = along_edges(image, parsed)
    assert np.count_nonzero(settled != truth) < 0.1 * np.count_nonzero(parsed != truth)


def test_a_garment_of_few_pixels_and_one_that_fills_the_picture_stay_as_they_are() -> None:
    image = np.random.default_rng(1).integers(0, 256, (40, 30, 3)).astype(np.uint8)
    for mask in (np.zeros(image.shape[:2], np.bool_), np.ones(image.shape[:2], np.bool_)):
        assert np.array_equal(along_edges(image, mask), mask)
        mask[3, 3] = True
        assert along_edges(image, mask)[3, 3]


def test_an_edge_is_of_both_sides_and_what_is_far_from_it_of_one() -> None:
    mask = np.zeros((20, 20), np.bool_)
    mask[:10] = True
    shares = softened(mask)
    assert shares[2].min() > 0.999
    assert shares[17].max() < 0.001
    assert np.all((shares[9] > 0.5) & (shares[9] < 0.95))
    assert np.all((shares[10] < 0.5) & (shares[10] > 0.05))
