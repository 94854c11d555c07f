"""Rendered frames on disk: `images/NAME.jpg`, `labels/NAME.png` (values of `BodyPart`) and `ids/NAME.png` (0 is nobody).

Crowds have more: `truth/NAME.json` tells what is known about each frame, `about.json` what the whole folder was made for.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from domain.errors import OutputError, SourceError, UsageError
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


@dataclass(frozen=True, slots=True)
class About:
    """What a folder of rendered frames was made for.

    Attributes:
        split: Nothing may be trained on `held_out` frames.
        photographs: Whether photographs may be seen in them; all else is CC0.
    """

    split: Literal["training", "held_out"] = "training"
    photographs: bool = True


def describe(folder: Path, about: About) -> None:
    """Write what the folder is for, before its first frame.

    Raises:
        UsageError: It holds frames that were made for something else.
        OutputError: It cannot be written.
    """
    path = folder / "about.json"
    if about_folder(folder) not in (None, about):
        raise UsageError(f"{folder} holds other frames ({path.read_text().strip()}): choose another folder")
    _write_text(path, json.dumps(asdict(about)) + "\n")


def about_folder(folder: Path) -> About | None:
    """What the folder is for; None if nothing is written there.

    Raises:
        SourceError: What is written there makes no sense.
    """
    path = folder / "about.json"
    if not path.is_file():
        return None
    try:
        return About(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise SourceError(f"{path} is damaged: {error}") from error


def write_frame(folder: Path, frame: LabelledFrame, truth: Mapping[str, object] | None = None) -> None:
    """Store one frame; the image last, since a frame without an image does not count.

    Raises:
        OutputError: It cannot be written.
    """
    if truth is not None:
        _write_text(folder / "truth" / f"{frame.name}.json", json.dumps(truth, separators=(",", ":")) + "\n")
    files = {
        folder / "labels" / f"{frame.name}.png": frame.labels,
        folder / "ids" / f"{frame.name}.png": frame.person_ids,
        folder / "images" / f"{frame.name}.jpg": frame.image,
    }
    for path, pixels in files.items():
        options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if path.suffix == ".jpg" else []
        stored, data = cv2.imencode(path.suffix, np.asarray(pixels), options)
        if not stored:
            raise OutputError(f"{path} cannot be written")
        _write_whole(path, data.tobytes())


def _write_text(path: Path, text: str) -> None:
    _write_whole(path, text.encode())


def _write_whole(path: Path, data: bytes) -> None:
    """So that whoever finds the file finds all of it, even if this process is ended in the middle."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error


def read_truth(folder: Path, name: str) -> dict[str, Any]:
    """What is known about a frame of a crowd.

    Raises:
        SourceError: The file is missing or damaged.
    """
    path = folder / "truth" / f"{name}.json"
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read; it should tell what is known about the frame") from error
    return dict(known)


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
