"""Decoded pictures made into upright BGR arrays."""

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.buffer import Buffer
from av.sidedata.sidedata import Type
from av.video.reformatter import Colorspace, VideoReformatter

from domain.frame import BgrImage

_UNSPECIFIED_COLORSPACE = 2  # AVCOL_SPC_UNSPECIFIED
_HD_HEIGHT = 720


class PictureConverter:
    """Turns decoded frames of any pixel format, size and rotation into upright BGR pictures.

    It keeps FFmpeg's scaler between frames, which one thread may use at a time. The size may change from frame to frame.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def to_bgr(self, frame: VideoFrame) -> BgrImage:
        """The picture as it is meant to be seen, shape (H, W, 3) uint8 BGR, contiguous, in memory of its own.

        Transparent pixels are laid on white. Where a stream does not name its colour matrix, pictures from 720 lines on are BT.709
        and smaller ones BT.601, as players take them.

        Raises:
            av.FFmpegError: FFmpeg cannot convert this pixel format.
        """
        matrix = display_matrix(frame)
        with_alpha = _has_alpha(frame)
        stored = self._array(frame, "bgra" if with_alpha else "bgr24")
        picture = over_white(stored) if with_alpha else stored
        return np.array(upright(picture, matrix), order="C")

    def _array(self, frame: VideoFrame, pixel_format: str) -> npt.NDArray[np.uint8]:
        unnamed_hd = frame.colorspace == _UNSPECIFIED_COLORSPACE and frame.height >= _HD_HEIGHT
        converted = self._reformatter.reformat(
            frame,
            format=pixel_format,
            src_colorspace=Colorspace.ITU709 if unnamed_hd else None,
            threads=1,
        )
        return np.asarray(converted.to_ndarray(), np.uint8)


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
    try:
        side_data: Mapping[Type, Buffer] = cast("Any", frame.side_data)  # the stub knows motion vectors only
        data = side_data.get(Type.DISPLAYMATRIX)
    except ValueError:  # PyAV does not know every kind of side data that FFmpeg attaches
        return None
    if data is None:
        return None
    values = np.frombuffer(bytes(data), np.int32)
    a, b, c, d = (int(values[index]) for index in (0, 1, 3, 4))
    return None if math.isclose(a * d - b * c, 0.0) else (a, b, c, d)


def _has_alpha(frame: VideoFrame) -> bool:
    return any(component.is_alpha for component in frame.format.components) or frame.format.name == "pal8"
