"""Which decisions of two implementations may differ."""

import numpy as np
import pytest

from tests.parity.places import compared

LAYER = np.array([[2.0, -4.0, 1e-5, 3.0], [1.0, 1.0, -1.0, 1.0]], np.float32)
"""Logits of two queries at four places."""


def test_the_same_decisions_are_no_doubt() -> None:
    looked = compared([LAYER, LAYER], [LAYER < 0, LAYER < 0])
    assert (looked.share, looked.doubt, looked.same.tolist()) == (0.0, 0.0, [True, True])


def test_what_rounding_turns_over_is_told_by_how_small_it_is() -> None:
    turned = LAYER < 0
    turned[0, 2] = True
    looked = compared([LAYER, LAYER], [LAYER < 0, turned])
    assert looked.share == 1 / 16
    assert looked.doubt == pytest.approx(1e-5 / 4)
    assert looked.same.tolist() == [False, True]


def test_what_follows_from_the_first_is_not_judged_but_another_query_is() -> None:
    first, later = LAYER < 0, LAYER < 0
    first[0, 2] = True
    later[0] = ~later[0]
    assert compared([LAYER, LAYER], [first, later]).doubt == pytest.approx(1e-5 / 4)
    later[1, 1] = True
    assert compared([LAYER, LAYER], [first, later]).doubt == pytest.approx(1 / 4)
