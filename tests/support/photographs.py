"""Folders of images: how one is written, and read through a source."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import Image

from domain.frame import BgrImage, Frame
from pipeline.sources.images import ImagesSource
from tests.support.clips import picture

BEGIN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def save(path: Path, image: object = None) -> Path:
    """A file in the format of its ending, of a drawn picture unless told otherwise."""
    ok, data = cv2.imencode(path.suffix, picture(0) if image is None else np.asarray(image))
    assert ok
    path.write_bytes(data.tobytes())
    return path


def source_of(folder: Path, limit_s: float | None = None) -> ImagesSource:
    """A source of every picture in it, two a second from `BEGIN` on."""
    return ImagesSource(folder, stream_id="photos", sample_fps=2.0, recorded_at=BEGIN, limit_s=limit_s)


def read(source: ImagesSource) -> list[Frame]:
    """All of its frames."""
    source.open()
    return [item for item in source.items() if isinstance(item, Frame)]


def as_heic(image: BgrImage, orientation: int = 1) -> bytes:
    """As a file of a telephone, with the EXIF orientation."""
    return _encoded(pillow_heif.from_pillow(as_pillow(image)), orientation)


def as_avif(image: BgrImage, orientation: int = 1) -> bytes:
    """As a file of a telephone, with the EXIF orientation."""
    return _encoded(as_pillow(image), orientation, format="AVIF")


def as_pillow(image: BgrImage) -> Image.Image:
    """The same picture, red first."""
    return Image.fromarray(np.ascontiguousarray(image[..., ::-1]))


def _encoded(image: Any, orientation: int, **how: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, quality=95, exif=exif.tobytes(), **how)
    return file.getvalue()
