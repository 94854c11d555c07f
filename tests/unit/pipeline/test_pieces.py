"""A person whom the side of the picture cuts in two is one."""

import numpy as np
import pytest

from domain.labels import BodyPart
from pipeline.cutouts import Cutout
from pipeline.pieces import may_be_one, put_together

WIDTH = 600
ARM, LEG = (560, 100, 600, 180), (545, 210, 600, 380)
Sides = tuple[int, int, int, int]


def cutout(box: Sides, score: float = 0.5) -> Cutout:
    left, top, right, bottom = box
    parts = np.full((bottom - top, right - left), BodyPart.COAT, np.uint8)
    return Cutout(slice(top, bottom), slice(left, right), parts, parts > 0, score)


@pytest.mark.parametrize(
    ("boxes", "one"),
    [
        ([ARM, LEG], True),
        ([(0, 100, 40, 180), (0, 210, 55, 380)], True),
        ([(460, 100, 500, 180), (445, 210, 500, 380)], False),
        ([ARM, (590, 390, 600, 400)], False),
        ([ARM, (545, 120, 600, 380)], False),
        ([ARM, (0, 210, 55, 380)], False),
        ([ARM], False),
        ([], False),
    ],
    ids=["right", "left", "in the middle", "far apart", "side by side", "at both sides", "one", "nobody"],
)
def test_pieces_lie_one_above_the_other_at_the_side(boxes: list[Sides], one: bool) -> None:
    assert may_be_one(np.array(boxes, np.float32).reshape(-1, 4), WIDTH) is one


def test_whoever_covers_both_takes_their_place() -> None:
    whole, other = cutout((540, 95, 600, 385)), cutout((100, 50, 130, 150))
    assert put_together([cutout(ARM), other, cutout(LEG)], [whole], WIDTH) == [other, whole]


def test_where_the_whole_picture_shows_two_they_are_two() -> None:
    pieces = [cutout(ARM), cutout(LEG)]
    assert put_together(pieces, [cutout((555, 95, 600, 185)), cutout((540, 205, 600, 385))], WIDTH) == pieces


def test_two_in_the_middle_of_the_picture_stay_two() -> None:
    pieces = [cutout((460, 100, 500, 180)), cutout((445, 210, 500, 380))]
    assert put_together(pieces, [cutout((440, 95, 505, 385))], WIDTH) == pieces


def test_of_many_cut_by_the_side_only_the_pieces_of_one_are_put_together() -> None:
    whole, left = cutout((540, 95, 600, 385)), cutout((0, 100, 30, 200))
    assert put_together([left, cutout(ARM), cutout(LEG)], [whole], WIDTH) == [left, whole]
    assert put_together([left, cutout(LEG)], [whole], WIDTH)[0] is left
