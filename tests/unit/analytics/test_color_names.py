"""Names of reference colours."""

from itertools import pairwise, product

import numpy as np
import pytest

from analytics.cielab import lab_from_bgr
from analytics.color_names import NAMES, decide, name_indices
from tests.support.swatches import REFERENCE


@pytest.mark.parametrize(("name", "rgb"), REFERENCE)
def test_reference_colours_have_their_names(name: str, rgb: tuple[int, int, int]) -> None:
    lab = lab_from_bgr(np.array([rgb[::-1]], np.uint8))
    assert NAMES[name_indices(lab)[0]] == name, lab


def test_the_grey_axis_has_no_hue_and_goes_from_black_over_grey_to_white() -> None:
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    names = [NAMES[index] for index in name_indices(lab_from_bgr(greys))]
    changes = [names[0], *(after for before, after in pairwise(names) if after != before)]
    assert changes == ["black", "grey", "white"]


def test_looking_up_says_what_the_rule_says_except_at_borders() -> None:
    rng = np.random.default_rng(0)
    lab = lab_from_bgr(rng.integers(0, 256, (4000, 3), dtype=np.uint8))
    looked_up, ruled = name_indices(lab), decide(lab)
    around = np.array(list(product((-1.01, 0, 1.01), repeat=3)), np.float32)
    at_border = np.any([decide(lab + step) != ruled for step in around], axis=0)
    assert (looked_up == ruled)[~at_border].all()
    assert np.mean(looked_up == ruled) > 0.95


def test_colours_outside_of_every_picture_have_a_name_too() -> None:
    outside = np.array([[-5, 0, 0], [140, 0, 0], [50, 400, 0], [50, 0, -400]], np.float32)
    assert len(name_indices(outside)) == 4
