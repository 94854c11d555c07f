"""Image files made into BGR pictures."""

import re
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage
from pipeline.sources.pictures import over_white

_ENDINGS = re.compile(r"\.(jpe?g|jpe|png|bmp|dib|webp|tiff?|p[bgpn]m|jp2|avif)", re.IGNORECASE)
_JPEG = b"\xff\xd8\xff"
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND"

cv2.utils.logging.setLogLevel(
    cv2.utils.logging.LOG_LEVEL_SILENT
)  # OpenCV writes to stderr about each damaged image; the source says it in one line


def looks_like_image(path: Path) -> bool:
    """Whether a file is named like an image or begins like one."""
    return bool(_ENDINGS.fullmatch(path.suffix)) or bool(cv2.haveImageReader(str(path)))


def read_image(path: Path) -> BgrImage | None:
    """Read an image of any depth and kind, upright as its EXIF orientation says; transparent pixels are laid on white.

    Returns:
        Shape (H, W, 3) uint8 BGR; None where the file cannot be read, is no image, or is cut off.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if not data or (data.startswith(_PNG) and _PNG_END not in data):
        return None  # OpenCV would notice too, but libpng would write to stderr
    encoded = np.frombuffer(data, np.uint8)
    try:
        if not data.startswith(_JPEG):  # has no transparency, and is the kind that comes in thousands
            transparent = _with_alpha(encoded)
            if transparent is not None:
                return transparent
        decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    except cv2.error:  # more pixels than OpenCV allows, or a header that makes no sense
        return None
    return None if decoded is None else np.asarray(decoded, np.uint8)


def _with_alpha(encoded: npt.NDArray[np.uint8]) -> BgrImage | None:
    """The picture laid on white, if it has transparency at all; EXIF orientation is not looked at, such images have none."""
    stored = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    if stored is None or stored.ndim != 3 or stored.shape[2] != 4:
        return None
    if stored.dtype == np.uint16:
        return over_white((stored // 257).astype(np.uint8))
    return over_white(stored.astype(np.uint8)) if stored.dtype == np.uint8 else None
