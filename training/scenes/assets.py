"""Where the CC0 files lie, read once and kept. docs/demo-clip.md lists them with their licences."""

import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from domain.errors import SourceError
from training.scenes.arrays import LinearRgb, Points, Scalars, Uv, srgb_to_linear
from training.scenes.bvh import read_bvh
from training.scenes.mesh import Clothing, Mesh, read_clothing, read_obj
from training.scenes.rig import Pose, Skeleton, read_skeleton


@dataclass(frozen=True)  # no slots: cached_property needs the instance's dictionary
class Assets:
    """The folder `makehuman_cc0`.

    Attributes:
        root: The folder.
    """

    root: Path

    @cached_property
    def base(self) -> Mesh:
        """The base mesh: body, helper tights, helper skirt and the cubes that mark the joints."""
        return read_obj(self.root / "makehuman/data/3dobjs/base.obj")

    @cached_property
    def skeleton(self) -> Skeleton:
        """The default rig."""
        rigs = self.root / "makehuman/data/rigs"
        return read_skeleton(rigs / "default.mhskel", rigs / "default_weights.mhw", len(self.base.points))

    @cached_property
    def standing_poses(self) -> tuple[Pose, ...]:
        """People who stand at ease; in the sixth file a foot rests on a step that is not there, so it is left out."""
        return tuple(
            read_bvh(self.root / f"assets/base/poses/standing{number:02}.bvh") for number in range(1, 6)
        )

    @cached_property
    def _targets(self) -> dict[str, npt.NDArray[np.float32]]:
        path = self.root / "makehuman/data/targets/macrodetails.npz"
        with np.load(path) as archive:
            return {name: archive[name].astype(np.float32) for name in archive.files}

    def morph(self, targets: dict[str, float]) -> Points:
        """The base mesh with these shape targets applied by these amounts, shape (N, 3) in metres."""
        points = self.base.points.copy()
        for name, amount in targets.items():
            moved = self._targets[f"{name}|index"].astype(np.int32)
            points[moved] += self._targets[f"{name}|delta"] * np.float32(0.1 * amount)
        return points

    def clothing(self, relative: str) -> Clothing:
        """An `.mhclo` below `assets/base`, for example `hair/bob02/bob02.mhclo`."""
        return _clothing(self.root / "assets/base" / relative)

    def texture(self, path: Path) -> "Texture":
        """A picture as linear light with its opacity."""
        return _texture(path)


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A picture to paint a surface with.

    Attributes:
        linear: Shape (H, W, 3) float32, linear RGB.
        opacity: Shape (H, W) float32, 0 to 1.
    """

    linear: npt.NDArray[np.float32]
    opacity: npt.NDArray[np.float32]

    def recolored(self, color: tuple[float, float, float], around: float | None = None) -> "Texture":
        """The same lights and darks around another colour: linear red, green, blue.

        Args:
            color: What becomes of the usual lightness.
            around: The usual lightness; by default the mean of what is opaque.
        """
        lightness = self.linear.mean(2)
        usual = lightness[self.opacity > 0.5].mean() if around is None else around
        relative = np.clip(lightness / usual, 0.3, 1.8)
        return Texture(relative[:, :, None] * np.array(color, np.float32), self.opacity)

    def look_up(self, uv: Uv) -> tuple[LinearRgb, Scalars]:
        """Colour (N, 3) and opacity (N,) at texture coordinates (N, 2); they wrap around."""
        height, width = self.opacity.shape
        column = (uv[:, 0] % 1 * width).astype(np.int32) % width
        row = ((1 - uv[:, 1] % 1) * height).astype(np.int32) % height
        return self.linear[row, column], self.opacity[row, column]


@lru_cache(maxsize=64)
def _clothing(path: Path) -> Clothing:
    return read_clothing(path)


@lru_cache(maxsize=64)
def _texture(path: Path) -> Texture:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise SourceError(f"{path}: not a picture; FOOTFALL_SHARED names the data folder")
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    values = picture.astype(np.float32) / 255
    opacity = values[:, :, 3] if picture.shape[2] == 4 else np.ones(picture.shape[:2], np.float32)
    return Texture(srgb_to_linear(values[:, :, 2::-1]), np.ascontiguousarray(opacity))


@lru_cache(maxsize=1)
def default_assets() -> Assets:
    """The assets of the data folder that FOOTFALL_SHARED names, by default `../shared`.

    Raises:
        SourceError: It is not there.
    """
    shared = Path(os.environ.get("FOOTFALL_SHARED", Path(__file__).parents[3] / "shared"))
    root = shared / "data/makehuman_cc0"
    if not root.is_dir():
        raise SourceError(f"{root}: no such folder; FOOTFALL_SHARED names the data folder")
    return Assets(root)
