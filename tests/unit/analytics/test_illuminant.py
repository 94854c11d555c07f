"""The light of a frame."""

import numpy as np
import pytest

from analytics.cielab import lab_from_linear
from analytics.illuminant import Light, LightMeter
from domain.frame import BgrImage
from tests.support.swatches import cloth, color_of

NOBODY = np.zeros((120, 160), np.uint8)


def scene(
    *rgb: tuple[int, int, int], light: tuple[float, float, float] = (1, 1, 1), noise: float = 3
) -> BgrImage:
    """Vertical stripes of those colours under a light with those factors of R, G, B."""
    image = np.zeros((120, 160, 3))
    for index, color in enumerate(rgb):
        image[:, index * 160 // len(rgb) : (index + 1) * 160 // len(rgb)] = color[::-1]
    lit = 255 * np.clip((image / 255) ** 2.2 * np.array(light[::-1]), 0, 1) ** (1 / 2.2)
    lit += np.random.default_rng(0).normal(0, noise, lit.shape)
    result: BgrImage = np.clip(lit, 0, 255).astype(np.uint8)
    return result


ROOM = ((225, 225, 225), (150, 150, 150), (90, 90, 90), (120, 70, 40), (60, 90, 60))


def test_neutral_light_is_left_alone() -> None:
    light = LightMeter().read(scene(*ROOM), NOBODY)
    assert light.gains == pytest.approx((1, 1, 1), abs=0.06)
    assert light.cast < 0.1
    assert not light.monochrome


@pytest.mark.parametrize("factors", [(1.15, 1.0, 0.8), (0.85, 1.0, 1.18), (1.0, 1.1, 0.95)])
def test_a_grey_coat_stays_grey_under_coloured_light(factors: tuple[float, float, float]) -> None:
    light = LightMeter().read(scene(*ROOM, light=factors), NOBODY)
    coat = scene((120, 120, 120), light=factors).reshape(-1, 3)
    assert color_of(coat, light).guess == "grey"
    chroma = [np.hypot(*lab_from_linear(each.correct(coat))[:, 1:].mean(axis=0)) for each in (light, Light())]
    assert chroma[0] < 0.75 * chroma[1]


@pytest.mark.parametrize(
    "wall", [(200, 30, 30), (30, 60, 190), (20, 130, 40), (225, 205, 175), (150, 95, 55)]
)
def test_a_frame_full_of_one_colour_does_not_shift_everything(wall: tuple[int, int, int]) -> None:
    light = LightMeter().read(scene(wall), NOBODY)
    for name, rgb in (
        ("grey", (128, 128, 128)),
        ("red", (180, 30, 35)),
        ("blue", (40, 70, 160)),
        ("black", (18, 18, 18)),
    ):
        assert color_of(cloth(rgb), light).guess == name


def test_no_gain_goes_beyond_its_bounds() -> None:
    light = LightMeter().read(scene((255, 140, 128), light=(1, 0.6, 0.5)), NOBODY)
    assert max(light.gains) / min(light.gains) <= 1.35**2 + 1e-6


def test_persons_do_not_count_as_the_room() -> None:
    image = scene(*ROOM)
    labels = NOBODY.copy()
    labels[20:100, 40:90] = 5
    meter, beside = LightMeter(), LightMeter()
    empty = meter.read(np.where(labels[..., None] > 0, 128, image).astype(np.uint8), labels)
    orange = beside.read(np.where(labels[..., None] > 0, (0, 140, 255), image).astype(np.uint8), labels)
    assert empty.gains == orange.gains


def test_underexposure_is_lifted_within_limits() -> None:
    dim = LightMeter().read(scene(*ROOM, light=(0.3, 0.3, 0.3)), NOBODY)
    assert 1.2 < dim.gains[1] < 1.51
    assert dim.white < 0.3


def test_the_light_changes_slowly() -> None:
    meter = LightMeter()
    for _ in range(30):
        before = meter.read(scene(*ROOM), NOBODY)
    after = meter.read(scene(*ROOM, light=(1.15, 1.0, 0.8)), NOBODY)
    fresh = LightMeter().read(scene(*ROOM, light=(1.15, 1.0, 0.8)), NOBODY)
    assert abs(after.gains[0] - before.gains[0]) < 0.15 * abs(fresh.gains[0] - before.gains[0])


def test_infrared_is_noticed_at_once() -> None:
    grey = np.repeat(scene(*ROOM).mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    meter = LightMeter()
    assert meter.read(grey, NOBODY).monochrome
    assert not meter.read(scene(*ROOM), NOBODY).monochrome


def test_a_frame_with_nothing_but_a_person_tells_nothing() -> None:
    light = LightMeter().read(scene((200, 30, 30)), np.full((120, 160), 5, np.uint8))
    assert light.gains == pytest.approx((1, 1, 1))
