from pathlib import Path

import cv2
import numpy as np
import pytest

from domain.errors import SourceError
from domain.frame import BgrImage
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.m2fp.accuracy import Confusion, measure


def test_the_mean_iou_of_a_made_up_set_is_the_one_computed_by_hand() -> None:
    # Truth   0 0 1 1 | 9 9 9 255     Answer   0 1 1 1 | 9 9 0 5
    confusion = Confusion()
    confusion.add(np.array([[0, 0, 1, 1]], np.uint8), np.array([[0, 1, 1, 1]], np.uint8))
    confusion.add(np.array([[9, 9, 9, 255]], np.uint8), np.array([[9, 9, 0, 5]], np.uint8))

    result = confusion.result()

    # Background: 1 right of 2 true and 2 answered, union 3. Hat: 2 of 2 and 3, union 3. Pants: 2 of 3 and 2, union 3.
    expected = {
        BodyPart.BACKGROUND: pytest.approx(1 / 3),
        BodyPart.HAT: pytest.approx(2 / 3),
        BodyPart.PANTS: pytest.approx(2 / 3),
    }
    assert result.iou == expected
    assert result.mean_iou == pytest.approx(5 / 9)
    assert result.pixel_accuracy == pytest.approx(5 / 7)
    assert result.pictures == 2


class AllCoat:
    info = ParserInfo("coat", "1", "fp32")

    def parse(self, image: BgrImage) -> ParsedFrame:
        empty = ParsedFrame.empty(*image.shape[:2])
        labels = np.full(image.shape[:2], BodyPart.COAT, np.uint8)
        return ParsedFrame(labels, empty.person_ids, empty.scores, empty.boxes)


def write_pair(root: Path, name: str, coat_rows: int) -> None:
    for folder in ("Images", "Category_ids"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(root / "Images" / f"{name}.jpg"), np.zeros((8, 6, 3), np.uint8))
    truth = np.zeros((8, 6), np.uint8)
    truth[:coat_rows] = BodyPart.COAT
    cv2.imwrite(str(root / "Category_ids" / f"{name}.png"), truth)


def test_a_folder_of_cihp_is_measured(tmp_path: Path) -> None:
    write_pair(tmp_path / "Validation", "a", coat_rows=8)
    write_pair(tmp_path / "Validation", "b", coat_rows=4)

    result = measure(AllCoat(), tmp_path)

    assert result.pictures == 2
    assert result.iou[BodyPart.COAT] == pytest.approx(12 / 16)
    assert measure(AllCoat(), tmp_path, limit=1).mean_iou == 1


def test_a_folder_without_cihp_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"holds no CIHP: Images/NAME\.jpg and Category_ids/NAME\.png are wanted"
    ):
        measure(AllCoat(), tmp_path)
