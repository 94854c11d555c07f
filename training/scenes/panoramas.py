"""Places and their light from photographed panoramas (Radiance HDR, CC0)."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.errors import SourceError
from training.scenes.arrays import LinearRgb, Points, Scalars, rotation_y
from training.scenes.lighting import Lighting, Rgb
from training.shared import data_folder, panorama_split

Sky: TypeAlias = npt.NDArray[np.float32]
"""Shape (H, W, 3), dtype float32, linear RGB: all directions; the middle looks along -z, the first row up."""

_TAKEN_AT = 1.7  # metres above the floor: a tripod
_KEY_CONE = np.cos(np.deg2rad(18))  # the key light is what lies this near the brightest direction
_SUN = 300  # times as bright as everything in the mean: throws hard shadows
_PEOPLED = ("potsdamer_platz_1k", "shanghai_bund_1k", "venice_sunset_1k")
"""Small people stand in these, and nobody labelled them: they must not be made out."""


@dataclass(frozen=True, slots=True, eq=False)
class Panorama:
    """What one sees around a place, laid on its floor and on a dome above it.

    Attributes:
        name: Of the file.
        sky: What is seen.
        turn: By how much it is turned about the upright axis, radians.
        radius: Of the floor and the dome, metres.
        exposure: Multiplies all light.
    """

    name: str
    sky: Sky
    turn: float = 0.0
    radius: float = 25.0
    exposure: float = 1.0

    def seen(self, origin: Points, directions: Points) -> tuple[LinearRgb, Scalars]:
        """What rays from one place, shape (1, 3), see, (N, 3), and how far the floor is that they meet, (N,), else infinite."""
        down = directions[:, 1] < -1e-4
        floor = np.where(down, origin[0, 1] / np.maximum(-directions[:, 1], 1e-4), np.inf)
        reached = origin + directions * np.minimum(floor, 1e4)[:, None]
        on_floor = down & (np.hypot(reached[:, 0], reached[:, 2]) < self.radius)
        along = directions @ origin[0]
        dome = -along + np.sqrt(np.maximum(along**2 - origin[0] @ origin[0] + self.radius**2, 0))
        places = np.where(on_floor[:, None], reached, origin + directions * dome[:, None])
        colors = self.towards((places - np.array([0, _TAKEN_AT, 0])).astype(np.float32))
        return colors, np.where(on_floor, floor, np.inf).astype(np.float32)

    def towards(self, directions: Points) -> LinearRgb:
        """What is seen from the middle in these directions of any length, shape (N, 3)."""
        height, width = self.sky.shape[:2]
        turned = directions @ rotation_y(self.turn).astype(np.float32)
        column = (np.arctan2(turned[:, 0], -turned[:, 2]) / (2 * np.pi) + 0.5) * width - 0.5
        away = np.hypot(turned[:, 0], turned[:, 2])
        row = (0.5 - np.arctan2(turned[:, 1], away) / np.pi) * height - 0.5
        # OpenCV's remap takes no more than 32767 rows, so rays are laid out in lines.
        lines = -(-len(turned) // 1024)
        spread = [
            np.resize(each.astype(np.float32), (lines, 1024))
            for each in (column, np.clip(row, 0, height - 1))
        ]
        found = cv2.remap(self.sky, spread[0], spread[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return np.asarray(found.reshape(-1, 3)[: len(turned)] * np.float32(self.exposure), np.float32)

    def lighting(self) -> Lighting:
        """Its light: what is brightest as the key light, the rest as the glow."""
        light = _light(self.name)
        turned = rotation_y(self.turn) @ np.array(light.towards_key)
        key, above, below = (
            _rgb(np.array(part) * self.exposure) for part in (light.key, light.above, light.below)
        )
        return replace(light, towards_key=_rgb(turned), key=key, above=above, below=below)


@lru_cache(maxsize=16)
def _light(name: str) -> Lighting:
    """Of a panorama as it was taken."""
    sky = _read(data_folder() / "hdri" / f"{name}.hdr")
    directions, solid = _sphere(sky.shape[0], sky.shape[1])
    power = cv2.GaussianBlur(sky.mean(2) * (directions[..., 1] > 0.05), (0, 0), sky.shape[1] / 60)
    towards = directions.reshape(-1, 3)[int(power.argmax())]
    near = directions @ towards > _KEY_CONE
    around = float(np.median(sky[near].mean(1)))  # what the sky beside the sun gives belongs to the glow
    dimmed = np.minimum(1, around / np.maximum(sky.mean(2), 1e-6)) * near + ~near
    key = (sky * ((1 - dimmed) * solid)[..., None]).sum((0, 1)) / np.pi
    halves = [_mean(sky * dimmed[..., None], solid * (sign * directions[..., 1] > 0)) for sign in (1, -1)]
    missing = max(0.0, 0.5 * float(halves[0].mean()) - float(key.mean()))
    if missing:  # an even sky still has a brighter side, or faces would look flat
        key = key + halves[0] * missing / halves[0].mean()
        halves[0] = halves[0] * 0.6
        towards = towards + np.array([0, 0.8, 0], np.float32)
    sharp = float(sky[near].max()) > _SUN * float(sky.mean()) and not missing
    return Lighting(_rgb(towards), _rgb(key), 0.03 if sharp else 0.35, _rgb(halves[0]), _rgb(halves[1]), 1.5)


def _mean(sky: Sky, weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    total: npt.NDArray[np.float64] = (sky * weight[..., None]).sum((0, 1)) / weight.sum()
    return total


def _rgb(values: npt.NDArray[np.floating]) -> Rgb:
    return float(values[0]), float(values[1]), float(values[2])


@lru_cache(maxsize=4)
def _sphere(height: int, width: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Directions, shape (H, W, 3), and solid angles, (H, W), of a panorama's pixels."""
    up = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    around = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    directions = np.stack(
        [
            np.cos(up)[:, None] * np.sin(around),
            np.repeat(np.sin(up)[:, None], width, 1),
            -np.cos(up)[:, None] * np.cos(around),
        ],
        axis=-1,
    )
    solid = np.repeat(np.cos(up)[:, None], width, 1) * (np.pi / height) * (2 * np.pi / width)
    return directions.astype(np.float32), solid.astype(np.float32)


def panorama_names(held_out: bool, *, peopled: bool) -> list[str]:
    """Names of the panoramas of one side, in alphabetical order.

    Args:
        held_out: Those that nothing is trained on, or those that may be trained on.
        peopled: With those that show people.
    """
    wanted = "test" if held_out else "training"
    names = sorted(path.stem for path in (data_folder() / "hdri").glob("*.hdr"))
    return [name for name in names if panorama_split(name) == wanted and (peopled or name not in _PEOPLED)]


def read_panorama(name: str, turn: float = 0.0, radius: float = 25.0) -> Panorama:
    """The panorama of that name.

    Raises:
        SourceError: It is missing or damaged.
    """
    return Panorama(name, _read(data_folder() / "hdri" / f"{name}.hdr"), turn, radius)


@lru_cache(maxsize=16)
def _read(path: Path) -> Sky:
    light = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if light is None:
        raise SourceError(f"{path}: not a panorama that can be read; FOOTFALL_SHARED names the data folder")
    return np.ascontiguousarray(light[:, :, ::-1], np.float32)
