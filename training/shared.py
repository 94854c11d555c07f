"""The data folder, and which of its files may be trained on.

What is held out is decided here and nowhere else, by name, so that no list can go stale.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from domain.errors import SourceError
from domain.frame import BgrImage, LabelMap

Split = Literal["training", "tuning", "test"]

_HELD_OUT_BACKGROUNDS = ("intel_onebyone_empty", "median_cardetection")  # their clips are evaluated on
_HELD_OUT_PANORAMAS = ("moonless_golf_1k", "rooftop_night_1k", "urban_street_01_1k", "venice_sunset_1k")


def data_folder() -> Path:
    """`data` in the folder that FOOTFALL_SHARED names, by default `../shared`.

    Raises:
        SourceError: It is not there.
    """
    shared = Path(os.environ.get("FOOTFALL_SHARED", Path(__file__).parents[2] / "shared"))
    folder = shared / "data"
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; FOOTFALL_SHARED names the data folder")
    return folder


def split_of(name: str) -> Split:
    """The part that a photograph belongs to: numbers ending in 3 tune, those ending in 7 test, the rest trains."""
    if name.endswith("3"):
        return "tuning"
    return "test" if name.endswith("7") else "training"


def background_split(name: str) -> Split:
    """The part that a still without people belongs to."""
    return "tuning" if name in _HELD_OUT_BACKGROUNDS else "training"


def panorama_split(name: str) -> Split:
    """The part that a panorama of `hdri` belongs to, by its name without ending."""
    return "test" if name in _HELD_OUT_PANORAMAS else "training"


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """One labelled person in a photograph of Clothing Co-Parsing (Yang et al., 2014), Apache 2.0.

    Attributes:
        name: Its number as in the file names.
        image: Shape (H, W, 3) uint8 BGR.
        labels: Shape (H, W) uint8, classes as in `training.labels.CLASSES`, 255 where nothing is known.
        by_people: People labelled it, and one person only. A network labels everybody.
    """

    name: str
    image: BgrImage
    labels: LabelMap
    by_people: bool = True

    def __post_init__(self) -> None:
        if self.image.shape[:2] != self.labels.shape:
            raise ValueError(f"labels of {self.name} must be {self.image.shape[:2]}, got {self.labels.shape}")


def labelled_photographs(split: Split) -> Iterator[Photograph]:
    """Photographs labelled by people, in the order of their numbers."""
    folder = data_folder() / "ccp"
    for name, image, found in _pairs(folder / "photos", folder / "labels14", split):
        yield Photograph(name, image, found)


def tagged_photographs(labels: Path | None = None) -> Iterator[Photograph]:
    """Photographs of the training split that a network has labelled with the help of their tags.

    Args:
        labels: Folder with `NNNN.png`; those of the data folder if None.
    """
    folder = data_folder() / "ccp"
    for name, image, found in _pairs(
        folder / "photos_tagged", labels or folder / "labels14_tagged", "training"
    ):
        yield Photograph(name, image, found, by_people=False)


def _pairs(pictures: Path, labels: Path, split: Split) -> Iterator[tuple[str, BgrImage, LabelMap]]:
    for path in sorted(labels.glob("*.png")):
        if split_of(path.stem) == split:
            yield path.stem, read_image(pictures / f"{path.stem}.jpg"), read_labels(path)


def backgrounds(split: Split) -> Iterator[tuple[str, BgrImage]]:
    """Stills of places without people: their names and pictures."""
    for path in sorted((data_folder() / "backgrounds").glob("*.png")):
        if background_split(path.stem) == split:
            yield path.stem, read_image(path)


def shelves(split: Split) -> Iterator[tuple[str, BgrImage]]:
    """Photographs of goods in shops without people (Grocery Store Dataset; Klasson et al., 2019; MIT)."""
    for path in sorted((data_folder() / "negatives/grocery").glob("*.jpg")):
        if split_of(path.stem) == split:
            yield path.stem, read_image(path)


def read_image(path: Path) -> BgrImage:
    """A picture, shape (H, W, 3) uint8 BGR.

    Raises:
        SourceError: It is missing or damaged.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise SourceError(f"{path}: not a picture that can be read; FOOTFALL_SHARED names the data folder")
    return np.asarray(image, np.uint8)


def read_labels(path: Path) -> LabelMap:
    """A label map, shape (H, W) uint8.

    Raises:
        SourceError: It is missing or damaged.
    """
    labels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if labels is None:
        raise SourceError(f"{path}: not a label map that can be read; FOOTFALL_SHARED names the data folder")
    return np.asarray(labels, np.uint8)
