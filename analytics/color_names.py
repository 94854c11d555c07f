"""Where in CIELAB each colour name lives, seen under neutral light (D65).

The borders are this project's own. They were laid between reference colours (named colours of CSS and dyes of common
clothes, see the table in the tests) and follow what is known of names in CIELAB: brown is dark orange, pink is pale
red, beige pale yellow-orange; hue alone names nothing; and blue bends towards purple as it grows more saturated (the
Abney effect, which CIELAB does not undo).
"""

from functools import cache
from typing import TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from analytics.cielab import LabPixels
from domain.events import ColorName

NAMES: tuple[ColorName, ...] = tuple(name for name in get_args(ColorName) if name != "unknown")
"""Every name but `unknown`, in the order of `ColorName`; the numbers below follow it."""

ColorIndices: TypeAlias = npt.NDArray[np.intp]
"""Shape (N,), positions in `NAMES`."""

_BLACK, _WHITE, _GREY, _RED, _ORANGE, _YELLOW, _GREEN, _BLUE, _PURPLE, _PINK, _BROWN, _BEIGE = range(
    len(NAMES)
)

# Lightness.
_BLACK_BELOW = 26.0
_WHITE_FROM = 80.0

_STEP = 2
_LOWEST = np.array([0, -128, -128], np.float32)
# L* to 110: light above the white of sRGB.
_LAST = np.array([55, 128, 128], np.float32)
# Indices stay under 2 ** 24, exact in float32.
_STRIDES = np.array([129 * 129, 129, 1], np.float32)


def name_indices(lab: LabPixels) -> ColorIndices:
    """Name each colour, rounded to a grid of 2 in L*, a* and b*, which is about what an eye can just tell apart.

    Args:
        lab: Shape (N, 3) float32.
    """
    steps = np.rint((lab - _LOWEST) * np.float32(1 / _STEP))
    steps = np.minimum(np.maximum(steps, 0), _LAST) @ _STRIDES
    names: ColorIndices = _table()[steps.astype(np.intp)]
    return names


def decide(lab: LabPixels) -> ColorIndices:
    """The rule itself: name each colour, exactly. Slower than `name_indices`, which looks its results up.

    Args:
        lab: Shape (N, 3) float32.
    """
    lightness = lab[:, 0]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = (np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360).astype(np.float32)
    vivid = (chroma / np.maximum(lightness, 1)).astype(np.float32)
    neutral = chroma < _neutral_chroma(lightness, hue)
    conditions = [
        neutral & (lightness < _BLACK_BELOW),
        neutral & (lightness >= _WHITE_FROM),
        neutral,
        (hue >= 110) & (hue < 195),
        (hue >= 195) & (hue < _blue_ends(vivid)),
        (hue >= 195) & (hue < 335),
        (hue >= 48) & (hue < 80),
        (hue >= 80) & (hue < 110),
    ]
    choices: list[ColorIndices | int] = [
        _BLACK,
        _WHITE,
        _GREY,
        _GREEN,
        _BLUE,
        _PURPLE,
        _oranges(lightness, chroma),
        _yellows(lightness, chroma, hue),
    ]
    return np.select(conditions, choices, _reds(lightness, chroma, hue))


@cache
def _table() -> ColorIndices:
    """What `decide` says at every point of the grid, flat; made once, in about 0.1 s."""
    axes = [
        low + _STEP * np.arange(int(last) + 1, dtype=np.float32)
        for low, last in zip(_LOWEST, _LAST, strict=True)
    ]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    return decide(grid.reshape(-1, 3))


_Column = npt.NDArray[np.float32]


def _neutral_chroma(lightness: _Column, hue: _Column) -> _Column:
    """Chroma under which a colour is black, grey or white.

    Grey and white reach to 8. Dark colours to 12: cameras leave an offset of 10 to 20 codes in one channel of black,
    which is a chroma of 6 to 10. Light bluish colours to 10, because open shade is lit by the sky. Light warm colours
    only to 6.5, because cream and beige lie close to white.
    """
    dark = np.clip((40 - lightness) / 20, 0, 1)
    warm_light = (hue > 40) & (hue < 115) & (lightness > 65)
    sky_lit = (hue > 220) & (hue < 300) & (lightness > 55)
    limit: _Column = np.select([warm_light, sky_lit], [6.5, 10], 8 + 4 * dark).astype(np.float32)
    return limit


def _blue_ends(vivid: _Column) -> _Column:
    """Hue at which purple begins: 302 for muted colours, 308 for those as vivid as the blue of a screen (hue 306)."""
    return np.where(vivid > 2.2, 308, 302).astype(np.float32)


def _oranges(lightness: _Column, chroma: _Column) -> ColorIndices:
    """Hues 48 to 80: orange when vivid and light, brown when dark, beige when pale."""
    pale = (lightness >= 62) & (chroma < 38)
    vivid = (lightness >= 50) & (chroma >= 50) | (lightness >= 62)
    return np.where(pale, _BEIGE, np.where(vivid, _ORANGE, _BROWN))


def _yellows(lightness: _Column, chroma: _Column, hue: _Column) -> ColorIndices:
    """Hues 80 to 110: yellow when vivid and light, beige when pale; when dark brown or, from hue 97, olive green."""
    dark = (
        (lightness < 50) | (lightness < 58) & (chroma < 45) | (lightness < 66) & (chroma < 30) & (hue >= 97)
    )
    light = np.where(chroma < 34, _BEIGE, _YELLOW)
    return np.where(dark, np.where(hue >= 97, _GREEN, _BROWN), light)


def _reds(lightness: _Column, chroma: _Column, hue: _Column) -> ColorIndices:
    """Hues 335 to 48 across 0: red, its pale pink, its dull dark brown, and plum at the cold end."""
    cold = (hue >= 335) | (hue < 15)
    pink = (lightness >= 50) & (cold | (chroma < 0.85 * lightness) & (chroma < 62))
    # Old rose.
    pink |= (lightness >= 38) & cold & (chroma < 0.6 * lightness)
    plum = (lightness < 50) & (hue >= 335) & (hue < 352)
    dull = (lightness < 50) & (chroma < 0.95 * lightness) & (hue >= 20) & (hue < 48)
    return np.where(pink, _PINK, np.where(plum, _PURPLE, np.where(dull, _BROWN, _RED)))
