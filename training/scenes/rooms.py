"""Things that stand around: floors, walls, boxes, shelves, a counter, a door."""

from dataclasses import dataclass

import numpy as np

from training.scenes.arrays import Flags, LinearRgb, Points, Uv, srgb_to_linear
from training.scenes.fabrics import Srgb
from training.scenes.layers import Material, Paint, Surface

Corner = tuple[float, float, float]

_QUAD = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
_BOX_SIDES = ((0, 1, 5, 4), (2, 3, 7, 6), (0, 4, 6, 2), (1, 3, 7, 5), (4, 5, 7, 6), (0, 2, 3, 1))


@dataclass(frozen=True, slots=True)
class Tiles:
    """Square tiles with joints, on the floor.

    Attributes:
        color, joint: As stored in a picture.
        size: Of a tile, metres.
    """

    color: Srgb
    joint: Srgb
    size: float = 0.5
    folds: float = 0.0

    def look(self, rest: Points, uv: Uv) -> tuple[LinearRgb, Flags]:
        """Tiles differ a little in brightness."""
        across, along = rest[:, 0] / self.size, rest[:, 2] / self.size
        near_joint = np.maximum(np.abs(across % 1 - 0.5), np.abs(along % 1 - 0.5)) > 0.5 - 0.006 / self.size
        number = np.floor(across) * 12.9898 + np.floor(along) * 78.233
        shade = 1 + 0.05 * (np.modf(np.abs(np.sin(number)) * 43758.5)[0] - 0.5)
        plain = paint(self.color).color * shade[:, None]
        joint = np.array(paint(self.joint).color)
        return np.where(near_joint[:, None], joint, plain).astype(np.float32), np.ones(len(uv), np.bool_)


def paint(color: Srgb, mottle: float = 0.0) -> Paint:
    """A wall's or a board's colour, as stored in a picture."""
    red, green, blue = srgb_to_linear(np.array(color, np.float32) / 255)
    return Paint((float(red), float(green), float(blue)), mottle)


def quad(corners: tuple[Corner, Corner, Corner, Corner], material: Material) -> Surface:
    """A flat piece with these corners in order."""
    return _surface(np.array(corners, np.float32), _QUAD, material)


def box(low: Corner, high: Corner, material: Material) -> Surface:
    """A box between two corners."""
    points = np.array(
        [[x, y, z] for y in (low[1], high[1]) for z in (low[2], high[2]) for x in (low[0], high[0])],
        np.float32,
    )
    # Each side has corners of its own, or the normals would be rounded off.
    sides = np.concatenate([points[list(side)] for side in _BOX_SIDES])
    faces = np.concatenate([_QUAD + 4 * number for number in range(len(_BOX_SIDES))]).astype(np.int32)
    return _surface(sides, faces, material)


def _surface(
    points: Points, faces: np.ndarray[tuple[int, int], np.dtype[np.int32]], material: Material
) -> Surface:
    return Surface(
        points=points,
        faces=faces,
        rest=points,
        field=np.ones(len(points), np.float32),
        parts=np.zeros(len(faces), np.uint8),
        face_uvs=np.zeros((len(faces), 3, 2), np.float32),
        material=material,
    )


def shelf(low: Corner, high: Corner, goods: tuple[Srgb, ...], seed: int) -> list[Surface]:
    """A shelf with four boards of goods, open towards +z."""
    rng = np.random.default_rng(seed)
    wood = paint((196, 190, 180))
    left, bottom, back = low
    right, top, front = high
    parts = [
        box((left, bottom, back), (right, top, back + 0.03), wood),
        box((left - 0.03, bottom, back), (left, top + 0.03, front), wood),
        box((right, bottom, back), (right + 0.03, top + 0.03, front), wood),
        box((left, top, back), (right, top + 0.03, front), wood),
    ]
    boards = np.linspace(bottom + 0.1, top, 5)[:4]
    room = float(boards[1] - boards[0]) - 0.06
    for height in boards:
        parts.append(box((left, float(height) - 0.03, back), (right, float(height), front), wood))
        parts += _row(rng, (left + 0.02, float(height), back), (right - 0.02, room, front), goods)
    return parts


def _row(rng: np.random.Generator, start: Corner, limits: Corner, goods: tuple[Srgb, ...]) -> list[Surface]:
    """Boxes side by side; groups of them look alike, as in a shop."""
    x, height, back = start
    right, room, front = limits
    row: list[Surface] = []
    while x < right - 0.08:
        wide, tall = float(rng.uniform(0.08, 0.22)), float(rng.uniform(0.5, 0.95)) * room
        depth = front - float(rng.uniform(0.03, 0.1))
        look = paint(goods[rng.integers(len(goods))])
        for _ in range(int(rng.integers(1, 5))):
            if x + wide > right:
                break
            row.append(box((x, height, back + 0.05), (x + wide - 0.01, height + tall, depth), look))
            x += wide
        x += float(rng.uniform(0.01, 0.05))
    return row
