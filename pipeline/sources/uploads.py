"""Pictures that somebody from outside sends: looked at before they are decoded, and told by what they are, not by a name."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import pi_heif
from PIL import Image

from domain.errors import UsageError
from domain.frame import BgrImage
from pipeline.sources.image_files import HEIC, Unreadable, decode_image
from pipeline.sources.screening import JPEG, Untrusted, jpeg_size, require_its_own_pixels, screened

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
KINDS = "JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF"
"""That are read."""

_UNDECODABLE = (
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
    SyntaxError,
    MemoryError,
    OverflowError,
    TypeError,
)


class NoPicture(UsageError):  # noqa: N818 - it reads as what it is
    """What was sent is no picture that can be read."""


class TooManyPixels(UsageError):  # noqa: N818 - it reads as what it is
    """The picture says that it is larger than is allowed; it was not decoded."""


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """A picture from outside that was looked at and not yet decoded.

    Attributes:
        width, height: What it says of itself, pixels.
    """

    width: int
    height: int
    _data: bytes

    @classmethod
    def of(cls, data: bytes, most_pixels: int) -> "Upload":
        """Look at a file; arguments and errors as of `decode_upload`."""
        data, (width, height) = _looked_at(data)
        if width * height > most_pixels:
            raise TooManyPixels(
                f"the picture has {width}x{height} pixels, and {most_pixels} are allowed: make it smaller"
            )
        return cls(width, height, data)

    @property
    def pixels(self) -> int:
        """How many; decoding takes about 25 bytes of memory for each at most, which is so of HEIC."""
        return self.width * self.height

    def image(self) -> BgrImage:
        """Decode it: shape (H, W, 3) uint8 BGR, upright, on white where it is transparent.

        Raises:
            NoPicture: It is damaged.
        """
        try:
            require_its_own_pixels(self._data)
            image = decode_image(self._data)
        except (Unreadable, Untrusted) as error:
            raise NoPicture(f"the picture cannot be read: {error}") from None
        # One that says nothing true of itself must not be larger for that.
        if image is None or image.shape[0] * image.shape[1] > max(self.pixels, 1):
            raise NoPicture("the picture is damaged or cut off: send it again, or save it anew")
        return image


def decode_upload(data: bytes, most_pixels: int) -> BgrImage:
    """Decode a picture from outside.

    It is looked at first, and what is not needed to show it is left out (`screening`): what it says of its size decides whether
    anything is decoded, so a small file cannot ask for much memory or time.

    Args:
        data: The file.
        most_pixels: Width times height, at most.

    Returns:
        Shape (H, W, 3) uint8 BGR, upright, on white where it is transparent.

    Raises:
        NoPicture: It is none of the kinds that are read, or damaged.
        TooManyPixels: It is too large.
    """
    return Upload.of(data, most_pixels).image()


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its header, which may still be damaged, or too large."""
    try:
        _looked_at(path.read_bytes())
    except TooManyPixels:
        return True
    except NoPicture:
        return False
    return True


def _looked_at(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """What is needed of it, and its size."""
    try:
        kept = screened(data)
    except Untrusted as error:
        raise NoPicture(f"the picture cannot be read: {error}") from None
    return kept, _size(kept)


def _size(data: bytes) -> tuple[int, int]:
    """What the header says: width and height in pixels."""
    try:
        if data[4:8] == b"ftyp" and data[8:12] in HEIC:
            width, height = pi_heif.open_heif(io.BytesIO(data)).size
            return int(width), int(height)
        if data.startswith(JPEG):
            return _of_jpeg(data)
        with warnings.catch_warnings():
            # Pillow warns of large and of cut off pictures; both are refused here.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                return opened.size
    except Image.DecompressionBombError as error:
        raise TooManyPixels("the picture has more pixels than are allowed: make it smaller") from error
    except _UNDECODABLE:
        raise NoPicture(f"this is no picture that is read here: send {KINDS}") from None


def _of_jpeg(data: bytes) -> tuple[int, int]:
    # Pillow would read EXIF, too, which may hold much.
    size = jpeg_size(data)
    if size is None:
        raise ValueError("it says no size")
    return size
