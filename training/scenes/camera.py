"""A pinhole camera at some height that looks down."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.scenes.arrays import Matrix, Points, rotation_x, rotation_y, unit


@dataclass(frozen=True, slots=True)
class Camera:
    """Where it hangs and how it looks.

    Attributes:
        width, height: Of the picture, pixels.
        fov: Horizontal field of view, radians.
        position: Metres: x, y (its height above the floor), z.
        pitch: How far it looks down, radians.
        yaw: How far it looks to the left, radians; 0 looks along -z.
    """

    width: int
    height: int
    fov: float
    position: tuple[float, float, float]
    pitch: float
    yaw: float = 0.0

    @property
    def focal(self) -> float:
        """Pixels."""
        return float(0.5 * self.width / np.tan(self.fov / 2))

    @property
    def _turned(self) -> Matrix:
        return rotation_y(self.yaw) @ rotation_x(-self.pitch)

    def rays(self, pixels: npt.NDArray[np.float32]) -> Points:
        """Unit directions through places of the picture, shape (N, 2): column and row, 0.5 is the middle of the first."""
        across = (pixels[:, 0] - self.width / 2) / self.focal
        down = (pixels[:, 1] - self.height / 2) / self.focal
        local = np.stack([across, -down, -np.ones_like(across)], axis=1)
        return unit((local @ self._turned.T).astype(np.float32))

    def project(self, points: Points) -> npt.NDArray[np.float32]:
        """Where points appear, shape (N, 3): column, row and distance along the view, which is negative behind the camera."""
        local = (points - np.array(self.position, np.float32)) @ self._turned.astype(np.float32)
        ahead = -local[:, 2]
        depth = np.where(np.abs(ahead) < 1e-6, 1e-6, ahead)
        column = self.width / 2 + self.focal * local[:, 0] / depth
        row = self.height / 2 - self.focal * local[:, 1] / depth
        return np.stack([column, row, ahead], axis=1).astype(np.float32)
