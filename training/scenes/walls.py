"""What encloses a room: floor, walls, windows."""

from collections.abc import Sequence

import numpy as np

from training.scenes.assets import Texture
from training.scenes.camera import Camera
from training.scenes.fabrics import Srgb
from training.scenes.layers import Surface
from training.scenes.rooms import Tiles, paint, quad
from training.scenes.things import Board, Rng, Thing, Yard, pick

Bounds = tuple[float, float, float, float]
"""Of a floor: lowest x, lowest z, highest x, highest z, metres."""

_WALLS = (
    (216, 214, 206),
    (236, 236, 234),
    (190, 196, 200),
    (206, 190, 164),
    (120, 124, 132),
    (176, 120, 104),
    (84, 88, 84),
)


def walls_around(camera: Camera, rng: Rng) -> Bounds:
    """Walls near the camera on its side and farther away on the other."""
    x, _, z = camera.position
    reach = max(3.0, float(np.hypot(x, z)))
    sides = []
    for along in (x, z):
        near, far = abs(along) + rng.uniform(0.3, 1.5), reach * rng.uniform(0.7, 1.6)
        low, high = (far, max(near, 2.0)) if along >= 0 else (max(near, 2.0), far)
        sides.append((-low, high))
    return sides[0][0], sides[1][0], sides[0][1], sides[1][1]


def put_walls(
    yard: Yard, bounds: Bounds, height: float, posters: Sequence[Texture], rng: Rng, *, windows: float
) -> None:
    """Four walls with windows in that share of them, posters on the others."""
    left, back, right, front = bounds
    color = pick(rng, _WALLS)
    for x, z, heading, width in (
        ((left + right) / 2, back, 0.0, right - left),
        ((left + right) / 2, front, np.pi, right - left),
        (left, (back + front) / 2, np.pi / 2, front - back),
        (right, (back + front) / 2, -np.pi / 2, front - back),
    ):
        wall = (
            _windowed(width, height, color, rng)
            if rng.random() < windows
            else _plain(width, height, color, posters, rng)
        )
        yard.put(wall, x, z, heading)


def _plain(width: float, height: float, color: Srgb, posters: Sequence[Texture], rng: Rng) -> Thing:
    wall = Thing()
    wall.box((-width / 2, 0, -0.2), (width / 2, height, 0), color)
    wall.box((-width / 2, 0, 0), (width / 2, rng.uniform(0.05, 0.15), 0.02), (110, 108, 104))
    x = -width / 2 + rng.uniform(0.2, 2)
    while posters and x < width / 2 - 1.2:
        wide = float(rng.uniform(0.5, 1.1))
        low, high = float(rng.uniform(0.5, 1.2)), float(rng.uniform(1.7, 2.4))
        corners = ((x, low, 0.01), (x + wide, low, 0.01), (x + wide, high, 0.01), (x, high, 0.01))
        wall.boards.append(Board(corners, pick(rng, posters)))
        x += wide + rng.uniform(0.3, 4)
    return wall


def _windowed(width: float, height: float, color: Srgb, rng: Rng) -> Thing:
    wall = Thing()
    sill, lintel = float(rng.uniform(0, 1.0)), height - float(rng.uniform(0.1, 0.6))
    half = width / 2
    wall.box((-half, 0, -0.2), (half, sill + 0.02, 0), color)
    wall.box((-half, lintel, -0.2), (half, height, 0), color)
    step, frame = float(rng.uniform(0.9, 2.5)), float(rng.uniform(0.06, 0.5))
    for x in np.arange(-half, half, step):
        wall.box((float(x), sill, -0.2), (min(half, float(x) + frame), lintel, 0), color)
    return wall


def floor(bounds: Bounds, colors: Sequence[Srgb], rng: Rng) -> Surface:
    """Tiles, boards or one tone in about one of these colours."""
    left, back, right, front = bounds
    base = np.array(pick(rng, colors)) * rng.uniform(0.7, 1.15) + rng.normal(0, 6, 3)
    color = tuple(int(each) for each in np.clip(base, 10, 245))
    joint = tuple(int(each * rng.uniform(0.7, 1.02)) for each in color)
    corners = ((left, 0.0, front), (right, 0.0, front), (right, 0.0, back), (left, 0.0, back))
    if rng.random() < 0.3:
        return quad(corners, paint((color[0], color[1], color[2]), 0.08))
    tiles = Tiles(
        (color[0], color[1], color[2]), (joint[0], joint[1], joint[2]), float(rng.uniform(0.2, 1.0))
    )
    return quad(corners, tiles)
