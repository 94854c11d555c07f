"""The colour of a garment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.cielab import BgrPixels
from analytics.colors import UNKNOWN, colors_of
from analytics.illuminant import NEUTRAL, Light
from tests.support.swatches import REFERENCE, as_cloth, cloth, color_of

PIXELS = arrays(np.uint8, st.tuples(st.integers(0, 120), st.just(3)))


@pytest.mark.parametrize(("name", "rgb"), REFERENCE)
def test_noise_does_not_change_the_name_of_plain_cloth(name: str, rgb: tuple[int, int, int]) -> None:
    seen = color_of(cloth(rgb, noise=5), NEUTRAL)
    assert seen.guess == name
    assert seen.probable > 0.1


@pytest.mark.parametrize(
    ("name", "rgb"),
    [
        ("red", (170, 25, 30)),
        ("blue", (40, 70, 150)),
        ("grey", (120, 120, 122)),
        ("green", (30, 110, 50)),
        ("brown", (105, 70, 40)),
    ],
)
def test_folds_do_not_split_a_garment(name: str, rgb: tuple[int, int, int]) -> None:
    seen = color_of(cloth(rgb, folds=2.2), NEUTRAL)
    assert (seen.name, seen.share > 0.9) == (name, True)


@pytest.mark.parametrize("exposure", [0.75, 1.0, 1.3])
@pytest.mark.parametrize(
    ("name", "rgb"),
    [("red", (190, 30, 35)), ("blue", (50, 80, 170)), ("grey", (115, 115, 115)), ("green", (40, 120, 60)), ("black", (22, 22, 24)),
     ("yellow", (225, 190, 40)), ("purple", (110, 40, 130))],
)  # fmt: skip
def test_moderate_exposure_keeps_the_name(name: str, rgb: tuple[int, int, int], exposure: float) -> None:
    exposed = tuple(min(255, round(255 * ((code / 255) ** 2.2 * exposure) ** (1 / 2.2))) for code in rgb)
    assert color_of(cloth((exposed[0], exposed[1], exposed[2])), NEUTRAL).name == name


@given(pixels=PIXELS, seed=st.integers(0, 9))
def test_the_order_of_pixels_does_not_matter(pixels: BgrPixels, seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(pixels)
    first, second = color_of(pixels, NEUTRAL), color_of(shuffled, NEUTRAL)
    assert (first.name, first.share) == (second.name, second.share)
    assert first.confidence == pytest.approx(second.confidence)


@given(groups=st.lists(PIXELS, max_size=4))
def test_garments_do_not_influence_each_other(groups: list[BgrPixels]) -> None:
    together = colors_of([as_cloth(pixels) for pixels in groups], NEUTRAL)
    assert [seen.name for seen in together] == [color_of(pixels, NEUTRAL).name for pixels in groups]
    assert all(0 <= seen.share <= 1 and 0 <= seen.confidence <= 1 for seen in together)


@given(level=st.integers(0, 255), noise=st.integers(0, 3))
def test_grey_never_becomes_a_hue(level: int, noise: int) -> None:
    assert color_of(cloth((level, level, level), noise=noise), NEUTRAL).guess in ("black", "grey", "white")


def test_too_few_pixels_are_unknown() -> None:
    assert color_of(cloth((200, 20, 20), count=10), NEUTRAL) == UNKNOWN
    assert color_of(np.zeros((0, 3), np.uint8), NEUTRAL) == UNKNOWN


def test_a_dim_frame_names_what_is_plain_and_doubts_what_lies_on_a_border() -> None:
    dim = Light(white=0.1)
    assert color_of(cloth((200, 20, 20)), dim).name == "red"
    olive = cloth((84, 78, 52), count=60)  # between brown, green and grey
    assert color_of(olive, dim).name == "unknown"
    assert color_of(olive, dim).probable < 0.5 < color_of(cloth((200, 20, 20)), dim).probable


def test_more_pixels_are_trusted_more() -> None:
    few, many = (color_of(cloth((200, 20, 20), count=count), NEUTRAL) for count in (30, 250))
    assert few.name == many.name == "red"
    assert few.confidence < many.confidence


def test_a_print_of_three_colours_is_unknown() -> None:
    print_ = np.concatenate([cloth(rgb, 100) for rgb in ((200, 20, 20), (20, 140, 40), (240, 220, 40))])
    assert color_of(print_, NEUTRAL) == UNKNOWN


def test_of_stripes_the_broader_is_named_with_its_share() -> None:
    stripes = np.concatenate([cloth((245, 245, 245), 200), cloth((20, 20, 20), 100)])
    seen = color_of(stripes, NEUTRAL)
    assert seen.name == "white"
    assert seen.share == pytest.approx(2 / 3, abs=0.05)


def test_black_is_black_in_a_well_lit_frame_and_unknown_in_the_dark() -> None:
    coat = cloth((15, 15, 17), noise=2)
    assert color_of(coat, Light(white=0.7)).name == "black"
    assert color_of(coat, Light(white=0.03)) == UNKNOWN


def test_a_camera_without_colour_tells_none() -> None:
    assert color_of(cloth((128, 128, 128), noise=0), Light(monochrome=True)) == UNKNOWN


def test_blown_out_light_and_a_strong_cast_lower_the_confidence() -> None:
    plain = color_of(cloth((235, 235, 235), noise=1), NEUTRAL)
    blown = color_of(cloth((255, 255, 255), noise=0), NEUTRAL)
    cast = color_of(cloth((235, 235, 235), noise=1), Light(cast=1.0))
    assert plain.name == blown.name == cast.name == "white"
    assert blown.confidence < plain.confidence
    assert cast.confidence < plain.confidence
