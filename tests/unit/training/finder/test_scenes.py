import numpy as np
import pytest

from training.finder.scenes import NONE, Scene, as_boxes, put, scene_of, shown

BOX = (10.0, 20.0, 30.0, 60.0)


def scene(*boxes: tuple[float, ...], size: tuple[int, int] = (100, 80)) -> Scene:
    return Scene(np.full((*size, 3), 200, np.uint8), as_boxes(boxes), NONE)


def empty(size: tuple[int, int] = (100, 200)) -> Scene:
    return Scene(np.zeros((*size, 3), np.uint8), NONE, NONE)


def test_the_box_of_a_person_is_that_of_their_pixels() -> None:
    ids = np.zeros((50, 60), np.uint8)
    ids[10:40, 20:30], ids[30:48, 50:56] = 3, 7
    assert scene_of(np.zeros((50, 60, 3), np.uint8), ids).boxes.tolist() == [
        [20, 10, 30, 40],
        [50, 30, 56, 48],
    ]


@pytest.mark.parametrize(("height", "width"), [(15, 20), (20, 2)])
def test_too_little_of_a_person_is_doubtful(height: int, width: int) -> None:
    ids = np.zeros((50, 60), np.uint8)
    ids[10 : 10 + height, 20 : 20 + width] = 1
    found = scene_of(np.zeros((50, 60, 3), np.uint8), ids)
    assert found.boxes.shape == (0, 4)
    assert found.doubtful.tolist() == [[20, 10, 20 + width, 10 + height]]


@pytest.mark.parametrize(("rows", "counts"), [(18, True), (17, False)])
def test_who_shows_but_a_little_in_a_piece_is_doubtful(rows: int, counts: bool) -> None:
    ids = np.zeros((60, 60), np.uint8)
    ids[:50, 20:30] = 1
    piece = ids[50 - rows :]
    found = scene_of(np.zeros((*piece.shape, 3), np.uint8), piece, ids)
    assert (len(found.boxes), len(found.doubtful)) == (counts, not counts)


def test_mirrored_boxes_keep_their_order() -> None:
    turned = scene(BOX).mirrored()
    assert turned.boxes.tolist() == [[50, 20, 70, 60]]
    assert turned.mirrored().boxes.tolist() == [list(BOX)]


def test_a_scene_is_put_where_it_belongs() -> None:
    placed = put(empty(), scene(BOX), 0.5, (40, 120))
    assert placed.boxes.tolist() == [[125, 50, 135, 70]]
    assert placed.image[39, 120].tolist() == [0, 0, 0]
    assert placed.image[40, 120].tolist() == placed.image[89, 159].tolist() == [200, 200, 200]
    assert placed.image[90, 120].tolist() == [0, 0, 0]


def test_enlarging_shows_the_same_place() -> None:
    picture = scene(BOX)
    picture.image[20:60, 10:30] = 0
    placed = put(empty(), picture, 2.0, (-30, 4))
    left, top, right, bottom = (int(side) for side in placed.boxes[0])
    assert (left, top, right, bottom) == (24, 10, 64, 90)
    assert placed.image[top + 2 : bottom - 2, left + 2 : right - 2].max() == 0
    assert placed.image[top - 4, left].tolist() == [200, 200, 200]


@pytest.mark.parametrize(("left", "counts"), [(-20, True), (-25, False), (-80, None)])
def test_somebody_cut_off_counts_while_enough_is_shown(left: int, counts: bool | None) -> None:
    placed = put(empty(), scene(BOX), 1.0, (0, left))
    assert len(placed.boxes) == (counts is True)
    assert len(placed.doubtful) == (counts is False)


def test_what_is_hidden_is_forgotten() -> None:
    below = put(empty(), scene(BOX), 1.0, (0, 0))
    assert put(below, scene(), 1.0, (0, 0)).boxes.shape == (0, 4)
    assert put(below, scene(), 1.0, (0, 100)).boxes.tolist() == [list(BOX)]


def test_a_scene_smaller_than_the_picture_lies_inside_it() -> None:
    for seed in range(20):
        placed = shown(scene(BOX), (200, 300), 1.0, np.random.default_rng(seed))
        left, top, right, bottom = placed.boxes[0]
        assert (right - left, bottom - top) == (20, 40)
