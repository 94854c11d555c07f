from itertools import combinations

import cv2
import numpy as np
import pytest

from domain.labels import BodyPart
from pipeline.palette import Bgr, part_color, part_table, track_color

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
PARTS = [part for part in BodyPart if part != BodyPart.BACKGROUND]
P = BodyPart
TOUCHING = [
    (P.HAT, P.HAIR),
    (P.HAIR, P.FACE),
    (P.HAIR, P.UPPER_CLOTHES),
    (P.HAIR, P.COAT),
    (P.HAIR, P.DRESS),
    (P.FACE, P.UPPER_CLOTHES),
    (P.FACE, P.SUNGLASSES),
    (P.UPPER_CLOTHES, P.COAT),
    (P.UPPER_CLOTHES, P.PANTS),
    (P.UPPER_CLOTHES, P.SKIRT),
    (P.UPPER_CLOTHES, P.ARM),
    (P.UPPER_CLOTHES, P.SCARF),
    (P.UPPER_CLOTHES, P.BAG),
    (P.COAT, P.PANTS),
    (P.COAT, P.SKIRT),
    (P.COAT, P.DRESS),
    (P.COAT, P.BAG),
    (P.COAT, P.SCARF),
    (P.DRESS, P.LEG),
    (P.SKIRT, P.LEG),
    (P.PANTS, P.SHOE),
    (P.PANTS, P.LEG),
    (P.LEG, P.SHOE),
    (P.SOCKS, P.SHOE),
    (P.ARM, P.GLOVES),
]
PAIRS = [(P.LEFT_ARM, P.RIGHT_ARM), (P.LEFT_LEG, P.RIGHT_LEG), (P.LEFT_SHOE, P.RIGHT_SHOE)]


def test_every_part_has_its_own_colour() -> None:
    assert len({part_color(part) for part in BodyPart}) == len(BodyPart)


def test_the_table_holds_the_colours_of_the_parts() -> None:
    table = part_table()
    assert table.shape == (256, 1, 3)
    assert all(tuple(table[part, 0]) == part_color(part) for part in BodyPart)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_parts_that_touch_stay_apart_for_the_colour_blind(deficiency: str) -> None:
    close = {
        (one.label, other.label): distance
        for one, other in [*TOUCHING, *PAIRS]
        if (distance := _distance(part_color(one), part_color(other), deficiency)) < 18
    }
    assert close == {}


def test_all_parts_differ_to_the_common_eye() -> None:
    close = {
        (one.label, other.label): distance
        for one, other in combinations(PARTS, 2)
        if (distance := _distance(part_color(one), part_color(other), "none")) < 7
    }
    assert close == {}


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_left_is_lighter_and_of_a_like_hue(left: BodyPart, right: BodyPart) -> None:
    one, other = _lab(part_color(left), "none"), _lab(part_color(right), "none")
    assert one[0] > other[0] + 15
    assert abs(np.degrees(np.arctan2(one[2], one[1]) - np.arctan2(other[2], other[1]))) < 25


def test_the_same_track_has_the_same_colour_and_neighbours_differ() -> None:
    for track_id in range(40):
        assert track_color(track_id) == track_color(track_id)
        for next_id in range(track_id + 1, track_id + 4):
            assert _distance(track_color(track_id), track_color(next_id), "none") > 20


def test_no_track_is_grey() -> None:
    blue, green, red = track_color(None)
    assert blue == green == red
    assert track_color(None) not in {track_color(track_id) for track_id in range(100)}


def _lab(color: Bgr, deficiency: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rgb = np.array(color[::-1]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(DEFICIENCIES[deficiency] @ linear, 0, 1)
    coded = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    pixel = coded[::-1].astype(np.float32)[None, None, :]
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_BGR2LAB)[0, 0], np.float64)


def _distance(one: Bgr, other: Bgr, deficiency: str) -> float:
    """CIE76, in CIELAB; about 2.3 can just be seen side by side."""
    return float(np.linalg.norm(_lab(one, deficiency) - _lab(other, deficiency)))
