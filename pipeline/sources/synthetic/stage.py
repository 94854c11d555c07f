"""The drawn shop: a camera over a tiled floor, a back wall, and shelves along it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage

_FOV = np.deg2rad(58.0)
_PITCH = np.deg2rad(19.0)
_HEIGHT_M = 2.9
# Distance of the back wall.
_WALL_M = 11.0
_TILE_M = 0.6
# BGR.
_FLOOR, _GROUT, _WALL, _SKIRTING = (176, 184, 188), (158, 166, 171), (206, 212, 214), (120, 126, 130)
_SHELF = (150, 158, 164)
_GOODS = np.array(
    [(148, 150, 172), (170, 160, 140), (150, 172, 158), (176, 176, 170), (140, 146, 152), (160, 172, 184)],
    np.uint8,
)


@dataclass(frozen=True, slots=True)
class GroundCamera:
    """A camera that looks down on a floor: x to the right, z away from it, metres.

    Attributes:
        width, height: Of the picture, pixels.
    """

    width: int
    height: int

    @property
    def focal(self) -> float:
        """Pixels. The narrower side decides, so that a tall picture shows people no larger than a wide one."""
        return float(0.5 * min(self.width, self.height * 16 / 9) / np.tan(_FOV / 2))

    def project(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Column, row and distance along the view of a point `y` metres above the floor."""
        above = y - _HEIGHT_M
        ahead = z * np.cos(_PITCH) - above * np.sin(_PITCH)
        up = above * np.cos(_PITCH) + z * np.sin(_PITCH)
        scale = self.focal / ahead
        return float(self.width / 2 + x * scale), float(self.height / 2 - up * scale), float(ahead)

    def half_width_at(self, z: float) -> float:
        """How far the picture reaches to either side at that distance on the floor, metres."""
        _, _, ahead = self.project(0.0, 0.0, z)
        return float(0.5 * self.width / self.focal * ahead)

    def hidden_below(self) -> float:
        """A distance z at which even a tall person is below the picture, metres."""
        z = 4.0
        while z > -2.0 and self.project(0.0, 2.0, z)[1] < self.height:
            z -= 0.1
        return z


def draw_backdrop(camera: GroundCamera, seed: int) -> BgrImage:
    """The empty shop, shape (H, W, 3) uint8 BGR."""
    picture = _floor_and_wall(camera)
    _draw_shelves(picture, camera, np.random.default_rng(seed))
    across = np.linspace(-1, 1, camera.width, dtype=np.float32)[None, :]
    along = np.linspace(-1, 1, camera.height, dtype=np.float32)[:, None]
    vignette = 1 - 0.05 * (across**2 + along**2)
    return np.clip(picture * vignette[:, :, None], 0, 255).astype(np.uint8)


def _floor_and_wall(camera: GroundCamera) -> npt.NDArray[np.float32]:
    finer = 2
    columns, rows = np.meshgrid(
        (np.arange(camera.width * finer, dtype=np.float32) + 0.5) / finer,
        (np.arange(camera.height * finer, dtype=np.float32) + 0.5) / finer,
    )
    across = (columns - camera.width / 2) / camera.focal
    down = (rows - camera.height / 2) / camera.focal
    forwards = np.cos(_PITCH) - down * np.sin(_PITCH)
    falls = np.sin(_PITCH) + down * np.cos(_PITCH)
    distance = _HEIGHT_M / np.maximum(falls, 1e-3)
    x, z = across * distance, forwards * distance
    on_floor = (falls > 0) & (z < _WALL_M)
    height = _HEIGHT_M - falls * _WALL_M / np.maximum(forwards, 1e-3)
    in_grout = (np.abs((x / _TILE_M) % 1 - 0.5) > 0.487) | (np.abs((z / _TILE_M) % 1 - 0.5) > 0.487)
    floor = np.where(in_grout[:, :, None], _bgr(_GROUT), _bgr(_FLOOR))
    floor *= (1.04 - 0.012 * np.clip(z, 0, _WALL_M))[:, :, None]
    wall = np.where((height < 0.12)[:, :, None], _bgr(_SKIRTING), _bgr(_WALL))
    picture = np.where(on_floor[:, :, None], floor, wall).astype(np.float32)
    smaller = cv2.resize(picture, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.float32)


def _bgr(color: tuple[int, int, int]) -> npt.NDArray[np.float32]:
    return np.array(color, np.float32)


def _draw_shelves(picture: npt.NDArray[np.float32], camera: GroundCamera, rng: np.random.Generator) -> None:
    for middle in (-3.6, 3.6):
        _draw_box(picture, camera, (middle - 1.5, 0.0, middle + 1.5, 1.55), _SHELF)
        for board in (0.12, 0.6, 1.08):
            left = middle - 1.44
            while left < middle + 1.3:
                right = min(left + float(rng.uniform(0.12, 0.34)), middle + 1.44)
                top = board + float(rng.uniform(0.2, 0.36))
                goods = _GOODS[rng.integers(len(_GOODS))]
                _draw_box(picture, camera, (left, board, right, top), tuple(int(value) for value in goods))
                left = right + 0.02


def _draw_box(
    picture: npt.NDArray[np.float32],
    camera: GroundCamera,
    extent: tuple[float, float, float, float],
    color: tuple[int, ...],
) -> None:
    """An upright rectangle near the back wall: left, bottom, right, top in metres."""
    left, bottom, right, top = extent
    corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
    points = [camera.project(x, y, _WALL_M - 0.5)[:2] for x, y in corners]
    fixed = np.rint(np.array(points) * 16).astype(np.int32)
    cv2.fillConvexPoly(picture, fixed, tuple(float(value) for value in color), cv2.LINE_AA, shift=4)
