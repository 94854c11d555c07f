"""Image files made into BGR pictures."""

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pi_heif
from PIL import Image, ImageOps, TiffImagePlugin

from domain.frame import BgrImage
from pipeline.sources.hdr import Primaries, Transfer, to_screen
from pipeline.sources.pictures import over_white, screen_coding

_JPEG = b"\xff\xd8\xff"
HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_COLOURS = b"colrnclx"
_AVIF = frozenset({b"avif", b"avis"})
# A damaged header must not ask for gigabytes.
_MOST_PIXELS = 16_384 * 8_192
_FLOATING = "its values are floating-point, and nobody says which of them is white; save it with 8 or 16 bits a channel"
_SEVERAL = ("GIF", "PNG", "TIFF", "WEBP")
# NewSubfileType of TIFF.
_KIND_OF_PAGE, _SMALLER = 254, 1
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND"

# OpenCV writes to stderr about each damaged image; the source says it in one line.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class Unreadable(Exception):  # noqa: N818 - it reads as what it is
    """A picture that is whole and yet cannot be read as one; the text says why, and what to do."""


def read_image(path: Path) -> BgrImage | None:
    """Read an image of any depth and kind, upright as it says itself; transparent pixels are laid on white.

    Returns:
        Shape (H, W, 3) uint8 BGR; None where the file cannot be read, is no image, or is cut off.

    Raises:
        Unreadable: Its values cannot be shown as colours.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return decode_image(data)


def decode_image(data: bytes) -> BgrImage | None:
    """The same from the bytes of a file; arguments and errors as there."""
    if not data or (data.startswith(_PNG) and _PNG_END not in data):
        # OpenCV would notice too, but libpng would write to stderr.
        return None
    if data[4:8] == b"ftyp" and data[8:12] in HEIC | _AVIF:
        return _by_pillow(data)
    try:
        return _by_opencv(np.frombuffer(data, np.uint8), is_jpeg=data.startswith(_JPEG))
    except cv2.error:  # more pixels than OpenCV allows, or a header that makes no sense
        return None


def holds_several(path: Path) -> bool:
    """Whether the file holds more pictures than the one that `read_image` reads: it moves, or has pages.

    Smaller versions of a page do not count, nor do the companions that phones put behind a JPEG.
    """
    try:
        with Image.open(path, formats=_SEVERAL) as opened:
            pages = range(1, getattr(opened, "n_frames", 1))
            return any(_is_page(opened, number) for number in pages)
    except (OSError, ValueError, EOFError, SyntaxError, Image.DecompressionBombError):
        return False


def _is_page(opened: Image.Image, number: int) -> bool:
    if not isinstance(opened, TiffImagePlugin.TiffImageFile):
        return True
    opened.seek(number)
    return not opened.tag_v2.get(_KIND_OF_PAGE, 0) & _SMALLER


def _by_opencv(encoded: npt.NDArray[np.uint8], *, is_jpeg: bool) -> BgrImage | None:
    # Has no transparency and 8 bits, and is the kind that comes in thousands.
    if not is_jpeg:
        stored = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
        if stored is not None and stored.dtype not in {np.dtype(np.uint8), np.dtype(np.uint16)}:
            raise Unreadable(_FLOATING)
        # Has no EXIF orientation.
        if stored is not None and stored.ndim == 3 and stored.shape[2] == 4:
            return over_white((stored // 257 if stored.dtype == np.uint16 else stored).astype(np.uint8))
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return None if decoded is None else np.asarray(decoded, np.uint8)


def _by_pillow(data: bytes) -> BgrImage | None:
    """HEIC, which OpenCV does not read, and AVIF, which it does not turn upright; HDR (PQ, HLG) is mapped to an ordinary screen."""
    try:
        # libheif turns its pictures itself; Pillow hands AVIF over with an orientation.
        opened = pi_heif.open_heif(io.BytesIO(data)) if data[8:12] in HEIC else Image.open(io.BytesIO(data))
        if opened.size[0] * opened.size[1] > _MOST_PIXELS:
            return None
        picture = opened if isinstance(opened, Image.Image) else opened.to_pillow()
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (
        OSError,
        ValueError,
        RuntimeError,
        EOFError,
        SyntaxError,
        MemoryError,
        Image.DecompressionBombError,
    ):
        return None
    pixels = np.asarray(upright, np.uint8)
    coding = _coding(data)
    if coding == (Transfer.SDR, Primaries.BT709):
        return over_white(pixels[..., [2, 1, 0, 3]])
    mapped = to_screen(pixels[..., :3].astype(np.uint16) * 257, *coding)
    return over_white(np.dstack([mapped, pixels[..., 3]]))


def _coding(data: bytes) -> tuple[Transfer, Primaries]:
    """How the colours are coded: primaries and transfer characteristics of the first colour box (ISO/IEC 23008-12, `nclx`)."""
    place = data.find(_COLOURS)
    if place < 0 or len(data) < place + 12:
        return Transfer.SDR, Primaries.BT709
    primaries, transfer = struct.unpack_from(">HH", data, place + len(_COLOURS))
    return screen_coding(transfer, primaries)
