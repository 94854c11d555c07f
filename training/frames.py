"""Rendered frames on disk: `images/NAME.jpg`, `labels/NAME.png` (values of `BodyPart`) and `ids/NAME.png` (0 is nobody)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from domain.errors import OutputError, SourceError
from domain.frame import BgrImage, LabelMap
from training.shared import read_image, read_labels

_JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFrame:
    """A frame of which everything is known.

    Attributes:
        name: File name without its ending.
        image: Shape (H, W, 3) uint8 BGR.
        labels: Shape (H, W) uint8, values of `BodyPart`.
        person_ids: Shape (H, W) uint8; 0 is nobody.
    """

    name: str
    image: BgrImage
    labels: LabelMap
    person_ids: LabelMap

    def __post_init__(self) -> None:
        size = self.image.shape[:2]
        if self.labels.shape != size or self.person_ids.shape != size:
            raise ValueError(
                f"labels and ids of {self.name} must be {size}, got {self.labels.shape} and {self.person_ids.shape}"
            )


def write_frame(folder: Path, frame: LabelledFrame) -> None:
    """Store one frame; the image last, since a frame without an image does not count.

    Raises:
        OutputError: It cannot be written.
    """
    files = {
        folder / "labels" / f"{frame.name}.png": frame.labels,
        folder / "ids" / f"{frame.name}.png": frame.person_ids,
        folder / "images" / f"{frame.name}.jpg": frame.image,
    }
    for path, pixels in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if path.suffix == ".jpg" else []
        if not cv2.imwrite(str(path), np.asarray(pixels), options):
            raise OutputError(f"{path} cannot be written")


def frame_names(folder: Path) -> list[str]:
    """Names of the frames in that folder, in alphabetical order.

    Raises:
        SourceError: There are none.
    """
    names = sorted(path.stem for path in (folder / "images").glob("*.jpg"))
    if not names:
        raise SourceError(f"{folder}: no rendered frames; it should hold images/, labels/ and ids/")
    return names


def read_frame(folder: Path, name: str) -> LabelledFrame:
    """One frame.

    Raises:
        SourceError: A file of it is missing or damaged.
    """
    return LabelledFrame(
        name,
        read_image(folder / "images" / f"{name}.jpg"),
        read_labels(folder / "labels" / f"{name}.png"),
        read_labels(folder / "ids" / f"{name}.png"),
    )


def read_frames(folder: Path) -> Iterator[LabelledFrame]:
    """All frames of that folder, in the order of their names."""
    return (read_frame(folder, name) for name in frame_names(folder))
