"""What a view promises, and the figures that stand for people in boxes."""

import cv2
import numpy as np

from domain.frame import BgrImage, Boxes
from domain.labels import BodyPart
from pipeline.finders.base import Found
from pipeline.views.quality import hidden, sharpness, sizes
from pipeline.views.stand_ins import stand_ins


def boxes(*rows: tuple[float, float, float, float]) -> Boxes:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_who_stands_lower_hides_whom_it_covers() -> None:
    covered = hidden(boxes((100, 100, 200, 300), (150, 100, 250, 320), (400, 100, 450, 200)))
    assert covered.tolist() == [0.5, 0.0, 0.0]
    assert hidden(boxes()).shape == (0,)


def test_larger_is_better_up_to_a_height_and_a_border_cuts() -> None:
    inside, larger, huge, cut = sizes(
        boxes((10, 10, 50, 110), (100, 10, 180, 210), (200, 10, 500, 700), (600, 10, 639, 110)), (800, 640)
    )
    assert inside < larger < huge == 384
    assert cut < inside


def test_blur_lowers_sharpness_and_size_hardly_matters() -> None:
    rng = np.random.default_rng(1)
    few = rng.integers(0, 255, (24, 12, 3), np.uint8)
    rough: BgrImage = np.repeat(np.repeat(few, 10, axis=0), 10, axis=1)
    whole = np.array([0, 0, 120, 240], np.float32)
    blurred = np.asarray(cv2.blur(rough, (1, 25)), np.uint8)
    assert sharpness(blurred, whole) < 0.6 * sharpness(rough, whole)
    half = np.asarray(cv2.resize(rough, (60, 120), interpolation=cv2.INTER_AREA), np.uint8)
    assert 0.6 < sharpness(half, np.array([0, 0, 60, 120], np.float32)) / sharpness(rough, whole) < 1.6


def test_a_piece_of_one_pixel_has_a_sharpness() -> None:
    assert sharpness(np.zeros((50, 50, 3), np.uint8), np.array([49, 49, 50, 50], np.float32)) == 0.0


def test_a_figure_has_a_head_above_and_shoes_below() -> None:
    figure = stand_ins(Found(boxes((10, 20, 50, 120)), np.array([0.7], np.float32)), (200, 100))
    column = figure.labels[:, 30]
    order = [int(part) for part in dict.fromkeys(column.tolist()) if part]
    assert order == [BodyPart.HAIR, BodyPart.UPPER_CLOTHES, BodyPart.PANTS, BodyPart.SHOE]
    assert figure.boxes.tolist() == [[10, 20, 50, 120]]


def test_who_is_cut_by_the_lower_border_shows_no_shoes() -> None:
    figure = stand_ins(Found(boxes((10, 120, 90, 200)), np.array([0.7], np.float32)), (200, 100))
    assert BodyPart.SHOE not in figure.labels
    assert BodyPart.UPPER_CLOTHES in figure.labels


def test_the_nearer_figure_is_in_front() -> None:
    found = Found(boxes((10, 20, 50, 140), (20, 10, 60, 120)), np.array([0.7, 0.9], np.float32))
    figure = stand_ins(found, (200, 100))
    assert figure.person_ids[60, 40] == 1
    assert len(figure) == 2
