"""Simple solids for things that are carried: rounded blocks, ribbons, and curved blades such as a cap's peak."""

import numpy as np

from domain.labels import BodyPart
from training.scenes.arrays import Faces, Points
from training.scenes.layers import Layer, Material
from training.scenes.rig import Skeleton

_RINGS, _SPOKES = 12, 16
_ROUNDNESS = 0.35  # exponent of a superellipsoid: 1 is an ellipsoid, 0 a box


def rounded_block(
    middle: tuple[float, float, float], size: tuple[float, float, float]
) -> tuple[Points, Faces]:
    """A superellipsoid (Barr 1981) with these edges, metres."""
    latitude, longitude = np.meshgrid(
        np.linspace(-np.pi / 2, np.pi / 2, _RINGS + 1),
        np.linspace(0, 2 * np.pi, _SPOKES, endpoint=False),
        indexing="ij",
    )
    x = _blunt(np.cos(latitude)) * _blunt(np.cos(longitude))
    z = _blunt(np.cos(latitude)) * _blunt(np.sin(longitude))
    unit = np.stack([x, _blunt(np.sin(latitude)), z], axis=-1).reshape(-1, 3)
    points = unit * np.array(size) / 2 + np.array(middle)
    return points.astype(np.float32), _grid_faces(_RINGS + 1, _SPOKES, closed=True)


def ribbon(way: Points, across: tuple[float, float, float]) -> tuple[Points, Faces]:
    """A flat band along these places, shape (N, 3); `across` is its width and which way it lies, metres."""
    half = np.array(across, np.float32) / 2
    points = np.stack([way - half, way + half], axis=1).reshape(-1, 3)
    return points.astype(np.float32), _grid_faces(len(way), 2, closed=False)


def blade(inner: Points, outer: Points) -> tuple[Points, Faces]:
    """The sheet between two edges of equally many places, shape (N, 3) each."""
    points = np.stack([inner, outer], axis=1).reshape(-1, 3)
    return points.astype(np.float32), _grid_faces(len(inner), 2, closed=False)


def fixed_to(
    skeleton: Skeleton, bone: str, solid: tuple[Points, Faces], part: BodyPart, material: Material
) -> Layer:
    """A solid that follows one bone."""
    points, faces = solid
    weights = np.zeros((len(points), len(skeleton.bones)), np.float32)
    weights[:, skeleton.index(bone)] = 1
    return Layer(
        points=points,
        faces=faces,
        weights=weights,
        rest=points,
        field=np.ones(len(points), np.float32),
        parts=np.full(len(faces), part, np.uint8),
        face_uvs=np.zeros((len(faces), 3, 2), np.float32),
        material=material,
    )


def _blunt(values: Points) -> Points:
    return np.asarray(np.sign(values) * np.abs(values) ** _ROUNDNESS)


def _grid_faces(rows: int, columns: int, *, closed: bool) -> Faces:
    """Two triangles for each mesh of a grid of points; a closed one joins its last column to the first."""
    row, column = np.meshgrid(
        np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij"
    )
    beside = (column + 1) % columns
    a, b = row * columns + column, row * columns + beside
    c, d = a + columns, b + columns
    return np.concatenate([np.stack([a, b, d], -1), np.stack([a, d, c], -1)]).reshape(-1, 3).astype(np.int32)
