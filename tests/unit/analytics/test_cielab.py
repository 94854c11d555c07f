"""CIELAB against published values."""

import numpy as np
import pytest

from analytics.cielab import lab_from_bgr, linear_light


@pytest.mark.parametrize(
    ("bgr", "lab"),
    [  # sRGB primaries and a grey under D65, as CIE formulas give them (Lindbloom's calculator)
        ((255, 255, 255), (100.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((0, 0, 255), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((255, 0, 0), (32.30, 79.19, -107.86)),
        ((0, 255, 255), (97.14, -21.55, 94.48)),
        ((119, 119, 119), (50.03, 0.0, 0.0)),
    ],
)
def test_published_values(bgr: tuple[int, int, int], lab: tuple[float, float, float]) -> None:
    assert lab_from_bgr(np.array([bgr], np.uint8))[0] == pytest.approx(lab, abs=0.05)


def test_every_grey_has_no_chroma() -> None:
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    lab = lab_from_bgr(greys)
    assert np.abs(lab[:, 1:]).max() < 0.01
    assert (np.diff(lab[:, 0]) > 0).all()


def test_linear_light_keeps_black_and_white() -> None:
    ends = linear_light(np.array([[0, 128, 255]], np.uint8))[0]
    assert ends == pytest.approx([0, 0.2159, 1], abs=1e-4)
