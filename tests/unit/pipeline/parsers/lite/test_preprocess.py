import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.parsers.lite.preprocess import CROPS, CROPS_OF_MIDDLE, fit, fit_crop, preprocess

SIZES = st.integers(16, 4000)


@given(height=SIZES, width=SIZES)
def test_any_size_fits_into_multiples_of_32_at_about_the_same_cost(height: int, width: int) -> None:
    geometry = fit(height, width, area=512 * 288)

    assert geometry.input_height % 32 == 0
    assert geometry.input_width % 32 == 0
    assert 0 <= geometry.input_height - geometry.scaled_height < 32
    assert 0 <= geometry.input_width - geometry.scaled_width < 32
    least = min(geometry.scaled_height, geometry.scaled_width)
    assert geometry.scaled_height * geometry.scaled_width == pytest.approx(512 * 288, rel=1.5 / least)


@given(height=st.integers(200, 2200), width=st.integers(200, 4000))
def test_both_directions_are_scaled_alike(height: int, width: int) -> None:
    geometry = fit(height, width, area=512 * 288)

    vertical, horizontal = geometry.scaled_height / height, geometry.scaled_width / width
    least = min(geometry.scaled_height, geometry.scaled_width)
    assert vertical == pytest.approx(horizontal, rel=1.1 / least)


def test_the_size_that_the_weights_were_trained_at_is_not_padded() -> None:
    geometry = fit(432, 768, area=512 * 288)

    assert (geometry.input_height, geometry.input_width) == (288, 512)


def test_channels_stay_blue_green_red_and_the_rest_is_padded_with_grey() -> None:
    image = np.zeros((300, 400, 3), np.uint8)
    image[:] = (10, 20, 30)

    tensor, geometry = preprocess(image, area=512 * 288)

    assert tensor.dtype == np.float32
    assert tensor.shape == (1, 3, geometry.input_height, geometry.input_width)
    inside = tensor[0, :, : geometry.scaled_height, : geometry.scaled_width]
    assert [float(channel.mean()) for channel in inside] == [10, 20, 30]
    assert geometry.scaled_height < geometry.input_height
    assert np.all(tensor[0, :, geometry.scaled_height :] == 114)


@pytest.mark.parametrize(
    ("height", "rows"), [(10, 256), (64, 256), (65, 320), (96, 320), (97, 384), (384, 384), (900, 384)]
)
def test_who_is_small_is_enlarged_less(height: int, rows: int) -> None:
    geometry = fit_crop(np.zeros((height, height // 2, 3), np.uint8), CROPS_OF_MIDDLE)
    assert (geometry.height, geometry.input_height, geometry.input_width) == (height, rows, rows // 2)
    assert (geometry.scaled_height, geometry.scaled_width) == (rows, rows // 2)


def test_a_network_for_whole_pictures_enlarges_up_to_its_largest_crop() -> None:
    heights = [fit_crop(np.zeros((height, 8, 3), np.uint8), CROPS).input_height for height in (100, 257, 900)]
    assert heights == [256, 384, 384]
