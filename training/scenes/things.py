"""Things of boxes and pictures, and where they stand.

A thing is built around the origin, front towards +z, and then put somewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from training.scenes.arrays import Flags, LinearRgb, Points, Uv, rotation_y, srgb_to_linear
from training.scenes.assets import Texture
from training.scenes.fabrics import Srgb
from training.scenes.layers import Picture, Surface

Rng = np.random.Generator
Corner = tuple[float, float, float]
_T = TypeVar("_T")

_SIDES = np.array(
    [(0, 1, 5, 4), (2, 3, 7, 6), (0, 4, 6, 2), (1, 3, 7, 5), (4, 5, 7, 6), (0, 2, 3, 1)], np.int32
)


@dataclass(frozen=True, slots=True)
class Colored:
    """Each box its colour: `rest` carries linear red, green, blue instead of places."""

    folds: float = 0.0

    def look(self, rest: Points, uv: Uv) -> tuple[LinearRgb, Flags]:
        """Opaque everywhere."""
        return rest, np.ones(len(uv), np.bool_)


@dataclass(frozen=True, slots=True)
class Board:
    """A flat picture on a thing.

    Attributes:
        corners: Bottom left, bottom right, top right, top left as seen from the front.
        texture: The picture.
        window: Of its texture coordinates: left, bottom, right, top.
    """

    corners: tuple[Corner, Corner, Corner, Corner]
    texture: Texture
    window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of boxes, panels and pictures.

    Attributes:
        boxes: Low corner, high corner, colour as stored in a picture.
        panels: Flat, four corners in a row around it, seen from both sides; and colour.
        boards: Pictures on it.
        width, depth: Of its place on the floor, metres; 0 where people may stand below or on it.
    """

    boxes: list[tuple[Corner, Corner, Srgb]] = field(default_factory=list)
    panels: list[tuple[Sequence[Corner], Srgb]] = field(default_factory=list)
    boards: list[Board] = field(default_factory=list)
    width: float = 0.0
    depth: float = 0.0

    def box(self, low: Corner, high: Corner, color: Srgb) -> None:
        """Add a box between two corners."""
        self.boxes.append((low, high, color))

    def panel(self, corners: Sequence[Corner], color: Srgb) -> None:
        """Add a flat piece between four corners."""
        self.panels.append((corners, color))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the floor that is taken.

    Attributes:
        x, z: Its middle, metres.
        heading: Radians, as people's.
        width, depth: Metres.
    """

    x: float
    z: float
    heading: float
    width: float
    depth: float

    def near(self, x: Points, z: Points, margin: float) -> Flags:
        """Which places on the floor are in it or nearer than that to it."""
        along = np.stack([x - self.x, np.zeros_like(x), z - self.z], axis=1) @ rotation_y(self.heading)
        inside = np.abs(along[:, 0]) < self.width / 2 + margin
        return np.asarray(inside & (np.abs(along[:, 2]) < self.depth / 2 + margin))


class Yard:
    """Collects things in the world as few surfaces."""

    def __init__(self) -> None:
        self.spots: list[Spot] = []
        self._points: list[Points] = []
        self._colors: list[Points] = []
        self._boards: list[Surface] = []

    def put(self, thing: Thing, x: float, z: float, heading: float = 0.0) -> None:
        """Put a thing there, turned by that."""
        turn = rotation_y(heading).astype(np.float32)
        away = np.array([x, 0, z], np.float32)
        if thing.boxes:
            low, high, colors = (np.array(part, np.float32) for part in zip(*thing.boxes, strict=True))
            self._points.append(_corners(low, high) @ turn.T + away)
            self._colors.append(np.repeat(srgb_to_linear(colors / 255), 24, axis=0))
        if thing.panels:
            corners = np.array([corner for each, _ in thing.panels for corner in each], np.float32)
            shades = np.array([color for _, color in thing.panels], np.float32)
            self._points.append(corners @ turn.T + away)
            self._colors.append(np.repeat(srgb_to_linear(shades / 255), 4, axis=0))
        for board in thing.boards:
            self._boards.append(_board(board, turn, away))
        if thing.width:
            self.spots.append(Spot(x, z, heading, thing.width, thing.depth))

    def free(self, x: float, z: float, width: float, depth: float, heading: float) -> bool:
        """Whether a thing of that size would stand clear of the others."""
        across, along = np.meshgrid(
            np.linspace(-width / 2, width / 2, 7), np.linspace(-depth / 2, depth / 2, 5)
        )
        grid = np.stack([across.ravel(), np.zeros(35), along.ravel()], axis=1) @ rotation_y(heading).T
        places = grid.astype(np.float32)
        return not any(spot.near(places[:, 0] + x, places[:, 2] + z, 0.1).any() for spot in self.spots)

    def surfaces(self) -> list[Surface]:
        """All of them."""
        if not self._points:
            return self._boards
        points, colors = np.concatenate(self._points), np.concatenate(self._colors)
        faces = (np.arange(len(points) // 4) * 4)[:, None, None] + np.array([[0, 1, 2], [0, 2, 3]])
        return [_flat(points, faces.reshape(-1, 3), colors, Colored()), *self._boards]


def _corners(low: Points, high: Points) -> Points:
    """24 corners of each box, 4 of each side, so that normals stay sharp."""
    eight = np.stack(
        [
            np.stack([pick[0], pick[1], pick[2]], axis=1)
            for y in (low, high)
            for z in (low, high)
            for x in (low, high)
            for pick in [(x[:, 0], y[:, 1], z[:, 2])]
        ],
        axis=1,
    )
    return np.asarray(eight[:, _SIDES.ravel()].reshape(-1, 3), np.float32)


def _board(board: Board, turn: Points, away: Points) -> Surface:
    points = np.array(board.corners, np.float32) @ turn.T + away
    left, bottom, right, top = board.window
    uv = np.array([[left, bottom], [right, bottom], [right, top], [left, top]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return _flat(
        points.astype(np.float32), faces, points.astype(np.float32), Picture(board.texture), uv[faces]
    )


def _flat(
    points: Points,
    faces: np.ndarray[tuple[int, ...], np.dtype[np.integer]],
    rest: Points,
    material: Colored | Picture,
    uv: Uv | None = None,
) -> Surface:
    return Surface(
        points=points,
        faces=faces.astype(np.int32),
        rest=rest.astype(np.float32),
        field=np.ones(len(points), np.float32),
        parts=np.zeros(len(faces), np.uint8),
        face_uvs=np.zeros((len(faces), 3, 2), np.float32) if uv is None else uv,
        material=material,
    )


def pick(rng: Rng, choices: Sequence[_T]) -> _T:
    """Any of them, all equally likely."""
    return choices[int(rng.integers(len(choices)))]
