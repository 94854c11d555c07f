"""Recordings that somebody from outside sends: looked at before anything of them is decoded, and told by what they are."""

import mmap
from dataclasses import dataclass
from pathlib import Path

import av

from domain.errors import SourceError, UsageError
from pipeline.sources.containers import MOST_PIXELS, open_file, video_stream
from pipeline.sources.uploads import NoPicture, TooManyPixels

_CONTAINERS = "mov mp4 m4a 3gp 3g2 mj2 matroska webm avi mpegts mpeg mpegvideo mjpeg h264 hevc obu ivf flv asf ogg mxf gif dhav"
_KINDS = "MP4, MOV, Matroska, WebM, AVI, MPEG, MPEG-TS, FLV, ASF, Ogg, MXF or GIF"


# Heads of two boxes of QuickTime that stand so beside each other where the index is packed, and nowhere else.
_PACKED = b"dcomzlib"


class TooLong(UsageError):  # noqa: N818 - it reads as what it is
    """The recording is longer than is allowed, or more of its pictures would be looked at."""


@dataclass(frozen=True, slots=True)
class RecordingSeen:
    """What the header of a recording says.

    Attributes:
        width, height: Pixels of its pictures.
        duration_s: Seconds; None where nobody says.
    """

    width: int
    height: int
    duration_s: float | None


def look_at_recording(path: Path, most_pixels: int) -> RecordingSeen:
    """Read the header of a recording from outside. Nothing is decoded, and no other file is opened, whatever is in it.

    Lists of files and of addresses (playlists, concat scripts) are no recordings here: FFmpeg would open what they name.

    Args:
        path: The file.
        most_pixels: Width times height, at most.

    Raises:
        NoPicture: It is none of the kinds that are read, holds no pictures, or is damaged.
        TooManyPixels: Its pictures are too large.
    """
    if _is_packed(path):
        raise NoPicture("the recording's index is packed (cmov), which is not read here: save it anew as MP4")
    try:
        with open_file(path, containers=_CONTAINERS.split()) as container:
            stream = video_stream(container, "the recording")
            width, height = stream.codec_context.width, stream.codec_context.height
            duration_s = container.duration / av.time_base if container.duration else None
    except (SourceError, av.FFmpegError):
        raise NoPicture(f"this is no recording that is read here: send {_KINDS}") from None
    if width < 1 or height < 1:
        raise NoPicture("the recording has no picture that can be read: record or send it again")
    if width * height > min(most_pixels, MOST_PIXELS):
        raise TooManyPixels(
            f"the pictures have {width}x{height} pixels, and {most_pixels} are allowed: make them smaller"
        )
    return RecordingSeen(width, height, duration_s)


def _is_packed(path: Path) -> bool:
    """Whether FFmpeg would unpack its index, to whatever size it says."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(_PACKED) >= 0
