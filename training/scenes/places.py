"""Places: shops and halls, streets and squares, and photographs of real ones; each with its light."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage
from training.scenes.arrays import Flags, LinearRgb, Points, Scalars, srgb_to_linear
from training.scenes.camera import Camera
from training.scenes.layers import Surface
from training.scenes.lighting import Lighting
from training.scenes.panoramas import Panorama
from training.scenes.snapshot import Backdrop
from training.scenes.things import Rng, Spot

LightName = Literal["day", "sun", "dusk", "night", "backlight", "infrared"]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where people may stand, and what stands there already.

    Attributes:
        kind: `room`, `street` or the name of a photograph.
        panorama: Name of the panorama that lights it or is seen, or "".
        light: What kind of light it is.
        lighting: The light itself.
        surfaces: What stands there.
        backdrop: What is behind.
        spots: Parts of the floor that are taken.
        bounds: Of the floor: lowest x, lowest z, highest x, highest z, metres.
        region: In a photograph the part of the picture in which feet may be, shape (N, 2), shares of width and height.
    """

    kind: str
    panorama: str
    light: LightName
    lighting: Lighting
    surfaces: Sequence[Surface]
    backdrop: Backdrop
    spots: Sequence[Spot] = ()
    bounds: tuple[float, float, float, float] = (-60.0, -60.0, 60.0, 60.0)
    region: npt.NDArray[np.float32] | None = field(default=None)

    def open_floor(self, camera: Camera, places: Points, margin: float = 0.25) -> Flags:
        """Which places on the floor, shape (N, 3), people may stand on."""
        x, z = places[:, 0], places[:, 2]
        left, back, right, front = self.bounds
        free = (x > left + margin) & (x < right - margin) & (z > back + margin) & (z < front - margin)
        for spot in self.spots:
            free &= ~spot.near(x, z, margin)
        if self.region is not None:
            seen = camera.project(places)
            contour = (self.region * np.array([camera.width, camera.height], np.float32)).astype(np.float32)
            inside = [
                cv2.pointPolygonTest(contour, (float(c), float(r)), measureDist=False) >= 0
                for c, r, _ in seen
            ]
            free &= np.array(inside, np.bool_) & (seen[:, 2] > 0)
        return np.asarray(free)


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A photograph of a place as the backdrop of the camera that took it.

    Attributes:
        camera: As it was calibrated by eye.
        picture: Shape (H, W, 3) float32, linear RGB.
    """

    camera: Camera
    picture: npt.NDArray[np.float32]

    def seen(self, origin: Points, directions: Points) -> tuple[LinearRgb, Scalars]:
        """The photograph; everything below the horizon is a floor that takes shadows."""
        scale = self.picture.shape[1] / self.camera.width
        pixels = self.camera.project((origin + directions).astype(np.float32))
        column, row = pixels[:, 0] * scale - 0.5, pixels[:, 1] * scale - 0.5
        lines = -(-len(column) // 1024)
        spread = [np.resize(each.astype(np.float32), (lines, 1024)) for each in (column, row)]
        found = cv2.remap(
            self.picture, spread[0], spread[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ).reshape(-1, 3)[: len(column)]
        down = directions[:, 1] < -0.02
        floor = np.where(down, origin[0, 1] / np.maximum(-directions[:, 1], 0.02), np.inf)
        return np.asarray(found, np.float32), floor.astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Calibration:
    """By eye: how a photograph's camera hangs, and where people may stand in it, as shares of width and height."""

    fov_deg: float
    height: float
    pitch_deg: float
    region: tuple[tuple[float, float], ...]


_ALL = ((0.0, 0.05), (1.0, 0.05), (1.0, 1.0), (0.0, 1.0))
_CALIBRATED = {
    "median_people_detection_gif": _Calibration(
        80, 2.7, 24, ((0.1, 0.62), (0.14, 0.5), (0.9, 0.5), (0.95, 0.64), (0.86, 1.2), (0.14, 1.2))
    ),
    "median_personbicyclecar_gif": _Calibration(60, 5.5, 42, _ALL),
    "median_towncentre_cutl": _Calibration(
        40,
        7.0,
        28,
        ((0.02, 0.95), (0.02, 0.47), (0.5, 0.14), (0.62, 0.03), (0.86, 0.03), (0.88, 0.3), (0.9, 1.1)),
    ),
    "median_vehicle_surv": _Calibration(
        60, 5.0, 14, ((0.22, 1.1), (0.34, 0.42), (0.5, 0.33), (0.72, 0.44), (1.0, 0.56), (1.0, 1.1))
    ),
    "intel_onebyone_empty": _Calibration(65, 2.2, 26, ((0.0, 0.62), (0.45, 0.62), (0.45, 1.2), (0.0, 1.2))),
    "median_cardetection": _Calibration(60, 6.0, 45, _ALL),
}


def photographed(name: str, image: BgrImage, size: tuple[int, int], rng: Rng) -> tuple[Camera, Place]:
    """A real place and its camera; mirrored in half of the cases.

    Args:
        name: Of the photograph; it must have been calibrated.
        image: The photograph.
        size: Width and height of the picture to come.
        rng: What differs from one to the next.

    Raises:
        KeyError: Nobody calibrated that photograph.
    """
    known = _CALIBRATED[name]
    region = np.array(known.region, np.float32)
    picture = srgb_to_linear(image[:, :, ::-1].astype(np.float32) / 255)
    if rng.random() < 0.5:
        picture, region = (
            np.ascontiguousarray(picture[:, ::-1]),
            np.array([[1, 0]], np.float32) - region * np.array([1, -1], np.float32),
        )
    camera = Camera(
        *size, float(np.deg2rad(known.fov_deg)), (0.0, known.height, 0.0), float(np.deg2rad(known.pitch_deg))
    )
    picture = picture * np.float32(rng.uniform(0.7, 1.15))
    white = float(np.percentile(picture, 85)) / 0.7  # most places are no brighter than that share of white
    tint = rng.normal(1, 0.03, 3)
    sun = rng.random() * 0.6 * white
    key, above, below = (
        tuple(float(part) for part in share * tint) for share in (sun, white - sun, 0.5 * white)
    )
    towards = (float(rng.normal(0, 0.6)), 1.0, float(rng.normal(0, 0.6)))
    lighting = Lighting(towards, key, float(rng.uniform(0.1, 0.5)), above, below, 1.2)  # type: ignore[arg-type]  # three each
    place = Place(name, "", "day", lighting, (), Still(camera, picture), region=region.astype(np.float32))
    return camera, place


def exposed(panorama: Panorama, camera: Camera, level: float) -> Panorama:
    """A panorama as bright as a camera would show it: the bright parts of its view come to `level`."""
    grid = np.stack(np.meshgrid(np.arange(0, camera.width, 16), np.arange(0, camera.height, 16)), axis=-1)
    origin = np.array([camera.position], np.float32)
    view, _ = panorama.seen(origin, camera.rays(grid.reshape(-1, 2).astype(np.float32)))
    return replace(panorama, exposure=level / max(float(np.percentile(view, 85)), 1e-6))
