"""Cameras hang as in shops and streets, and sensors do what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.scenes.cctv import Sensor, hang, smeared, through_h264

PLAIN = Sensor(exposure=1.0)


@given(st.integers(0, 10_000), st.floats(20, 420))
def test_a_camera_hangs_as_in_shops_and_streets(seed: int, tall: float) -> None:
    camera = hang(np.random.default_rng(seed), (512, 288), tall)
    assert 1.2 <= camera.position[1] <= 8
    assert 0 < np.rad2deg(camera.pitch) <= 60
    assert 45 <= np.rad2deg(camera.fov) <= 110
    assert -0.4 <= camera.distortion <= 0


def test_a_plain_sensor_stores_light_as_srgb() -> None:
    light = np.full((16, 16, 3), 0.2140, np.float32)
    assert np.abs(PLAIN.picture(light, np.random.default_rng(0)).astype(int) - 128).max() <= 1


def test_red_light_is_stored_as_red() -> None:
    light = np.zeros((8, 8, 3), np.float32)
    light[:, :, 0] = 1
    assert PLAIN.picture(light, np.random.default_rng(0))[4, 4].tolist() == [0, 0, 255]


def test_a_grey_sensor_shows_no_colour() -> None:
    light = np.random.default_rng(1).random((16, 16, 3), np.float32)
    picture = Sensor(exposure=1.0, gray=1.0).picture(light, np.random.default_rng(0))
    assert int(np.ptp(picture.astype(int), axis=2).max()) <= 1


def test_exposure_follows_the_mean() -> None:
    dark = np.full((8, 8, 3), 0.01, np.float32)
    sensor = Sensor(exposure=-0.214)
    assert sensor.picture(dark, np.random.default_rng(0)).mean() == pytest.approx(128, abs=1.5)


@given(st.integers(0, 10_000), st.sampled_from(["day", "sun", "dusk", "night", "backlight", "infrared"]))
def test_a_random_sensor_gives_the_same_picture_for_the_same_numbers(seed: int, light: str) -> None:
    scene = np.random.default_rng(2).random((32, 48, 3), np.float32)
    first, second = (
        Sensor.random(np.random.default_rng(seed), light).picture(scene, np.random.default_rng(seed))  # type: ignore[arg-type]  # sampled
        for _ in range(2)
    )
    assert first.shape == (32, 48, 3)
    assert np.array_equal(first, second)


def test_h264_loses_more_at_a_higher_crf() -> None:
    image = np.random.default_rng(3).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    fine, coarse = (np.abs(through_h264(image, crf).astype(int) - image).mean() for crf in (18, 40))
    assert 0 < fine < coarse


def test_who_moves_is_smeared_along_the_way_and_nothing_else_is() -> None:
    light = np.full((40, 60, 3), 0.2, np.float32)
    person = np.zeros((40, 60), np.bool_)
    person[10:30, 28:32] = True
    light[person] = 1.0
    moved = smeared(light, person, 9.0, 0.0)
    assert 0.25 < moved[20, 25, 0] < 0.9  # beside the person
    assert moved[20, 30, 0] < 1.0
    assert moved[5, 5, 0] == pytest.approx(0.2, abs=1e-4)
    assert moved[20, 10, 0] == pytest.approx(0.2, abs=1e-4)
