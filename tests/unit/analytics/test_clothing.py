"""What one frame shows of one person."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.clothing import Clothing, GarmentMinima, clothes_of
from analytics.illuminant import NEUTRAL
from domain.events import GarmentName
from domain.frame import LabelMap
from domain.labels import GARMENTS, BodyPart
from domain.parsing import ParsedFrame
from tests.support.wardrobe import BLACK, BLUE, RED, Patch, Person, drawn, walker

MINIMA = GarmentMinima()


def look(person: Person, minima: GarmentMinima = MINIMA) -> Clothing:
    frame, parsed = drawn([person])
    return clothes_of(parsed.persons(), frame.image, NEUTRAL, minima)[0]


def test_garments_of_the_vocabulary_and_of_events_are_the_same_in_the_same_order() -> None:
    assert tuple(part.label for part in GARMENTS) == get_args(GarmentName)


def test_parts_colours_and_shares_of_a_drawn_person() -> None:
    seen = look(walker(100, upper=RED, lower=BLUE))
    assert [(garment.part, garment.color) for garment in seen.garments] == [
        ("upper-clothes", "red"),
        ("pants", "blue"),
        ("shoe", "black"),
    ]
    areas = {"upper-clothes": 32 * 50, "pants": 24 * 60, "shoe": 2 * 12 * 10}
    assert seen.pixels == 16 * 20 + 4 * 12 + sum(areas.values())
    assert [garment.share for garment in seen.garments] == pytest.approx(
        [area / seen.pixels for area in areas.values()]
    )


def test_skin_and_hair_are_no_garments() -> None:
    face = Person((Patch(BodyPart.FACE, RED, (10, 10, 40, 40)), Patch(BodyPart.HAIR, BLACK, (10, 5, 40, 15))))
    assert look(face).garments == ()


def test_a_hat_that_shows_no_more_than_the_hair_is_the_crown_of_a_dark_head() -> None:
    hair = Patch(BodyPart.HAIR, BLACK, (10, 10, 40, 40))
    cap = Patch(BodyPart.HAT, BLACK, (10, 10, 40, 34))
    crown = Patch(BodyPart.HAT, BLACK, (15, 15, 35, 35))
    assert {garment.part for garment in look(Person((hair, cap))).garments} == {"hat"}
    assert look(Person((hair, crown))).garments == ()


def test_speckles_are_no_garments() -> None:
    person = walker(100)
    speckle = Patch(BodyPart.BAG, BLUE, (110, 60, 115, 65))
    assert "bag" not in {garment.part for garment in look(Person((*person.patches, speckle))).garments}
    kept = look(Person((*person.patches, speckle)), GarmentMinima(pixels=25, share=0))
    assert "bag" in {garment.part for garment in kept.garments}


def test_the_blended_border_of_a_garment_is_left_out() -> None:
    frame, parsed = drawn([Person((Patch(BodyPart.COAT, RED, (50, 30, 62, 170)),))])
    image = frame.image.copy()
    rim = parsed.labels > 0
    rim[31:169, 51:61] = False
    image[rim] = (200, 60, 40)
    seen = clothes_of(parsed.persons(), image, NEUTRAL, MINIMA)[0].garments[0]
    assert (seen.color, seen.color_share) == ("red", 1)


def test_a_garment_too_thin_to_have_an_inside_is_judged_whole() -> None:
    strap = Person((Patch(BodyPart.BAG, RED, (50, 30, 52, 120)),))
    assert look(strap).garments[0].color == "red"


def test_other_peoples_clothes_inside_the_box_do_not_count() -> None:
    frame, parsed = drawn([walker(100, upper=BLUE), Person((Patch(BodyPart.COAT, RED, (110, 50, 130, 80)),))])
    back = clothes_of(parsed.persons(), frame.image, NEUTRAL, MINIMA)[0]
    assert {garment.color for garment in back.garments if garment.part == "upper-clothes"} == {"blue"}
    assert "coat" not in {garment.part for garment in back.garments}


def test_skin_evidence_and_the_lower_border() -> None:
    skin = look(walker(100)).skin
    assert (skin.arms, skin.upper, skin.trousers, skin.feet, skin.other_skin) == (48, 1600, 1440, 240, 320)
    assert not skin.cut_below
    assert look(Person((Patch(BodyPart.PANTS, BLUE, (20, 100, 60, 180)),))).skin.cut_below


def test_a_large_person_is_judged_like_a_small_one() -> None:
    labels = np.full((1600, 500), BodyPart.UPPER_CLOTHES, np.uint8)
    labels[800:] = BodyPart.PANTS
    image = np.full((1600, 500, 3), RED[::-1], np.uint8)
    image[800:] = BLUE[::-1]
    parsed = ParsedFrame(
        labels, np.ones_like(labels), np.ones(1, np.float32), np.array([[0, 0, 500, 1600]], np.float32)
    )
    seen = clothes_of(parsed.persons(), image, NEUTRAL, MINIMA)[0]
    assert [(garment.color, round(garment.share, 2)) for garment in seen.garments] == [
        ("red", 0.5),
        ("blue", 0.5),
    ]


@settings(max_examples=40)
@given(
    labels=arrays(
        np.uint8,
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        elements=st.integers(0, len(BodyPart) - 1),
    )
)
def test_garments_never_cover_more_than_the_person(labels: LabelMap) -> None:
    height, width = labels.shape
    ids = (labels > 0).astype(np.uint8)
    parsed = ParsedFrame(labels, ids, np.ones(1, np.float32), np.array([[0, 0, width, height]], np.float32))
    minima = GarmentMinima(pixels=1, share=0)
    seen = clothes_of(parsed.persons(), np.zeros((height, width, 3), np.uint8), NEUTRAL, minima)[0]
    assert seen.pixels == np.count_nonzero(ids)
    assert sum(garment.share for garment in seen.garments) <= 1 + 1e-9
    parts = {*GARMENTS, BodyPart.LEFT_SHOE, BodyPart.RIGHT_SHOE}
    if "hat" not in {garment.part for garment in seen.garments}:  # none, or the crown of a dark head
        parts.remove(BodyPart.HAT)
    worn = sum(np.count_nonzero(labels == part) for part in parts)
    assert round(sum(garment.share for garment in seen.garments) * seen.pixels) == worn
