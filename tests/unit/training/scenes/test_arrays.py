import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.scenes.arrays import (
    linear_to_srgb,
    point_normals,
    rotation_between,
    rotation_x,
    rotation_y,
    rotation_z,
    srgb_to_linear,
    unit,
)

ANGLE = st.floats(-3.1, 3.1)


@given(ANGLE, ANGLE, ANGLE, ANGLE)
def test_the_rotation_between_two_directions_is_one(a: float, b: float, c: float, d: float) -> None:
    start = rotation_y(a) @ rotation_x(b) @ np.array([0.0, 0.0, 1.0])
    end = rotation_y(c) @ rotation_x(d) @ np.array([0.0, 0.0, 1.0])
    if start @ end < -0.99:  # no smallest rotation turns a direction round
        return

    turn = rotation_between(start, end)

    assert turn @ start == pytest.approx(end, abs=1e-6)
    assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-6)


def test_axes_turn_the_way_they_say() -> None:
    x, y, z = np.eye(3)

    assert rotation_x(np.pi / 2) @ y == pytest.approx(z, abs=1e-9)
    assert rotation_y(np.pi / 2) @ z == pytest.approx(x, abs=1e-9)
    assert rotation_z(np.pi / 2) @ x == pytest.approx(y, abs=1e-9)


def test_stored_values_go_to_light_and_back() -> None:
    stored = (np.arange(256) / 255).astype(np.float32)

    assert linear_to_srgb(srgb_to_linear(stored)) == pytest.approx(stored, abs=1e-5)
    assert srgb_to_linear(np.array([0.5], np.float32))[0] == pytest.approx(0.2140, abs=1e-4)


def test_normals_of_a_flat_sheet_and_of_a_point_without_faces() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [5, 5, 5]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)

    normals = point_normals(points, faces)

    assert normals[:4] == pytest.approx(np.tile([0, 0, 1], (4, 1)))
    assert normals[4] == pytest.approx([0, 0, 0])
    assert unit(np.zeros((1, 3), np.float32)) == pytest.approx(np.zeros((1, 3)))
