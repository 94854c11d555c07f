"""Brands: uniforms and jerseys that are told by a palette of colours."""

import re
from typing import Annotated, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

from analytics.cielab import BgrPixels, LabPixels, lab_from_bgr, lab_from_linear
from analytics.color_difference import ciede2000
from analytics.illuminant import Light
from analytics.worn import Worn, garments_of
from config.floor import ShapeName
from config.quantities import Fraction, Number, Section
from domain.frame import BgrImage
from domain.labels import GARMENTS
from domain.parsing import PersonView

# Of a garment are looked at.
_MAX_PIXELS = 128
_MIN_PIXELS = 24
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
        self._palette = lab_from_bgr(np.array([_bgr(color) for color in settings.colors], np.uint8))
        garments = garments_of(settings.garment)
        self._is_garment = np.zeros(256, np.bool_)
        self._is_garment[[part for part in GARMENTS if part.label in garments]] = True

    def area(self, view: PersonView, image: BgrImage, light: Light) -> int:
        """Pixels of the garment of somebody who wears it; 0 where it is not worn, or cannot be told.

        Args:
            view: The person.
            image: Shape (H, W, 3) uint8 BGR, the whole frame.
            light: Of the frame.
        """
        places = np.flatnonzero(view.mask & self._is_garment[view.labels])
        if len(places) < _MIN_PIXELS or light.monochrome:
            return 0
        chosen = places[
            np.arange(min(len(places), _MAX_PIXELS)) * len(places) // min(len(places), _MAX_PIXELS)
        ]
        pixels: BgrPixels = image[view.window].reshape(-1, 3)[chosen]
        share = float(np.mean(self._shows(lab_from_linear(light.correct(pixels)))))
        return len(places) if share >= self._settings.shown_share else 0

    def _shows(self, lab: LabPixels) -> npt.NDArray[np.bool_]:
        nearest = np.min([ciede2000(lab, color, _LIGHTNESS) for color in self._palette], axis=0)
        shows: npt.NDArray[np.bool_] = nearest <= self._settings.tolerance
        return shows


def _bgr(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return blue, green, red
