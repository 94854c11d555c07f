"""How well a parser labels CIHP, for whoever has the data set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from domain.errors import SourceError
from domain.frame import LabelMap
from domain.labels import BodyPart
from pipeline.parsers.base import HumanParser

CLASSES = 20
"""Of CIHP, background included."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What was measured.

    Attributes:
        pictures: How many.
        pixel_accuracy: Share of pixels labelled right, 0 to 1.
        mean_iou: Mean over the classes that occur in truth or answer.
        iou: Intersection over union of each of these classes.
    """

    pictures: int
    pixel_accuracy: float
    mean_iou: float
    iou: dict[BodyPart, float]


class Confusion:
    """Counts of pixels by true class and answer, over any number of pictures."""

    def __init__(self) -> None:
        self._counts: npt.NDArray[np.int64] = np.zeros((CLASSES, CLASSES), np.int64)
        self._pictures = 0

    def add(self, truth: LabelMap, answer: LabelMap) -> None:
        """Count one picture; pixels whose truth is above 19 (255 is CIHP's "ignore") do not count.

        Raises:
            ValueError: The shapes differ, or an answer is no class of CIHP.
        """
        if truth.shape != answer.shape:
            raise ValueError(f"answer must be {truth.shape}, got {answer.shape}")
        if answer.max(initial=0) >= CLASSES:
            raise ValueError(f"answer must be below {CLASSES}, got {answer.max()}")
        known = truth < CLASSES
        pairs = truth[known].astype(np.int64) * CLASSES + answer[known]
        self._counts += np.bincount(pairs, minlength=CLASSES * CLASSES).reshape(CLASSES, CLASSES)
        self._pictures += 1

    def result(self) -> Accuracy:
        """What has been counted so far; zeros where that is nothing."""
        right = np.diag(self._counts)
        union = self._counts.sum(axis=0) + self._counts.sum(axis=1) - right
        iou = {BodyPart(int(part)): float(right[part] / union[part]) for part in np.flatnonzero(union)}
        total = int(self._counts.sum())
        return Accuracy(
            pictures=self._pictures,
            pixel_accuracy=float(right.sum() / total) if total else 0.0,
            mean_iou=float(np.mean(list(iou.values()))) if iou else 0.0,
            iou=iou,
        )


def measure(
    parser: HumanParser,
    folder: Path,
    *,
    limit: int | None = None,
    watch: Callable[[int], None] = lambda _: None,
) -> Accuracy:
    """Parse the validation pictures of CIHP and compare.

    Args:
        parser: Whose answers are measured.
        folder: Of CIHP, with `Images/NAME.jpg` and `Category_ids/NAME.png` (or `Categories`, as in the older archive) in it
            or in its folder `Validation` or `val`.
        limit: Only that many pictures, in the order of their names.
        watch: Told after each picture how many are done.

    Raises:
        SourceError: The folder holds no such pairs, or a picture cannot be read.
    """
    confusion = Confusion()
    for done, (picture, truth) in enumerate(pairs(folder)[:limit], start=1):
        image = _read(picture, cv2.IMREAD_COLOR)
        labels = _read(truth, cv2.IMREAD_UNCHANGED)
        if labels.shape != image.shape[:2]:
            raise SourceError(f"{truth} has not the size of {picture}")
        confusion.add(labels, parser.parse(image).labels)
        watch(done)
    return confusion.result()


def _read(path: Path, flags: int) -> npt.NDArray[np.uint8]:
    picture = cv2.imread(str(path), flags)
    if picture is None:
        raise SourceError(f"{path} is not a picture that can be read")
    return picture.astype(np.uint8, copy=False)


def pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Pictures and their label maps, by name.

    Raises:
        SourceError: There are none.
    """
    for root in (folder, folder / "Validation", folder / "val"):
        for truth in ("Category_ids", "Categories"):
            found = sorted(_pairs(root / "Images", root / truth))
            if found:
                return found
    raise SourceError(f"{folder} holds no CIHP: Images/NAME.jpg and Category_ids/NAME.png are wanted")


def _pairs(pictures: Path, truths: Path) -> Iterator[tuple[Path, Path]]:
    for picture in pictures.glob("*.jpg"):
        truth = truths / f"{picture.stem}.png"
        if truth.is_file():
            yield picture, truth
