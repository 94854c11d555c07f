"""CIELAB from sRGB in NumPy, so that nothing outside this project decides what a colour is.

Sources: IEC 61966-2-1 for the sRGB transfer curve and primaries (D65); CIE 15:2004, section 8.2.1 for L*a*b*. Hue and
    chroma are
its polar form, h = atan2(b*, a*) in degrees and C = hypot(a*, b*).
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

LinearPixels: TypeAlias = npt.NDArray[np.float32]
"""Shape (N, 3), dtype float32, channel order B, G, R, linear light: 0 is none, 1 is the white of sRGB."""

LabPixels: TypeAlias = npt.NDArray[np.float32]
"""Shape (N, 3), dtype float32: L* 0..100, a*, b*."""

BgrPixels: TypeAlias = npt.NDArray[np.uint8]
"""Shape (N, 3), dtype uint8, channel order B, G, R, as in a picture."""

LUMINANCE = np.array([0.0721923, 0.7151522, 0.2126555], np.float32)
"""Share of B, G and R in the luminance Y of sRGB."""

_CODES = np.arange(256) / 255.0
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)

# Linear B, G, R to X, Y, Z, each divided by its white (0.95047, 1, 1.08883), so that grey gives three equal numbers.
_BGR_TO_XYZ = np.array(
    [
        [0.1804375 / 0.95047, 0.3575761 / 0.95047, 0.4124564 / 0.95047],
        [0.0721923, 0.7151522, 0.2126729],
        [0.9503041 / 1.08883, 0.1191920 / 1.08883, 0.0193339 / 1.08883],
    ]
)
_BGR_TO_XYZ = (_BGR_TO_XYZ / _BGR_TO_XYZ.sum(axis=1, keepdims=True)).astype(np.float32).T.copy()

_XYZ_TO_BGR = np.linalg.inv(_BGR_TO_XYZ.astype(np.float64)).astype(np.float32)

_EPSILON = 216 / 24389
_KAPPA = 24389 / 27


def linear_light(pixels: BgrPixels) -> LinearPixels:
    """Undo the sRGB transfer curve."""
    return _LINEAR[pixels]


def lab_from_linear(pixels: LinearPixels) -> LabPixels:
    """CIELAB under D65. Light above the white of sRGB gives L* above 100."""
    xyz = pixels @ _BGR_TO_XYZ
    root = np.where(xyz > _EPSILON, np.cbrt(np.maximum(xyz, 0)), (_KAPPA * xyz + 16) / 116)
    lab = np.empty_like(pixels)
    lab[:, 0] = 116 * root[:, 1] - 16
    lab[:, 1] = 500 * (root[:, 0] - root[:, 1])
    lab[:, 2] = 200 * (root[:, 1] - root[:, 2])
    return lab


def lab_from_bgr(pixels: BgrPixels) -> LabPixels:
    """CIELAB of picture values as they are, seen under D65."""
    return lab_from_linear(linear_light(pixels))


def bgr_from_lab(lab: LabPixels) -> BgrPixels:
    """Picture values that show these colours under D65; what sRGB cannot show becomes the nearest value of each channel."""
    root = np.empty_like(lab)
    root[:, 1] = (lab[:, 0] + 16) / 116
    root[:, 0] = root[:, 1] + lab[:, 1] / 500
    root[:, 2] = root[:, 1] - lab[:, 2] / 200
    cubed = root**3
    xyz = np.where(cubed > _EPSILON, cubed, (116 * root - 16) / _KAPPA)
    linear = np.clip(xyz @ _XYZ_TO_BGR, 0, 1)
    coded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    pixels: BgrPixels = np.rint(coded * 255).astype(np.uint8)
    return pixels
