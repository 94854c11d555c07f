"""Brands: uniforms and jerseys that are told by a palette of colours."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

from analytics.cielab import LinearPixels, lab_from_bgr, lab_from_linear
from analytics.color_difference import ciede2000
from analytics.illuminant import Light
from analytics.patches import Patch, together
from analytics.worn import Worn, garments_of
from config.floor import ShapeName
from config.quantities import Fraction, Number, Section
from domain.frame import BoolMask
from domain.labels import GARMENTS, BodyPart

# Of a garment are looked at.
_MAX_PIXELS = 128
_MIN_PIXELS = 24
# Of a sum of weights.
_ROUNDING = 1e-9
# Steps from black to white, and steps that there are: corrected light may be above white, by less than two times.
_STEPS = 64
_LEVELS = 96
_UNKNOWN = -1
# Folds are lighter and darker than the cloth: as usual for textiles, lightness weighs half.
_LIGHTNESS = 2.0


def _hex(text: str) -> str:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise ValueError('must be a colour as in "#c8102e" (in quotes, since YAML takes # for a comment)')
    return text.lower()


HexColor: TypeAlias = Annotated[str, AfterValidator(_hex)]
"""Red, green and blue of sRGB, two hexadecimal digits each."""


class BrandSettings(Section):
    """A palette, and the garment that has to show it."""

    name: ShapeName = Field(description="What it is called in events")
    colors: Annotated[tuple[HexColor, ...], Field(min_length=1, max_length=16)] = Field(
        description='Its colours, as in `["#c8102e"]`'
    )
    garment: Worn = Field(default="upper-clothes", description="The garment, or upper-body or lower-body")
    tolerance: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False), Number] = Field(
        default=12.0,
        description="How different a pixel may look from the nearest of these colours: CIEDE2000 with half the weight of lightness",
    )
    shown_share: Annotated[Fraction, Field(gt=0)] = Field(
        default=0.5, description="That part of the garment's pixels must have one of these colours"
    )


class Brand:
    """Tells whether somebody wears a palette."""

    def __init__(self, settings: BrandSettings) -> None:
        self.name = settings.name
        self._settings = settings
        self._palette = Palette(settings.colors, settings.tolerance)
        garments = garments_of(settings.garment)
        self._parts = tuple(part for part in GARMENTS if part.label in garments)

    def areas(self, people: Sequence[Mapping[BodyPart, Patch]], light: Light) -> list[int]:
        """Of each person of a frame the pixels of the garment, if it shows the palette; else, or where none can tell, 0.

        Args:
            people: What each wears.
            light: Of the frame.
        """
        seen = [together(patches, self._parts, _MAX_PIXELS) for patches in people]
        worn = [one if one is not None and one[2] >= _MIN_PIXELS else None for one in seen]
        known = [one for one in worn if one is not None]
        if not known or light.monochrome:
            return [0] * len(people)
        shows = self._palette.shows(light.correct(np.concatenate([pixels for pixels, _, _ in known])))
        starts = np.cumsum([0, *(len(pixels) for pixels, _, _ in known[:-1])])
        weights = np.concatenate([weights for _, weights, _ in known])
        shares = iter(np.add.reduceat(weights * shows, starts).tolist())
        least = self._settings.shown_share - _ROUNDING
        return [one[2] if one is not None and next(shares) >= least else 0 for one in worn]


class Palette:
    """Tells whether pixels have one of a palette's colours. Light is told in steps, and each colour is looked at once.

    A step is a 64th of the square root of white, so that it looks about as large in the dark as in the light: two codes of sRGB
    either way, a difference of 1 or so. Whether a pixel is within the tolerance is as sure as that.
    """

    def __init__(self, colors: Sequence[str], tolerance: float) -> None:
        self._colors = lab_from_bgr(np.array([_bgr(color) for color in colors], np.uint8))
        self._tolerance = tolerance
        self._known = np.full(_LEVELS**3, _UNKNOWN, np.int8)

    def shows(self, linear: LinearPixels) -> BoolMask:
        """Shape (N,): which of these pixels do. Linear light of shape (N, 3), in neutral light."""
        levels = np.minimum(np.sqrt(linear) * _STEPS, _LEVELS - 1).astype(np.intp)
        places = (levels[:, 0] * _LEVELS + levels[:, 1]) * _LEVELS + levels[:, 2]
        new = places[self._known[places] == _UNKNOWN]
        if len(new):
            self._look_at(np.unique(new))
        shown: BoolMask = self._known[places] == 1
        return shown

    def _look_at(self, places: npt.NDArray[np.intp]) -> None:
        levels = np.stack((places // _LEVELS**2, places // _LEVELS % _LEVELS, places % _LEVELS), axis=1)
        lab = lab_from_linear((((levels + 0.5) / _STEPS) ** 2).astype(np.float32))
        nearest = np.min([ciede2000(lab, color, _LIGHTNESS) for color in self._colors], axis=0)
        self._known[places] = nearest <= self._tolerance


def _bgr(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return blue, green, red
