from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.scenes.camera import Camera

CAMERA = Camera(640, 360, np.deg2rad(60), (1.0, 3.0, 4.0), np.deg2rad(20), np.deg2rad(-15))


@given(st.floats(0, 640), st.floats(0, 360), st.floats(1, 30))
def test_a_ray_leads_back_to_its_pixel(column: float, row: float, distance: float) -> None:
    direction = CAMERA.rays(np.array([[column, row]], np.float32))
    point = np.array(CAMERA.position, np.float32) + direction * np.float32(distance)

    assert CAMERA.project(point)[0, :2] == pytest.approx([column, row], abs=0.05)


def test_it_looks_where_it_says() -> None:
    level = Camera(640, 360, np.deg2rad(60), (0.0, 2.0, 0.0), 0.0)

    assert level.project(np.array([[0, 2, -5], [1, 2, -5], [0, 3, -5]], np.float32))[:, :2] == pytest.approx(
        np.array([[320, 180], [320 + level.focal / 5, 180], [320, 180 - level.focal / 5]])
    )
    down = Camera(640, 360, np.deg2rad(60), (0.0, 2.0, 0.0), np.deg2rad(45))
    assert down.project(np.array([[0, 0, -2]], np.float32))[0, :2] == pytest.approx([320, 180], abs=1e-3)
    left = Camera(640, 360, np.deg2rad(60), (0.0, 2.0, 0.0), 0.0, np.deg2rad(90))
    assert left.project(np.array([[-5, 2, 0]], np.float32))[0] == pytest.approx([320, 180, 5], abs=1e-3)


def test_what_is_behind_has_a_negative_distance() -> None:
    assert CAMERA.project(np.array([[1.0, 3.0, 9.0]], np.float32))[0, 2] < 0


@given(st.floats(0, 640), st.floats(0, 360), st.floats(1, 30), st.floats(-0.35, -0.01))
def test_a_ray_through_a_bent_lens_leads_back_to_its_pixel(
    column: float, row: float, distance: float, distortion: float
) -> None:
    bent = replace(CAMERA, distortion=distortion, roll=0.1)
    direction = bent.rays(np.array([[column, row]], np.float32))
    point = np.array(bent.position, np.float32) + direction * np.float32(distance)

    assert bent.project(point)[0, :2] == pytest.approx([column, row], abs=0.1)


def test_a_bent_lens_keeps_the_field_of_view_and_bulges() -> None:
    straight = Camera(640, 360, np.deg2rad(100), (0.0, 0.0, 0.0), 0.0)
    bent = replace(straight, distortion=-0.3)
    border = np.array([[640, 180]], np.float32)
    assert bent.rays(border) == pytest.approx(straight.rays(border), abs=1e-6)
    wall = np.array([[-1, 0.5, -1], [0, 0.5, -1], [1, 0.5, -1]], np.float32)
    rows = bent.project(wall)[:, 1]
    assert rows[1] < rows[0] - 5
    assert rows[1] < rows[2] - 5


def test_a_roll_to_the_left_turns_the_picture_to_the_right() -> None:
    rolled = Camera(640, 360, np.deg2rad(60), (0.0, 0.0, 0.0), 0.0, roll=0.2)
    column, row, _ = rolled.project(np.array([[0, 1, -5]], np.float32))[0]
    assert column > 320
    assert row < 180


def test_a_lens_cannot_bulge_without_end() -> None:
    with pytest.raises(ValueError, match=r"distortion must be between -0\.4 and 0, got 0\.2"):
        replace(CAMERA, distortion=0.2)
