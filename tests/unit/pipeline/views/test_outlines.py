"""The outline of a parse goes along with the box that is found later."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.frame import BoolMask, Boxes
from domain.parsing import Outline
from pipeline.views.outlines import KeptOutline

SIZE = (400, 600)
ORIGIN = (200, 100)
BOX = np.array([200, 100, 260, 250], np.float32)


def somebody() -> BoolMask:
    """An ellipse that fills the box."""
    mask = np.zeros((150, 60), np.uint8)
    cv2.ellipse(mask, (30, 75), (28, 73), 0, 0, 360, 1, -1)
    return mask.view(np.bool_)


def filled(outline: Outline) -> BoolMask:
    canvas = np.zeros(SIZE, np.uint8)
    cv2.fillPoly(canvas, [np.rint(outline - 0.5).astype(np.int32)], 1)
    return canvas.view(np.bool_)


def kept() -> KeptOutline:
    outline = KeptOutline.of(somebody(), ORIGIN, BOX, SIZE)
    assert outline is not None
    return outline


def overlap(one: BoolMask, other: BoolMask) -> float:
    return float((one & other).sum() / (one | other).sum())


@given(
    left=st.floats(3, 400), top=st.floats(3, 200), scale=st.floats(0.6, 1.2), wider=st.floats(1 / 1.25, 1.25)
)
def test_it_lies_in_the_box_of_now_as_it_lay_in_that_of_then(
    left: float, top: float, scale: float, wider: float
) -> None:
    wide, tall = 60 * scale * wider, 150 * scale
    box = np.array([left, top, left + wide, top + tall], np.float32)
    moved = kept().moved_to(box, SIZE)
    assert moved is not None
    expected = np.zeros(SIZE, np.uint8)
    centre = (round(left + wide / 2), round(top + tall / 2))
    cv2.ellipse(expected, centre, (round(28 / 60 * wide), round(73 / 150 * tall)), 0, 0, 360, 1, -1)
    assert overlap(filled(moved), expected.view(np.bool_)) > 0.85


@pytest.mark.parametrize(
    "box",
    [
        pytest.param((200, 100, 290, 250), id="wider, as somebody who turns"),
        pytest.param((200, 190, 260, 250), id="lower, as somebody who bends"),
        pytest.param((0, 100, 60, 250), id="cut by the border of the picture"),
        pytest.param((540, 100, 600, 250), id="cut by the other border"),
        pytest.param((200, 250, 260, 400), id="cut by the lower border"),
    ],
)
def test_whoever_looks_otherwise_now_has_none(box: tuple[float, ...]) -> None:
    assert kept().moved_to(np.array(box, np.float32), SIZE) is None


def test_whoever_was_cut_then_has_one_while_the_same_border_cuts() -> None:
    at_border = np.array([0, 100, 60, 250], np.float32)
    outline = KeptOutline.of(somebody(), (0, 100), at_border, SIZE)
    assert outline is not None
    assert outline.moved_to(at_border + np.array([0, 20, 0, 20], np.float32), SIZE) is not None
    assert outline.moved_to(BOX, SIZE) is None


def test_nobody_has_none() -> None:
    assert KeptOutline.of(np.zeros((150, 60), np.bool_), ORIGIN, BOX, SIZE) is None


def test_the_largest_piece_counts() -> None:
    mask = somebody()
    mask[:, 30] = False
    mask[:, 31:] &= np.arange(29) < 8
    outline = KeptOutline.of(mask, ORIGIN, BOX, SIZE)
    assert outline is not None
    moved = outline.moved_to(BOX, SIZE)
    assert moved is not None
    assert moved[:, 0].max() < ORIGIN[0] + 32


def test_it_outlives_the_process() -> None:
    assert KeptOutline.model_validate_json(kept().model_dump_json()) == kept()


def test_pixels_beyond_the_box_stay_near_it() -> None:
    """A finder's box may miss an arm."""
    narrow: Boxes = np.array([225, 100, 235, 250], np.float32)
    outline = KeptOutline.of(somebody(), ORIGIN, narrow, SIZE)
    assert outline is not None
    moved = outline.moved_to(narrow, SIZE)
    assert moved is not None
    assert moved[:, 0].min() >= 225 - 2.6
    assert moved[:, 0].max() <= 235 + 2.6
