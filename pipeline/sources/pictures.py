"""Decoded pictures made into upright BGR arrays of square pixels, in the colours of an ordinary screen."""

import logging
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.buffer import Buffer
from av.sidedata.sidedata import SideDataContainer, Type
from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc, VideoReformatter

from domain.frame import BgrImage
from pipeline.sources.hdr import Primaries, Transfer, to_screen

logger = logging.getLogger(__name__)

# AVCOL_SPC_UNSPECIFIED.
_UNSPECIFIED_COLORSPACE = 2
_HD_HEIGHT = 720
_SQUARE = Fraction(1)
_ODD_MATRICES = {8: "YCgCo", 10: "BT.2020 of constant luminance", 11: "YDzDx", 14: "ICtCp", 15: "IPT"}
"""Colour matrices (AVCOL_SPC_...) that FFmpeg's scaler takes for others."""
_ODD_TRANSFERS = {
    ColorTrc.LOG: "logarithmic",
    ColorTrc.LOG_SQRT: "logarithmic",
    ColorTrc.SMPTE428: "cinema (SMPTE 428)",
}
_TRANSFERS = {
    ColorTrc.SMPTE2084: Transfer.PQ,
    ColorTrc.ARIB_STD_B67: Transfer.HLG,
    ColorTrc.LINEAR: Transfer.LINEAR,
}
_PRIMARIES = {
    ColorPrimaries.BT2020: Primaries.BT2020,
    ColorPrimaries.SMPTE431: Primaries.P3,
    ColorPrimaries.SMPTE432: Primaries.P3,
}


class PictureConverter:
    """Turns decoded frames of any pixel format, size, shape of pixels, rotation and coding of colours into upright BGR pictures.

    It keeps FFmpeg's scaler between frames, which one thread may use at a time. The size may change from frame to frame.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def to_bgr(self, frame: VideoFrame, pixel_aspect: Fraction = _SQUARE) -> BgrImage:
        """The picture as it is meant to be seen, shape (H, W, 3) uint8 BGR, contiguous, in memory of its own.

        Pixels that are not square are stretched in the direction that keeps all of them. Transparent pixels are laid on white.
        Where a stream does not name its colour matrix, pictures from 720 lines on are BT.709, smaller ones BT.601, as players take
        them. Colours for bright or wide screens (PQ, HLG, BT.2020, P3) are mapped to an ordinary one.

        Args:
            frame: As it was decoded.
            pixel_aspect: Width of a pixel by its height, as stored, before the picture is turned.

        Raises:
            av.FFmpegError: FFmpeg cannot convert this pixel format.
        """
        matrix = display_matrix(frame)
        size = square_size(frame.width, frame.height, pixel_aspect)
        coding, primaries = screen_coding(frame.color_trc, frame.color_primaries)
        if _has_alpha(frame):
            picture = over_white(np.asarray(self._array(frame, "bgra", size), np.uint8))
        elif coding is not Transfer.SDR or primaries is not Primaries.BT709:
            picture = to_screen(np.asarray(self._array(frame, "rgb48le", size), np.uint16), coding, primaries)
        else:
            picture = np.asarray(self._array(frame, "bgr24", size), np.uint8)
        return np.array(upright(picture, matrix), order="C")

    def _array(self, frame: VideoFrame, pixel_format: str, size: tuple[int, int]) -> npt.NDArray[Any]:
        converted = self._reformatter.reformat(
            frame,
            width=size[0],
            height=size[1],
            format=pixel_format,
            src_colorspace=_matrix(frame),
            threads=1,
        )
        return converted.to_ndarray()


class ColorCheck:
    """Says once of a source that its colours cannot be relied on.

    Args:
        name: Of the source, for the log.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._told = False

    def known(self, frame: VideoFrame) -> bool:
        """Whether the colours of that frame can be relied on once it is converted."""
        coding = untrusted_colors(frame)
        if coding and not self._told:
            self._told = True
            logger.warning(
                "%s: its colours are coded in a way that cannot be converted (%s); persons are counted, colours are unknown",
                self._name,
                coding,
            )
        return coding is None


def shown_size(frame: VideoFrame, pixel_aspect: Fraction) -> tuple[int, int]:
    """Width and height of the picture that `PictureConverter` makes of a frame, pixels; nothing is converted."""
    width, height = square_size(frame.width, frame.height, pixel_aspect)
    shape = upright(np.zeros((height, width, 3), np.uint8), display_matrix(frame)).shape
    return shape[1], shape[0]


def square_size(width: int, height: int, pixel_aspect: Fraction) -> tuple[int, int]:
    """Width and height of a picture once its pixels are square; nothing gets smaller."""
    if pixel_aspect >= 1:
        return round(width * pixel_aspect), height
    return width, round(height / pixel_aspect)


def screen_coding(transfer: int, primaries: int) -> tuple[Transfer, Primaries]:
    """What `to_screen` must know of colours; SDR and BT.709 where there is nothing to map.

    Args:
        transfer: Transfer characteristics, as ITU-T H.273 numbers them.
        primaries: Colour primaries, likewise.
    """
    known = transfer in ColorTrc.__members__.values()
    coding = _TRANSFERS.get(ColorTrc(transfer), Transfer.SDR) if known else Transfer.SDR
    named = primaries in ColorPrimaries.__members__.values()
    colors = ColorPrimaries(primaries) if named else ColorPrimaries.UNSPECIFIED
    if colors is ColorPrimaries.UNSPECIFIED and coding in (Transfer.PQ, Transfer.HLG):
        return coding, Primaries.BT2020
    return coding, _PRIMARIES.get(colors, Primaries.BT709)


def untrusted_colors(frame: VideoFrame) -> str | None:
    """How the colours of a frame are coded, in a few words, where that cannot be mapped to a screen; None where it can."""
    if frame.colorspace in _ODD_MATRICES:
        return _ODD_MATRICES[frame.colorspace]
    if _known_trc(frame) and ColorTrc(frame.color_trc) in _ODD_TRANSFERS:
        return _ODD_TRANSFERS[ColorTrc(frame.color_trc)]
    if _side_data(frame, Type.DOVI_METADATA) is not None and frame.color_trc == ColorTrc.UNSPECIFIED:
        return "Dolby Vision only"
    return None


def upright(picture: BgrImage, matrix: tuple[int, int, int, int] | None) -> BgrImage:
    """Turn and mirror a picture as its display matrix says; the result may be a view.

    Args:
        picture: Shape (H, W, 3) uint8.
        matrix: (a, b, c, d): column x and row y of the stored picture are shown at column a x + c y and row b x + d y. None
            leaves the picture as it is. A skew angle is taken for the nearest quarter turn.
    """
    if matrix is None:
        return picture
    a, b, c, d = matrix
    if abs(a) + abs(d) >= abs(b) + abs(c):
        mirror_x, mirror_y = a < 0, d < 0
    else:
        picture = picture.transpose(1, 0, 2)
        mirror_x, mirror_y = c < 0, b < 0
    return picture[:: -1 if mirror_y else 1, :: -1 if mirror_x else 1]


def over_white(picture: npt.NDArray[np.uint8]) -> BgrImage:
    """Lay a picture with transparency on white.

    Args:
        picture: Shape (H, W, 4) uint8, channels B, G, R, alpha (not premultiplied).

    Returns:
        Shape (H, W, 3) uint8 BGR.
    """
    color, alpha = picture[..., :3], picture[..., 3:].astype(np.uint16)
    if int(alpha.min(initial=255)) == 255:
        return np.ascontiguousarray(color)
    mixed = (color * alpha + 255 * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)


def display_matrix(frame: VideoFrame) -> tuple[int, int, int, int] | None:
    """The part of a frame's display matrix that turns and mirrors, or None where it has none or one that shows nothing."""
    data = _side_data(frame, Type.DISPLAYMATRIX)
    if data is None:
        return None
    values = np.frombuffer(bytes(data), np.int32)
    a, b, c, d = (int(values[index]) for index in (0, 1, 3, 4))
    return None if math.isclose(a * d - b * c, 0.0) else (a, b, c, d)


def _side_data(frame: VideoFrame, kind: Type) -> Buffer | None:
    try:
        # Not `frame.side_data`, which the frame keeps: the two would hold each other until Python looks for circles.
        side_data: Mapping[Type, Buffer] = cast("Any", SideDataContainer)(frame)
        return side_data.get(kind)
    except ValueError:  # PyAV does not know every kind of side data that FFmpeg attaches
        return None


def _known_trc(frame: VideoFrame) -> bool:
    return frame.color_trc in ColorTrc.__members__.values()


def _matrix(frame: VideoFrame) -> Colorspace | None:
    """The colour matrix of a frame that does not name it; None where it does, or FFmpeg's own guess is right."""
    if frame.colorspace != _UNSPECIFIED_COLORSPACE:
        return None
    if frame.color_trc in (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67):
        return Colorspace.BT2020
    return Colorspace.ITU709 if frame.height >= _HD_HEIGHT else None


def _has_alpha(frame: VideoFrame) -> bool:
    return any(component.is_alpha for component in frame.format.components) or frame.format.name == "pal8"
