"""Persons are found in the whole picture and parsed from pieces of it."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.frame import BgrImage, Boxes
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, ParserInfo, Scores
from pipeline.cutouts import Cutout, composed
from pipeline.finders.base import FinderInfo, Found
from pipeline.finding import FindThenParse, overlaps, unlike
from pipeline.parsers.cropping import Crop

HEIGHT, WIDTH = 400, 600


class ToldFinder:
    """Finds what it is told."""

    def __init__(
        self, *boxes: tuple[float, float, float, float], odds: Sequence[float] | None = None
    ) -> None:
        self.info = FinderInfo("told", "1")
        self._odds = None if odds is None else np.array(odds, np.float32)
        self._boxes = np.array(boxes, np.float32).reshape(-1, 4)

    def find(self, image: BgrImage) -> Found:
        del image
        return Found(self._boxes, np.ones(len(self._boxes), np.float32), self._odds)


class WhiteParser:
    """Takes what is white for one person in upper clothes, and what is lighter than grey for another."""

    def __init__(self) -> None:
        self.info = ParserInfo("white", "2", "fp32")
        self.parsed: list[tuple[int, int]] = []

    def parse(self, image: BgrImage) -> ParsedFrame:
        self.parsed.append((image.shape[0], image.shape[1]))
        persons = [mask for level in (255, 200) if (mask := image[..., 0] == level).any()]
        labels, ids = np.zeros(image.shape[:2], np.uint8), np.zeros(image.shape[:2], np.uint8)
        boxes = []
        for number, mask in enumerate(persons, 1):
            labels[mask], ids[mask] = BodyPart.UPPER_CLOTHES, number
            rows, columns = np.nonzero(mask)
            boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        scores = np.full(len(persons), 0.8, np.float32)
        return ParsedFrame(labels, ids, scores, np.array(boxes, np.float32).reshape(-1, 4))


class CroppingParser(WhiteParser):
    """The same, all crops at once."""

    def __init__(self, crops_checksum: str = "0") -> None:
        super().__init__()
        self.crops_checksum = crops_checksum
        self.calls: list[int] = []
        self.odds: Scores | None = None

    def parse_crops(self, crops: Sequence[BgrImage], odds: Scores | None = None) -> list[ParsedFrame]:
        self.odds = odds
        self.calls.append(len(crops))
        return [self.parse(crop) for crop in crops]


def picture(*persons: tuple[int, int, int, int], level: int = 255) -> BgrImage:
    image = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    for left, top, right, bottom in persons:
        image[top:bottom, left:right] = level
    return image


def test_in_an_empty_picture_nothing_is_parsed() -> None:
    parser = WhiteParser()
    parsed = FindThenParse(ToldFinder(), parser).parse(picture())
    assert len(parsed) == 0
    assert parsed.labels.shape == (HEIGHT, WIDTH)
    assert parser.parsed == []


def test_small_persons_are_parsed_from_crops_and_lie_where_they_are() -> None:
    boxes = (100, 50, 130, 150), (300, 200, 340, 320)
    parser = CroppingParser()

    parsed = FindThenParse(ToldFinder(*boxes), parser).parse(picture(*boxes))

    assert parser.calls == [2]
    assert parser.parsed == [(120, 60), (144, 72)]
    assert sorted(map(tuple, parsed.boxes.tolist())) == sorted(boxes)
    assert np.array_equal(parsed.labels > 0, picture(*boxes)[..., 0] == 255)
    assert parsed.scores == pytest.approx([0.8, 0.8])


def test_what_the_finder_says_of_each_goes_with_its_crop() -> None:
    small, large = (100, 50, 130, 150), (300, 20, 420, 380)
    finder = ToldFinder(large, small, odds=(1.0, -2.0))
    parser = CroppingParser()
    FindThenParse(finder, parser).parse(picture(small, large))
    assert parser.odds is not None
    assert parser.odds.tolist() == [-2.0]


def test_a_parser_that_knows_no_crops_gets_one_after_the_other() -> None:
    boxes = (100, 50, 130, 150), (300, 200, 340, 320)
    parser = WhiteParser()
    assert len(FindThenParse(ToldFinder(*boxes), parser).parse(picture(*boxes))) == 2
    assert parser.parsed == [(120, 60), (144, 72)]


def test_a_large_person_is_parsed_from_the_whole_picture() -> None:
    box = (100, 20, 220, 380)
    parser = WhiteParser()
    parsed = FindThenParse(ToldFinder(box), parser).parse(picture(box))
    assert parser.parsed == [(HEIGHT, WIDTH)]
    assert parsed.boxes.tolist() == [list(box)]


def test_large_and_small_together() -> None:
    large, small = (100, 20, 220, 380), (400, 100, 430, 180)
    image = picture(large)
    image[100:180, 400:430] = 200
    parsed = FindThenParse(ToldFinder(large, small), WhiteParser()).parse(image)
    assert sorted(parsed.boxes.tolist()) == [list(large), list(small)]


MISSED = (450, 200, 490, 300)
"""Where somebody stands whom the finder does not find."""


def with_somebody_missed(*found: tuple[int, int, int, int]) -> BgrImage:
    image = picture(*found)
    image[MISSED[1] : MISSED[3], MISSED[0] : MISSED[2]] = 200
    return image


def test_where_three_are_found_the_whole_picture_shows_who_was_missed() -> None:
    box, again = (100, 50, 130, 150), (101, 50, 131, 150)
    parser = WhiteParser()
    parsed = FindThenParse(ToldFinder(box, again, box), parser).parse(with_somebody_missed(box))
    assert parsed.boxes.tolist() == [list(box), list(MISSED)]
    assert parser.parsed.count((HEIGHT, WIDTH)) == 1


def test_where_two_are_found_the_whole_picture_is_not_parsed() -> None:
    boxes = (100, 50, 130, 150), (300, 200, 340, 320)
    parser = WhiteParser()
    parsed = FindThenParse(ToldFinder(*boxes), parser).parse(with_somebody_missed(*boxes))
    assert len(parsed) == 2
    assert (HEIGHT, WIDTH) not in parser.parsed


def test_who_is_missed_beside_a_large_person_is_taken_from_the_same_look() -> None:
    large = (100, 20, 220, 380)
    parser = WhiteParser()
    parsed = FindThenParse(ToldFinder(large), parser).parse(with_somebody_missed(large))
    assert parsed.boxes.tolist() == [list(large), list(MISSED)]
    assert parser.parsed == [(HEIGHT, WIDTH)]


def test_whoever_has_a_crop_is_taken_from_it_and_not_from_the_whole_picture() -> None:
    part = np.full((40, 20), BodyPart.COAT, np.uint8)
    crop = Cutout(slice(0, 40), slice(0, 20), part, np.ones((40, 20), np.bool_), 0.3)
    whole = Cutout(slice(0, 40), slice(0, 20), part, np.ones((40, 20), np.bool_), 0.9)
    parsed = composed([crop], (100, 100), [whole])
    assert parsed.scores == pytest.approx([0.3])


def test_whose_crop_shows_nobody_is_nobody() -> None:
    boxes = (100, 50, 130, 150), (300, 200, 340, 320)
    parsed = FindThenParse(ToldFinder(*boxes), WhiteParser()).parse(picture(boxes[0]))
    assert parsed.boxes.tolist() == [list(boxes[0])]


def test_whose_crop_shows_somebody_else_is_nobody() -> None:
    shown, found = (100, 50, 130, 150), (130, 60, 170, 150)
    parsed = FindThenParse(ToldFinder(found), WhiteParser()).parse(picture(shown))
    assert len(parsed) == 0


def test_a_person_found_twice_is_one() -> None:
    box, again = (100, 50, 130, 150), (102, 54, 132, 152)
    parsed = FindThenParse(ToldFinder(box, again), WhiteParser()).parse(picture(box))
    assert parsed.boxes.tolist() == [list(box)]


def test_a_person_at_the_border_is_seen_beside_grey() -> None:
    box = (0, 300, 40, 400)
    parsed = FindThenParse(ToldFinder(box), WhiteParser()).parse(picture(box))
    assert parsed.boxes.tolist() == [list(box)]


def test_of_two_who_claim_a_pixel_it_is_the_nearer_ones() -> None:
    part = np.full((40, 20), BodyPart.COAT, np.uint8)
    everywhere = np.ones((40, 20), np.bool_)
    behind = Cutout(slice(0, 40), slice(0, 20), part, everywhere, 0.9)
    before = Cutout(slice(20, 60), slice(10, 30), part, everywhere, 0.5)

    parsed = composed([before, behind], (100, 100))

    assert parsed.scores == pytest.approx([0.9, 0.5])
    assert np.array_equal(parsed.person_ids[20:60, 10:30], np.full((40, 20), 2))
    assert (parsed.person_ids == 1).sum() == 40 * 20 - 20 * 10


def test_more_than_a_frame_holds_are_the_surest() -> None:
    one = np.ones((1, 1), np.bool_)
    coat = np.full((1, 1), BodyPart.COAT, np.uint8)
    many = [
        Cutout(slice(n // 20, n // 20 + 1), slice(n % 20, n % 20 + 1), coat, one, n / 300) for n in range(300)
    ]
    parsed = composed(many, (20, 20))
    assert len(parsed) == 255
    assert parsed.scores.min() == pytest.approx(45 / 300)


def test_it_is_the_parser_and_names_the_finder() -> None:
    finder, parser = ToldFinder(), WhiteParser()
    info = FindThenParse(finder, parser).info
    assert (info.name, info.version, info.precision) == ("white", "2, finder told 1", "fp32")


def test_the_checksum_changes_with_the_parser_and_with_the_finder() -> None:
    finder, parser = ToldFinder(), WhiteParser()
    checksums = [FindThenParse(finder, parser).info.checksum]
    finder.info = FinderInfo("told", "1", "ab")
    checksums.append(FindThenParse(finder, parser).info.checksum)
    parser.info = ParserInfo("white", "2", "fp32", "ab")
    checksums.append(FindThenParse(finder, parser).info.checksum)
    assert len(set(checksums)) == 3


def test_the_checksum_changes_with_the_network_for_crops() -> None:
    checksums = {FindThenParse(ToldFinder(), CroppingParser(each)).info.checksum for each in ("1", "2", "2")}
    assert len(checksums) == 2


@pytest.mark.parametrize("box", [(10, 10, 40, 130), (10, 10, 300, 40), (0, 0, 1, 1), (590.5, 399, 600, 400)])
def test_a_crop_is_twice_as_high_as_wide_and_holds_the_box(box: tuple[float, float, float, float]) -> None:
    crop = Crop.around(np.array(box, np.float32))
    assert crop.height == 2 * crop.width
    assert crop.left <= box[0]
    assert crop.top <= box[1]
    assert crop.left + crop.width >= box[2]
    assert crop.top + crop.height >= box[3]
    assert crop.cut(picture()).shape == (crop.height, crop.width, 3)


BOXES = st.lists(st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 15)] * 2), max_size=6).map(
    lambda found: np.array([(x, y, x + w, y + h) for x, y, w, h in found], np.float32).reshape(-1, 4)
)


@given(BOXES, BOXES)
def test_many_boxes_are_compared_as_each_by_itself(boxes: Boxes, persons: Boxes) -> None:
    fits = overlaps(boxes[:, None], persons)
    assert fits.shape == (len(boxes), len(persons))
    assert all(np.array_equal(row, overlaps(box, persons)) for row, box in zip(fits, boxes, strict=True))
    left = [box.tolist() for box, row in zip(boxes, fits, strict=True) if not (row >= 0.3).any()]
    assert unlike(boxes, persons).tolist() == left


def test_whoever_is_left_over_is_told_in_an_array_of_its_own() -> None:
    boxes = np.array([(0, 0, 4, 8)], np.float32)
    assert not np.shares_memory(unlike(boxes, np.zeros((0, 4), np.float32)), boxes)
