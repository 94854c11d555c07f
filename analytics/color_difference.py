"""How different two colours look: the formula CIEDE2000.

Source: CIE 142-2001; written after Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula: Implementation Notes,
Supplementary Test Data, and Mathematical Observations" (2005), whose data the tests use.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.cielab import LabPixels

Differences: TypeAlias = npt.NDArray[np.float64]
"""Shape (N,): about 1 is just noticeable."""

_Colors: TypeAlias = LabPixels | npt.NDArray[np.float64]
_Column: TypeAlias = npt.NDArray[np.float64]

_25_TO_THE_7TH = 25.0**7


def ciede2000(lab: _Colors, reference: _Colors, lightness_weight: float = 1.0) -> Differences:
    """The difference of each colour to another.

    Args:
        lab: Shape (N, 3), L*, a*, b*.
        reference: Shape (3,) or (N, 3).
        lightness_weight: k_L, by which differences in lightness are divided: 1 in general, 2 as is usual for textiles.
    """
    one, other = np.asarray(lab, np.float64), np.asarray(reference, np.float64)
    lightness = one[..., 0], other[..., 0]
    chroma, hue = _polar(one, other)
    mean_lightness, mean_chroma = (lightness[0] + lightness[1]) / 2, (chroma[0] + chroma[1]) / 2
    turn = _turn(hue, chroma)
    mean_hue = _mean_hue(hue, chroma)
    by_lightness = (lightness[1] - lightness[0]) / (lightness_weight * _scale_of_lightness(mean_lightness))
    by_chroma = (chroma[1] - chroma[0]) / (1 + 0.045 * mean_chroma)
    across = 2 * np.sqrt(chroma[0] * chroma[1]) * np.sin(turn / 2)
    by_hue = across / (1 + 0.015 * mean_chroma * _weight_of_hue(mean_hue))
    squares = (
        by_lightness**2 + by_chroma**2 + by_hue**2 + _rotation(mean_chroma, mean_hue) * by_chroma * by_hue
    )
    differences: Differences = np.sqrt(np.maximum(squares, 0))
    return differences


def _polar(one: _Column, other: _Column) -> tuple[tuple[_Column, _Column], tuple[_Column, _Column]]:
    """Chroma and hue of both, in radians, with a* stretched for colours near grey."""
    mean = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + _25_TO_THE_7TH))
    a_values = one[..., 1] * stretch, other[..., 1] * stretch
    b_values = one[..., 2], other[..., 2]
    chroma = np.hypot(a_values[0], b_values[0]), np.hypot(a_values[1], b_values[1])
    hue = (
        np.arctan2(b_values[0], a_values[0]) % (2 * np.pi),
        np.arctan2(b_values[1], a_values[1]) % (2 * np.pi),
    )
    return chroma, hue


def _turn(hue: tuple[_Column, _Column], chroma: tuple[_Column, _Column]) -> _Column:
    """From one hue to the other, the shorter way; 0 where one of them is grey."""
    turn = (hue[1] - hue[0] + np.pi) % (2 * np.pi) - np.pi
    # Half a turn counts as forwards.
    turn = np.where(turn == -np.pi, np.pi, turn)
    return np.where(chroma[0] * chroma[1] == 0, 0.0, turn)


def _mean_hue(hue: tuple[_Column, _Column], chroma: tuple[_Column, _Column]) -> _Column:
    total = hue[0] + hue[1]
    far = np.abs(hue[0] - hue[1]) > np.pi
    around = np.where(total < 2 * np.pi, total + 2 * np.pi, total - 2 * np.pi)
    mean = np.where(far, around, total) / 2
    return np.where(chroma[0] * chroma[1] == 0, total, mean)


def _scale_of_lightness(mean: _Column) -> _Column:
    off = (mean - 50) ** 2
    scale: _Column = 1 + 0.015 * off / np.sqrt(20 + off)
    return scale


def _weight_of_hue(mean: _Column) -> _Column:
    weight: _Column = (
        1
        - 0.17 * np.cos(mean - np.radians(30))
        + 0.24 * np.cos(2 * mean)
        + 0.32 * np.cos(3 * mean + np.radians(6))
        - 0.20 * np.cos(4 * mean - np.radians(63))
    )
    return weight


def _rotation(mean_chroma: _Column, mean_hue: _Column) -> _Column:
    """Of blue, where chroma and hue are not told apart alike."""
    angle = np.radians(30) * np.exp(-(((np.degrees(mean_hue) - 275) / 25) ** 2))
    strength = 2 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + _25_TO_THE_7TH))
    rotation: _Column = -np.sin(2 * angle) * strength
    return rotation
