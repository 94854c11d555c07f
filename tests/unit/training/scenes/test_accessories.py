"""Hats, bags, scarves, gloves, glasses, outfits and skins are seen where they belong, in the colour asked for."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.cielab import lab_from_linear
from analytics.color_names import NAMES, name_indices
from domain.labels import ARMS, SHOES, BodyPart
from tests.unit.training.scenes.cast import cloth, picture, somebody, top_and_trousers
from training.scenes.arrays import rotation_x, srgb_to_linear
from training.scenes.bags import BAGS, Bag, BagKind
from training.scenes.body import Build, Side
from training.scenes.fabrics import NamedColor
from training.scenes.figure import OUTWARDS, Figure
from training.scenes.headwear import HATS, Hat, HatKind
from training.scenes.looks import Extras, Look
from training.scenes.outfits import PIECES, Outfit, parts_of
from training.scenes.poses import standing
from training.scenes.render import PlacedPerson, Rendering
from training.scenes.skins import TONES, Skin

pytestmark = pytest.mark.shared_data


def standing_picture(look: Look, heading: float = 0.0) -> Rendering:
    return picture(PlacedPerson(somebody(look), standing(look.gait), 0, 0, heading, 1))


def color_of(seen: Rendering, part: BodyPart) -> str:
    median = np.median(seen.image[seen.labels == part], axis=0)
    linear = srgb_to_linear((median / 255)[None].astype(np.float32))
    return NAMES[int(name_indices(lab_from_linear(linear))[0])]


def middle(seen: Rendering, part: BodyPart) -> tuple[float, float]:
    rows, columns = np.nonzero(seen.labels == part)
    return float(rows.mean()), float(columns.mean())


@pytest.mark.parametrize("kind", HATS)
@pytest.mark.parametrize("hair", ["none", "long01"])
def test_a_hat_is_on_the_head(kind: HatKind, hair: str) -> None:
    look = replace(
        top_and_trousers(), hat=Hat(kind, cloth("yellow")), hair="none" if hair == "none" else "long01"
    )
    for heading in (0.0, np.pi):
        seen = standing_picture(look, heading)
        rows = np.nonzero(seen.labels)[0]

        assert (seen.labels[rows.min()] == BodyPart.HAT).any()
        assert np.count_nonzero(seen.labels == BodyPart.HAT) > 20
        assert color_of(seen, BodyPart.HAT) == "yellow"
        assert (seen.labels == BodyPart.HAIR).any() == (hair == "long01")
    assert np.count_nonzero(standing_picture(look).labels == BodyPart.FACE) > 30


def test_a_cap_has_its_peak_ahead() -> None:
    cap = somebody(replace(top_and_trousers(), hat=Hat("cap", cloth("red"))))
    beanie = somebody(replace(top_and_trousers(), hat=Hat("beanie", cloth("red"))))

    def ahead(person: object) -> float:
        layers = [
            layer for layer in (cap if person is cap else beanie).layers if layer.parts[0] == BodyPart.HAT
        ]
        return max(float(layer.points[:, 2].max()) for layer in layers)

    assert ahead(cap) > ahead(beanie) + 0.03


@pytest.mark.parametrize("kind", BAGS)
@pytest.mark.parametrize("build", [Build("male", weight=0.7), Build("female", "child")])
def test_a_bag_is_seen(kind: BagKind, build: Build) -> None:
    look = replace(top_and_trousers("white", build=build), bag=Bag(kind, cloth("green"), 0.8))

    behind = standing_picture(look, np.pi)
    front = standing_picture(look)

    assert np.count_nonzero(behind.labels == BodyPart.BAG) > 35
    assert color_of(behind, BodyPart.BAG) == "green"
    assert (front.labels == BodyPart.BAG).any()  # straps, or the bag itself


@pytest.mark.parametrize("kind", ["shopping bag", "handbag", "shoulder bag"])
@pytest.mark.parametrize("side", OUTWARDS)
def test_a_bag_is_at_the_side_asked_for(kind: BagKind, side: Side) -> None:
    seen = standing_picture(replace(top_and_trousers(), bag=Bag(kind, cloth("green"), side=side)))

    aside = middle(seen, BodyPart.BAG)[1] - middle(seen, BodyPart.UPPER_CLOTHES)[1]
    assert aside * OUTWARDS[side] > 3


def test_a_bag_in_a_hand_hangs_plumb_below_it() -> None:
    person = somebody(replace(top_and_trousers(), bag=Bag("shopping bag", cloth("green"), side="L")))
    figure = Figure(person, standing(person.look.gait))
    for place in ((0.3, 0.8, 0.1), (0.3, 1.3, 0.45)):
        figure.hand_to("L", np.array(place), np.array([1.0, -1.0, 0.0]))
        hand = figure.joint("metacarpal3.L")
        layers = zip(person.layers, person.moved(figure.pose), strict=True)
        bag = np.concatenate([points for layer, points in layers if layer.parts[0] == BodyPart.BAG])

        assert bag[:, 1].max() == pytest.approx(hand[1] - 0.05, abs=0.03)
        assert np.ptp(bag[:, 1]) == pytest.approx(0.5, abs=0.02)
        assert bag[:, [0, 2]].mean(0) == pytest.approx(hand[[0, 2]], abs=0.06)


def test_a_backpack_follows_a_bending_back() -> None:
    person = somebody(replace(top_and_trousers(), bag=Bag("backpack", cloth("green"))))
    figure = Figure(person, standing(person.look.gait))
    figure.turn("root", rotation_x(1.2))
    upright, bent = (
        np.concatenate(
            [
                p
                for layer, p in zip(person.layers, person.moved(pose), strict=True)
                if layer.parts[0] == BodyPart.BAG
            ]
        ).mean(0)
        for pose in (standing(person.look.gait), figure.pose)
    )

    assert bent[1] < upright[1]
    assert bent[2] > upright[2] + 0.2


def test_scarf_gloves_and_sunglasses() -> None:
    plain = standing_picture(top_and_trousers()).labels
    extras = Extras(scarf=cloth("pink"), gloves=NamedColor.called("green"), sunglasses=True)
    seen = standing_picture(replace(top_and_trousers(), extras=extras))

    for part in (BodyPart.SCARF, BodyPart.GLOVES, BodyPart.SUNGLASSES):
        assert not (plain == part).any()
        assert (seen.labels == part).any()
    assert color_of(seen, BodyPart.SCARF) == "pink"
    assert np.isin(seen.labels, ARMS).sum() < np.isin(plain, ARMS).sum()
    rows = [middle(seen, part)[0] for part in (BodyPart.SUNGLASSES, BodyPart.SCARF, BodyPart.GLOVES)]
    assert rows == sorted(rows)


@pytest.mark.parametrize("name", PIECES)
def test_an_outfit_has_its_parts_in_the_colours_asked_for(name: str) -> None:
    parts = parts_of(name)
    wanted = dict(zip(parts, ("red", "blue", "white"), strict=False))
    look = Look(
        Build("female" if name.startswith("female") else "male", weight=0.4),
        (),
        hair="short01",
        outfit=Outfit(name, tuple(NamedColor.called(wanted[part]) for part in parts)),  # type: ignore[arg-type]  # names of colours
    )

    front, back = standing_picture(look), standing_picture(look, np.pi)

    for part in parts:
        assert (front.labels == part).sum() > 15
    for part in parts[:2]:
        assert color_of(front, part) == wanted[part]
    upper, lower = (min(parts, key=lambda part: sign * middle(front, part)[0]) for sign in (1, -1))
    assert upper in {BodyPart.UPPER_CLOTHES, BodyPart.COAT}
    assert lower in {BodyPart.PANTS, BodyPart.SKIRT}
    torso = np.count_nonzero(np.isin(back.labels, parts))
    assert torso > 0.45 * np.count_nonzero(back.labels)


def test_skins_are_as_dark_as_their_names_say() -> None:
    lights = []
    for skin in TONES:
        seen = standing_picture(Look(Build("male"), (), hair="short01", skin=skin))
        bare = ~np.isin(seen.labels, [BodyPart.BACKGROUND, BodyPart.HAIR, *SHOES])
        lights.append(float(np.median(seen.image[bare].mean(1))))

    assert lights == sorted(lights, reverse=True)
    assert lights[0] > 2 * lights[-1]


def test_lips_are_redder_than_the_skin_around_them() -> None:
    places = np.array([[0.0, 0.634, 0.13], [0.0, 0.76, 0.13]], np.float32)
    (lips, forehead), opaque = Skin((0.5, 0.4, 0.3), mottle=0.0).look(places, np.zeros((2, 2), np.float32))

    assert opaque.all()
    assert forehead == pytest.approx([0.5, 0.4, 0.3])
    assert lips[0] / lips[1] > 1.2 * forehead[0] / forehead[1]


def test_heights_differ() -> None:
    short, usual, tall = (
        somebody(top_and_trousers(build=Build("male", height=height))).height for height in (-0.4, 0.0, 0.25)
    )

    assert 1.45 < short < usual - 0.06 < usual + 0.06 < tall < 2.0
