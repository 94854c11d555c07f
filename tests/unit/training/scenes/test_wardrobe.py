"""What is held out stays out of training."""

import dataclasses

import numpy as np
import pytest

from domain.labels import BodyPart
from tests.unit.training.scenes.cast import cloth, top_and_trousers
from training.scenes.fabrics import PATTERNS, NamedColor
from training.scenes.headwear import HATS, Hat
from training.scenes.looks import HAIR_STYLES, Extras, Look, Worn
from training.scenes.outfits import PIECES, Outfit, outfits_for, parts_of
from training.scenes.skins import TONES
from training.scenes.strangers import random_look
from training.scenes.wardrobe import HELD_OUT, TRAINING, held_out_items

EVERYTHING = {
    "outfits": set(PIECES),
    "patterns": set(PATTERNS),
    "hair": set(HAIR_STYLES),
    "shoes": set(range(1, 7)),
    "hats": set(HATS),
}


def test_the_two_wardrobes_share_nothing_and_are_everything() -> None:
    for field in dataclasses.fields(TRAINING):
        held_out, training = getattr(HELD_OUT, field.name), getattr(TRAINING, field.name)
        assert held_out
        assert training
        assert not held_out & training
        assert held_out | training == EVERYTHING[field.name]


def test_nobody_in_training_has_anything_held_out() -> None:
    looks = [random_look(np.random.default_rng(seed), "training") for seed in range(800)]

    assert not any(held_out_items(look) for look in looks)
    assert {look.hair for look in looks} == TRAINING.hair
    assert {look.shoes for look in looks} == TRAINING.shoes
    assert {look.outfit.name for look in looks if look.outfit} == TRAINING.outfits
    assert {look.hat.kind for look in looks if look.hat} == TRAINING.hats
    assert {look.skin for look in looks} == set(TONES)


def test_everybody_held_out_has_something_held_out() -> None:
    found = [held_out_items(random_look(np.random.default_rng(seed), "held_out")) for seed in range(800)]

    assert all(found)
    kinds = {item.partition(" ")[0] for items in found for item in items}
    assert kinds == {"outfit", "pattern", "hair", "shoes", "hat"}


@pytest.mark.parametrize(
    ("look", "item"),
    [
        (dataclasses.replace(top_and_trousers(), hair="bob02"), "hair bob02"),
        (dataclasses.replace(top_and_trousers(), shoes=3), "shoes 3"),
        (dataclasses.replace(top_and_trousers(), hat=Hat("fedora", cloth("black"))), "hat fedora"),
        (
            dataclasses.replace(
                top_and_trousers(), extras=Extras(scarf=dataclasses.replace(cloth("red"), pattern="checks"))
            ),
            "pattern checks",
        ),
    ],
)
def test_each_thing_is_noticed(look: Look, item: str) -> None:
    assert not held_out_items(top_and_trousers())
    assert held_out_items(look) == {item}


def test_women_and_men_have_outfits_in_training() -> None:
    for sex in ("female", "male"):
        assert TRAINING.outfits & set(outfits_for(sex))


def test_what_is_worn_is_known_with_its_colours() -> None:
    red, green = NamedColor.called("red"), NamedColor.called("green")
    look = Look(
        top_and_trousers().build,
        (),
        outfit=Outfit("male_worksuit01", (red, green)),
        hat=Hat("cap", cloth("yellow")),
        extras=Extras(cloth("pink"), green, sunglasses=True),
    )

    assert parts_of("male_worksuit01") == (BodyPart.PANTS, BodyPart.UPPER_CLOTHES)
    assert [(thing.part, thing.color.name) for thing in look.worn] == [
        (BodyPart.PANTS, "red"),
        (BodyPart.UPPER_CLOTHES, "green"),
        (BodyPart.SHOE, "black"),
        (BodyPart.HAT, "yellow"),
        (BodyPart.SCARF, "pink"),
        (BodyPart.GLOVES, "green"),
        (BodyPart.SUNGLASSES, "black"),
    ]
    assert Worn(BodyPart.PANTS, NamedColor.called("blue")) in top_and_trousers().worn
