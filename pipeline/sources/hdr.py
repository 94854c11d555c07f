"""Colours meant for other screens, mapped to those of an ordinary one.

Transfer curves: SMPTE ST 2084 (PQ) and ITU-R BT.2100 (hybrid log-gamma). Reference white is 203 cd/m2 as ITU-R BT.2408 has it, and
becomes the white of an ordinary screen; what is brighter is compressed. Ordinary screens show by ITU-R BT.1886.
"""

from enum import Enum
from functools import cache
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage

DeepRgb: TypeAlias = npt.NDArray[np.uint16]
"""Shape (H, W, 3), dtype uint16, channel order R, G, B, the full range."""

LinearRgb: TypeAlias = npt.NDArray[np.float32]
"""Shape (H, W, 3), dtype float32; 1 is reference white."""


class Transfer(Enum):
    """How light was coded."""

    PQ = "PQ"
    HLG = "HLG"
    SDR = "SDR"
    LINEAR = "linear"


class Primaries(Enum):
    """Which red, green and blue the numbers are of."""

    BT709 = "BT.709"
    BT2020 = "BT.2020"
    P3 = "P3"


_WHITE_NITS = 203.0
_PEAK_NITS = 1000.0
# Up to here tones stay as they are.
_KNEE = 0.75
_SCREEN_GAMMA = 2.4
_STEPS = 4096
# Of each channel are looked at; a test holds the mean error below 1 of 255.
_BITS = 7
_UNUSED_BITS = 16 - _BITS
_BT2020_LUMA = (0.2627, 0.6780, 0.0593)
_TO_BT709: dict[Primaries, LinearRgb] = {
    # ITU-R BT.2087, and the same for P3 with the white of daylight (SMPTE EG 432-1)
    Primaries.BT2020: np.array(
        [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
    ),
    Primaries.P3: np.array(
        [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]], np.float32
    ),
}


def to_screen(picture: DeepRgb, transfer: Transfer, primaries: Primaries) -> BgrImage:
    """Map a picture to what an ordinary screen shows.

    Args:
        picture: As it was coded; the upper 7 bits of each number count.
        transfer: Its transfer curve.
        primaries: Its primaries.

    Returns:
        Shape (H, W, 3) uint8 BGR, coded for BT.709 and BT.1886.
    """
    red, green, blue = ((picture[..., channel] >> _UNUSED_BITS).astype(np.int32) for channel in range(3))
    return _table(transfer, primaries).take((red << 2 * _BITS) | (green << _BITS) | blue, axis=0)


@cache
def _table(transfer: Transfer, primaries: Primaries) -> npt.NDArray[np.uint8]:
    """What the screen shows for each colour, shape (2 ** 21, 3) uint8 BGR; looking it up is much faster than computing it."""
    levels = (np.arange(2**_BITS, dtype=np.uint16) << _UNUSED_BITS) + 2 ** (_UNUSED_BITS - 1)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    return mapped(cube.reshape(-1, 1, 3), transfer, primaries).reshape(-1, 3)


def mapped(picture: DeepRgb, transfer: Transfer, primaries: Primaries) -> BgrImage:
    """The same as `to_screen`, computed for each pixel."""
    linear = _linear_table(transfer).take(picture >> 4)
    if transfer is Transfer.HLG:
        linear = _displayed(linear)
    if primaries in _TO_BT709:
        linear = np.maximum(cv2.transform(linear, _TO_BT709[primaries]), 0.0).astype(np.float32)
    if transfer in (Transfer.PQ, Transfer.HLG):
        linear = _compressed(linear)
    coded = cv2.pow(np.clip(linear, 0.0, 1.0), 1.0 / _SCREEN_GAMMA) * 255.0
    return np.ascontiguousarray(np.rint(coded[..., ::-1]).astype(np.uint8))


@cache
def _linear_table(transfer: Transfer) -> npt.NDArray[np.float32]:
    coded = (np.arange(_STEPS) + 0.5) / _STEPS
    match transfer:
        case Transfer.PQ:
            light = _pq_nits(coded) / _WHITE_NITS
        case Transfer.HLG:
            light = _hlg_scene(coded)
        case Transfer.SDR:
            light = coded**_SCREEN_GAMMA
        case Transfer.LINEAR:
            light = coded
    return light.astype(np.float32)


def _pq_nits(coded: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The electro-optical transfer function of ST 2084."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = coded ** (1 / m2)
    nits: npt.NDArray[np.float64] = 10_000.0 * (np.maximum(root - c1, 0.0) / (c2 - c3 * root)) ** (1 / m1)
    return nits


def _hlg_scene(coded: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The inverse opto-electronic transfer function of BT.2100: light of the scene, 0 to 1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(coded <= 0.5, coded**2 / 3.0, (np.exp((coded - c) / a) + b) / 12.0)


def _displayed(scene: LinearRgb) -> LinearRgb:
    """The opto-optical transfer function of BT.2100 for a screen of 1000 cd/m2, relative to reference white."""
    luma = cv2.transform(scene, np.array([_BT2020_LUMA], np.float32))
    gain = cv2.pow(luma, 0.2) * (_PEAK_NITS / _WHITE_NITS)
    return (scene * gain.reshape(*scene.shape[:2], 1)).astype(np.float32)


def _compressed(linear: LinearRgb) -> LinearRgb:
    """Bring what is above the knee below 1 without changing the hue: Reinhard's extended curve (2002) from the knee on."""
    brightest = linear.max(axis=2, keepdims=True)
    room = 1.0 - _KNEE
    peak = (_PEAK_NITS / _WHITE_NITS - _KNEE) / room
    over = np.maximum(brightest - _KNEE, 0.0) / room
    mapped = _KNEE + room * over * (1.0 + over / peak**2) / (1.0 + over)
    gain = np.where(brightest > _KNEE, np.minimum(mapped, 1.0) / np.maximum(brightest, _KNEE), 1.0)
    return (linear * gain).astype(np.float32)
