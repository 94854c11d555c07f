import numpy as np
import pytest

from analytics.cielab import lab_from_linear
from analytics.color_names import NAMES, name_indices
from domain.labels import BodyPart
from pipeline.sources.synthetic.sprites import Sprite, dyed, load_sprites

LEFT_TO_RIGHT = {
    BodyPart.LEFT_ARM: BodyPart.RIGHT_ARM,
    BodyPart.LEFT_LEG: BodyPart.RIGHT_LEG,
    BodyPart.LEFT_SHOE: BodyPart.RIGHT_SHOE,
}


def every_sprite() -> list[tuple[int, Sprite]]:
    pack = load_sprites()
    return [
        (number, pack.sprite(number, heading, phase))
        for number in range(len(pack.characters))
        for heading in range(len(pack.headings_deg))
        for phase in range(pack.phases)
    ]


def test_every_sprite_is_one_person_on_both_feet_with_what_the_pack_says_it_wears() -> None:
    pack = load_sprites()
    garments = {"upper-clothes": BodyPart.UPPER_CLOTHES, "pants": BodyPart.PANTS, "skirt": BodyPart.SKIRT}

    for number, sprite in every_sprite():
        shown = set(np.unique(sprite.labels))
        worn = {garments[name] for name in pack.characters[number].garments}
        assert shown >= worn | {BodyPart.HAIR}
        assert shown & set(garments.values()) == worn
        assert shown & {BodyPart.LEFT_SHOE, BodyPart.RIGHT_SHOE}
        opacity = sprite.bgra[:, :, 3]
        assert opacity[sprite.labels > 0].min() >= 255 // 9  # at least the ray through the middle
        assert np.count_nonzero((opacity > 250) & (sprite.labels == 0)) == 0
        column, row = sprite.anchor
        assert 0 < column < sprite.labels.shape[1]
        assert abs(row - sprite.labels.shape[0]) < 0.25 * pack.pixels_per_metre


def test_the_pack_is_small() -> None:
    pack = load_sprites()

    assert len(pack.characters) == 6
    assert list(pack.headings_deg) == [0, 45, 90, 135, 180]
    assert all(0.8 < character.stride_m < 1.6 for character in pack.characters)


def test_in_a_mirror_the_left_arm_is_a_right_arm() -> None:
    sprite = load_sprites().sprite(0, 0, 2)
    mirrored = sprite.mirrored()

    for left, right in LEFT_TO_RIGHT.items():
        assert np.array_equal(mirrored.labels == left, (sprite.labels == right)[:, ::-1])
    assert np.array_equal(mirrored.labels == BodyPart.HAIR, (sprite.labels == BodyPart.HAIR)[:, ::-1])
    assert mirrored.anchor == (sprite.labels.shape[1] - sprite.anchor[0], sprite.anchor[1])
    again = mirrored.mirrored()
    assert np.array_equal(again.labels, sprite.labels)
    assert np.array_equal(again.bgra, sprite.bgra)


def test_who_comes_towards_the_camera_has_the_left_arm_on_the_right() -> None:
    pack = load_sprites()

    for number in range(len(pack.characters)):
        for heading, sign in ((0, 1), (len(pack.headings_deg) - 1, -1)):
            columns: dict[BodyPart, list[float]] = {BodyPart.LEFT_ARM: [], BodyPart.RIGHT_ARM: []}
            for phase in range(pack.phases):
                sprite = pack.sprite(number, heading, phase)
                for arm, found in columns.items():
                    found += list(np.nonzero(sprite.labels == arm)[1] - sprite.anchor[0])
            left, right = (float(np.mean(found)) for found in columns.values())
            assert (left - right) * sign > 10


@pytest.mark.parametrize("name", [name for name in NAMES if name != "unknown"])
def test_dyed_cloth_has_the_colour_that_it_is_called_by(name: str) -> None:
    pack = load_sprites()
    color = pack.palette[name]  # type: ignore[index]  # the names of the colours are the keys
    for number in range(len(pack.characters)):
        sprite = dyed(pack.sprite(number, 1, 3), {BodyPart.UPPER_CLOTHES: color}, pack.undyed)
        cloth = sprite.bgra[(sprite.labels == BodyPart.UPPER_CLOTHES) & (sprite.bgra[:, :, 3] > 250), :3]
        lit = cloth[cloth.sum(1) >= np.percentile(cloth.sum(1), 60)]
        linear = (np.median(lit, axis=0) / 255) ** 2.2
        assert NAMES[int(name_indices(lab_from_linear(linear[None].astype(np.float32)))[0])] == name


def test_dye_stays_on_what_is_dyed() -> None:
    sprite = load_sprites().sprite(1, 2, 0)
    red = dyed(sprite, {BodyPart.UPPER_CLOTHES: (0, 0, 255)}, 230)

    skin = sprite.labels == BodyPart.FACE
    assert skin.any()
    assert np.array_equal(red.bgra[skin], sprite.bgra[skin])
    assert red.bgra[sprite.labels == BodyPart.UPPER_CLOTHES, :2].max() == 0
    assert np.array_equal(red.bgra[:, :, 3], sprite.bgra[:, :, 3])
