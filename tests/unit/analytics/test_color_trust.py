"""How far the name of a colour is to be trusted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.color_names import NAMES
from analytics.color_trust import COLUMNS, Evidence, Trust, Wearer, shipped


def evidence(
    name: str = "red", margin: float = 0.9, skin: float | None = 0.3, white: float = 0.7
) -> Evidence:
    """Of one garment."""
    one = np.ones(1)
    return Evidence(
        names=np.array([NAMES.index(name)]),
        lightness=45 * one,
        chroma=40 * one,
        area=3000 * one,
        share=0.95 * one,
        margin=margin * one,
        wide_margin=0.6 * one,
        spread=5 * one,
        second=0.1 * one,
        dark=0 * one,
        blown=0 * one,
        wearers=[Wearer(150, 0.4, skin)],
        white=white,
        cast=0.1,
    )


def test_the_weights_that_ship_are_those_of_the_columns_and_say_what_they_come_from() -> None:
    trust = shipped()
    assert tuple(trust.weights) == COLUMNS
    assert 0.3 <= trust.least < 1


@given(
    name=st.sampled_from(NAMES),
    margin=st.floats(0, 1),
    skin=st.none() | st.floats(0, 1),
    white=st.floats(0, 1),
)
def test_a_probability_is_one(name: str, margin: float, skin: float | None, white: float) -> None:
    [sure] = shipped().probabilities(evidence(name, margin, skin, white))
    assert 0 <= sure <= 1


def test_who_is_far_from_the_next_name_is_surer() -> None:
    [near], [far] = (shipped().probabilities(evidence(margin=margin)) for margin in (0.4, 1.0))
    assert near < far


def test_each_column_is_multiplied_with_its_own_weight() -> None:
    nothing = dict.fromkeys(COLUMNS, 0.0)
    [half] = Trust(0.0, nothing, 0.5).probabilities(evidence())
    assert half == 0.5
    [red] = Trust(0.0, nothing | {"red": 2.0}, 0.5).probabilities(evidence("red"))
    [blue] = Trust(0.0, nothing | {"red": 2.0}, 0.5).probabilities(evidence("blue"))
    assert red == pytest.approx(1 / (1 + np.exp(-2)))
    assert blue == 0.5
    [light] = Trust(0.0, nothing | {"red x lightness": 1.0}, 0.5).probabilities(evidence("red"))
    assert light == pytest.approx(1 / (1 + np.exp(-0.9)))
