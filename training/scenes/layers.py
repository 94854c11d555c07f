"""What a person is drawn of: layers of triangles, each with its material."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from training.scenes.arrays import Faces, Flags, LinearRgb, Parts, Points, Scalars, Uv, Weights
from training.scenes.assets import Texture
from training.scenes.fabrics import Fabric, smooth_noise

_SOLID_FROM = 0.45  # hair is drawn on cards; below this opacity one looks through


class Material(Protocol):
    """What a surface looks like."""

    @property
    def folds(self) -> float:
        """How much it creases, 0 to 1."""
        ...

    def look(self, rest: Points, uv: Uv) -> tuple[LinearRgb, Flags]:
        """Colour (N, 3) at these places of the body at rest and of the texture, and whether one sees it or looks through, (N,)."""
        ...


@dataclass(frozen=True, slots=True)
class Cloth:
    """A fabric as a material."""

    fabric: Fabric

    @property
    def folds(self) -> float:
        """How much it creases."""
        return self.fabric.folds

    def look(self, rest: Points, uv: Uv) -> tuple[LinearRgb, Flags]:
        """Opaque everywhere."""
        return self.fabric.albedo(rest), np.ones(len(uv), np.bool_)


@dataclass(frozen=True, slots=True)
class Paint:
    """One colour with a little life in it.

    Attributes:
        color: Linear red, green, blue.
        mottle: How much it varies, 0 to 1.
    """

    color: tuple[float, float, float]
    mottle: float = 0.05
    folds: float = 0.0

    def look(self, rest: Points, uv: Uv) -> tuple[LinearRgb, Flags]:
        """Opaque everywhere."""
        shade = 1 + self.mottle * smooth_noise(rest, 15, 5)
        return np.array(self.color, np.float32) * shade[:, None], np.ones(len(uv), np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A texture, multiplied by a tint (linear red, green, blue)."""

    texture: Texture
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    folds: float = 0.0

    def look(self, rest: Points, uv: Uv) -> tuple[LinearRgb, Flags]:  # noqa: ARG002 - one signature for all materials
        """One looks through where the texture is transparent."""
        color, opacity = self.texture.look_up(uv)
        return color * np.array(self.tint, np.float32), opacity >= _SOLID_FROM


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Triangles in the world.

    Attributes:
        points: Shape (N, 3) float32, metres.
        faces: Shape (M, 3) int32.
        rest: Shape (N, 3) float32: what patterns stick to.
        field: Shape (N,) float32: the surface exists where this, interpolated over a face, is above 0.
        parts: Shape (M,) uint8: a `BodyPart` a face.
        face_uvs: Shape (M, 3, 2) float32.
        material: What it looks like.
        person_id: Whose it is; 0 is nobody's.
    """

    points: Points
    faces: Faces
    rest: Points
    field: Scalars
    parts: Parts
    face_uvs: Uv
    material: Material
    person_id: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One sheet of a person in the rest pose.

    Attributes:
        points: Shape (N, 3) float32, metres.
        faces: Shape (M, 3) int32.
        weights: Shape (N, bones) float32.
        rest: Shape (N, 3) float32: the same points on the base body, which patterns stick to.
        field: Shape (N,) float32: the sheet exists where this, interpolated over a face, is above 0.
        parts: Shape (M,) uint8: a `BodyPart` a face.
        face_uvs: Shape (M, 3, 2) float32.
        material: What it looks like.
        hangs_from: The number of a bone that it hangs plumb from, or None for a sheet that bends with the body.
    """

    points: Points
    faces: Faces
    weights: Weights
    rest: Points
    field: Scalars
    parts: Parts
    face_uvs: Uv
    material: Material
    hangs_from: int | None = None

    def placed(self, points: Points, person_id: int) -> "Surface":
        """The sheet in the world, where its points are those."""
        return Surface(
            points, self.faces, self.rest, self.field, self.parts, self.face_uvs, self.material, person_id
        )

    def trimmed(self) -> "Layer":
        """Without the faces and points that cannot be seen anywhere."""
        seen = (self.field[self.faces] > 0).any(1)
        used, faces = np.unique(self.faces[seen], return_inverse=True)
        return replace(
            self,
            points=self.points[used],
            faces=faces.reshape(-1, 3).astype(np.int32),
            weights=self.weights[used],
            rest=self.rest[used],
            field=self.field[used],
            parts=self.parts[seen],
            face_uvs=self.face_uvs[seen],
        )
