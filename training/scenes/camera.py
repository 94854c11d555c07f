"""A camera at some height that looks down, with or without a lens that bends."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.scenes.arrays import Matrix, Points, rotation_x, rotation_y, rotation_z, unit


@dataclass(frozen=True, slots=True)
class Camera:
    """Where it hangs and how it looks.

    Attributes:
        width, height: Of the picture, pixels.
        fov: Horizontal field of view, radians.
        position: Metres: x, y (its height above the floor), z.
        pitch: How far it looks down, radians.
        yaw: How far it looks to the left, radians; 0 looks along -z.
        roll: How far it is turned about its axis, to the left, radians.
        distortion: -0.4 to 0: how much straight lines bulge outwards; 0 is a pinhole. The one parameter of the division model
            (Fitzgibbon, 2001), in units of half the picture's width. `fov` holds with any.
    """

    width: int
    height: int
    fov: float
    position: tuple[float, float, float]
    pitch: float
    yaw: float = 0.0
    roll: float = 0.0
    distortion: float = 0.0

    def __post_init__(self) -> None:
        if not -0.4 <= self.distortion <= 0:
            raise ValueError(f"distortion must be between -0.4 and 0, got {self.distortion}")

    @property
    def focal(self) -> float:
        """Pixels; of a camera without distortion."""
        return float(0.5 * self.width / np.tan(self.fov / 2))

    @property
    def _turned(self) -> Matrix:
        return rotation_y(self.yaw) @ rotation_x(-self.pitch) @ rotation_z(self.roll)

    def rays(self, pixels: npt.NDArray[np.float32]) -> Points:
        """Unit directions through places of the picture, shape (N, 2): column and row, 0.5 is the middle of the first."""
        across = (pixels[:, 0] - self.width / 2) / self.focal
        down = (pixels[:, 1] - self.height / 2) / self.focal
        if self.distortion:
            squared = (across**2 + down**2) / np.tan(self.fov / 2) ** 2
            bent = (1 + self.distortion) / (1 + self.distortion * squared)
            across, down = across * bent, down * bent
        local = np.stack([across, -down, -np.ones_like(across)], axis=1)
        return unit((local @ self._turned.T).astype(np.float32))

    def project(self, points: Points) -> npt.NDArray[np.float32]:
        """Where points appear, shape (N, 3): column, row and distance along the view, which is negative behind the camera."""
        local = (points - np.array(self.position, np.float32)) @ self._turned.astype(np.float32)
        ahead = -local[:, 2]
        depth = np.where(np.abs(ahead) < 1e-6, 1e-6, ahead)
        focal: float | npt.NDArray[np.float32] = self.focal
        if self.distortion:
            radius = np.hypot(local[:, 0], local[:, 1]) / np.abs(depth) / np.tan(self.fov / 2)
            focal = self.focal * self._unbent(np.maximum(radius, 1e-6))
        column = self.width / 2 + focal * local[:, 0] / depth
        row = self.height / 2 - focal * local[:, 1] / depth
        return np.stack([column, row, ahead], axis=1).astype(np.float32)

    def _unbent(self, radius: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """How much nearer to the middle a point at that radius, in units of half the width, is seen: the inverse of `rays`."""
        straight = radius / (1 + self.distortion)
        bent = (1 - np.sqrt(1 - 4 * self.distortion * straight**2)) / (2 * self.distortion * straight)
        return np.asarray(bent / radius, np.float32)
