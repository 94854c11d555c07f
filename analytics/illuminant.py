"""In what light a frame was taken, as far as the frame itself can tell.

A camera's automatic white balance and exposure are good, but not perfect, and what they leave behind is enough to
turn a grey coat blue. What remains is estimated from the pixels that belong to nobody (ADR 0005).
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from analytics.cielab import LUMINANCE, BgrPixels, LinearPixels, linear_light
from analytics.snapshots import State
from domain.frame import BgrImage, LabelMap

_SAMPLES = 1024
_BLOWN = 250
# Codes; darker pixels are mostly noise and offset.
_DARK = 24
# Pixels; fewer say nothing about a whole frame.
_MIN_GREYS = 64
_MIN_GREY_SHARE = 0.02
# (max - min) / max in linear light that a grey can reach in a plausible light.
_MAX_SATURATION = 0.5
# Of the measured cast is taken off: a grey wall and a bluish one cannot be told apart.
_TRUST = 0.5
_MAX_LOG_GAIN = float(np.log(1.35))
# Luminance of the brightest surfaces in a well exposed frame.
_WHITE_TARGET = 0.7
_EXPOSURE_TRUST = 0.5
# Never darker: a blown-out sky says nothing about the street.
_EXPOSURE_LIMITS = (1.0, 1.5)
# Codes between channels that video coding of a grey picture leaves at most.
_MONOCHROME_STEP = 2
_MONOCHROME_SHARE = 0.995
# Weight of a new frame once many have been seen.
_SLOWEST = 0.05


@dataclass(frozen=True, slots=True)
class Light:
    """The light of a frame.

    Attributes:
        gains: What linear B, G and R are multiplied with to look as under neutral light at normal exposure.
        cast: How strong the colour cast is, 0 none to 1 as strong as is believed at all; beyond that it is not
            corrected further.
        white: Luminance of the brightest surfaces, 0 to 1, before the correction.
        monochrome: The frame has no colour at all: a camera in infrared or black-and-white mode.
    """

    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    cast: float = 0.0
    white: float = _WHITE_TARGET
    monochrome: bool = False

    def correct(self, pixels: BgrPixels) -> LinearPixels:
        """Linear pixels as they would be in neutral light (von Kries scaling in the camera's own channels)."""
        return linear_light(pixels) * np.array(self.gains, np.float32)


NEUTRAL = Light()
"""Nothing is corrected."""


class LightMeterState(State):
    """Averages so far.

    Attributes:
        readings: How many frames the cast was measured in.
        log_cast: Logarithm of the light's B, G, R relative to their mean.
        whites: How many frames the brightest surfaces were measured in.
        log_white: Logarithm of their luminance.
    """

    version: Literal[1] = 1
    readings: int = 0
    log_cast: tuple[float, float, float] = (0.0, 0.0, 0.0)
    whites: int = 0
    log_white: float = float(np.log(_WHITE_TARGET))


class LightMeter:
    """Follows the light of one stream. One thread, frames in order.

    Each frame is measured by Shades of Grey (Finlayson and Trezzi, "Shades of Gray and Colour Constancy", 2004,
    Minkowski norm p = 6), over background pixels that may be grey, dark and blown-out ones left out. Readings are
    averaged over time: the mean of the first 20 frames, then each new frame with a twentieth.
    """

    def __init__(self, state: LightMeterState | None = None) -> None:
        state = state or LightMeterState()
        self._readings = state.readings
        self._log_cast = np.array(state.log_cast)
        self._whites = state.whites
        self._log_white = state.log_white

    def snapshot(self) -> LightMeterState:
        """The averages so far."""
        blue, green, red = self._log_cast.tolist()
        return LightMeterState(
            readings=self._readings,
            log_cast=(blue, green, red),
            whites=self._whites,
            log_white=self._log_white,
        )

    def read(self, image: BgrImage, labels: LabelMap) -> Light:
        """Take the frame into account and say in what light it was taken.

        Args:
            image: Shape (H, W, 3) uint8 BGR.
            labels: Shape (H, W) uint8; 0 is background.
        """
        step = max(1, math.ceil(math.sqrt(labels.size / _SAMPLES)))
        pixels = image[::step, ::step].reshape(-1, 3)
        background = pixels[labels[::step, ::step].reshape(-1) == 0]
        self._take_cast(background)
        self._take_white(background)
        return self._light(_monochrome(pixels))

    def _take_cast(self, background: BgrPixels) -> None:
        reading = _cast_of(background)
        if reading is not None:
            self._readings += 1
            weight = max(1 / self._readings, _SLOWEST)
            self._log_cast += weight * (reading - self._log_cast)

    def _take_white(self, background: BgrPixels) -> None:
        if len(background) >= _MIN_GREYS:
            luminance = linear_light(background) @ LUMINANCE
            white = np.partition(luminance, rank := int(0.98 * len(luminance)))[rank]
            self._whites += 1
            weight = max(1 / self._whites, _SLOWEST)
            self._log_white += weight * (float(np.log(max(white, 1e-4))) - self._log_white)

    def _light(self, monochrome: bool) -> Light:
        wanted = -_TRUST * self._log_cast
        gains = np.exp(np.clip(wanted, -_MAX_LOG_GAIN, _MAX_LOG_GAIN))
        gains /= gains @ LUMINANCE
        white = float(np.exp(self._log_white))
        exposure = float(np.clip((_WHITE_TARGET / white) ** _EXPOSURE_TRUST, *_EXPOSURE_LIMITS))
        blue, green, red = (float(gain) for gain in gains * exposure)
        cast = float(np.clip(np.abs(wanted).max() / _MAX_LOG_GAIN, 0, 1))
        return Light((blue, green, red), cast, white, monochrome)


def _cast_of(background: BgrPixels) -> npt.NDArray[np.float64] | None:
    """Logarithm of the light's B, G, R relative to their mean; None where too few pixels could be grey."""
    peak = highest(background)
    usable = linear_light(background[(peak < _BLOWN) & (peak > _DARK)])
    high = highest(usable)
    grey = usable[high - lowest(usable) < _MAX_SATURATION * high].astype(np.float64)
    if len(grey) < max(_MIN_GREYS, _MIN_GREY_SHARE * len(background)):
        return None
    cubed = grey * grey * grey
    log_light = np.log(np.einsum("ij,ij->j", cubed, cubed) / len(grey)) / 6
    centred: npt.NDArray[np.float64] = log_light - log_light.mean()
    return centred


def _monochrome(pixels: BgrPixels) -> bool:
    spread = highest(pixels) - lowest(pixels)
    return bool(np.count_nonzero(spread <= _MONOCHROME_STEP) >= _MONOCHROME_SHARE * len(pixels))


_Number = TypeVar("_Number", np.uint8, np.float32)


def highest(pixels: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """The largest of the three channels of each pixel, shape (N,); eight times as fast as `max(axis=1)`."""
    result: npt.NDArray[_Number] = np.maximum(np.maximum(pixels[:, 0], pixels[:, 1]), pixels[:, 2])
    return result


def lowest(pixels: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """The smallest of the three channels of each pixel, shape (N,)."""
    result: npt.NDArray[_Number] = np.minimum(np.minimum(pixels[:, 0], pixels[:, 1]), pixels[:, 2])
    return result
