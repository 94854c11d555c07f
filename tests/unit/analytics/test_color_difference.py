"""CIEDE2000."""

import numpy as np
import pytest

from analytics.color_difference import ciede2000

# L*, a*, b* of two colours, and their difference: published with the formula (Sharma, Wu and Dalal, 2005).
_PUBLISHED = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, 2.8361, -74.0200), (50.0, 0.0, -82.7485), 3.4412),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -1.1848, -84.8006), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -0.9009, -85.5211), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
]


@pytest.mark.parametrize(("one", "other", "difference"), _PUBLISHED)
def test_published_differences(
    one: tuple[float, float, float], other: tuple[float, float, float], difference: float
) -> None:
    colors = np.array([one, other]), np.array([other, one])
    assert ciede2000(*colors) == pytest.approx([difference, difference], abs=5e-5)


def test_a_colour_does_not_differ_from_itself() -> None:
    colors = np.random.default_rng(1).uniform((0, -90, -90), (100, 90, 90), (200, 3))
    assert ciede2000(colors, colors) == pytest.approx(np.zeros(200), abs=1e-9)


def test_lightness_weighs_less_where_that_is_asked_for() -> None:
    dark, light = np.array([[40.0, 10.0, 10.0]]), np.array([50.0, 10.0, 10.0])
    assert ciede2000(dark, light, 2.0) == pytest.approx(ciede2000(dark, light) / 2)
