"""Names of the arrays of this package, and the few operations on them that everyone needs.

Units are metres and radians. World axes: x to the right, y up, z towards the viewer; the floor is y = 0. A person in the rest pose
faces +z, so that the person's left is +x.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Points: TypeAlias = npt.NDArray[np.float32]
"""Shape (N, 3), dtype float32: positions, directions or normals."""

Faces: TypeAlias = npt.NDArray[np.int32]
"""Shape (M, 3), dtype int32: three point numbers a triangle."""

Uv: TypeAlias = npt.NDArray[np.float32]
"""Shape (..., 2), dtype float32: texture coordinates, 0 to 1, origin at the bottom left."""

Scalars: TypeAlias = npt.NDArray[np.float32]
"""Shape (N,), dtype float32."""

Indices: TypeAlias = npt.NDArray[np.int32]
"""Shape (N,), dtype int32."""

Flags: TypeAlias = npt.NDArray[np.bool_]
"""Shape (N,), dtype bool."""

Parts: TypeAlias = npt.NDArray[np.uint8]
"""Shape (N,), dtype uint8: a `BodyPart` each."""

Weights: TypeAlias = npt.NDArray[np.float32]
"""Shape (N, bones), dtype float32, rows sum to 1: how much each point follows each bone."""

Matrix: TypeAlias = npt.NDArray[np.float64]
"""Shape (3, 3), dtype float64: a rotation."""

Vector: TypeAlias = npt.NDArray[np.float64]
"""Shape (3,), dtype float64."""

LinearRgb: TypeAlias = npt.NDArray[np.float32]
"""Shape (N, 3), dtype float32: red, green, blue, proportional to light, 1 is paper white."""


def unit(vectors: Points) -> Points:
    """The same directions with length 1; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), np.float32)


def rotation_x(angle: float) -> Matrix:
    """Rotation about x; turns y towards z."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def rotation_y(angle: float) -> Matrix:
    """Rotation about y; turns z towards x."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def rotation_z(angle: float) -> Matrix:
    """Rotation about z; turns x towards y."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def rotation_between(start: Vector, end: Vector) -> Matrix:
    """The smallest rotation that turns one unit vector into another (Rodrigues' formula)."""
    axis = np.cross(start, end)
    cosine = float(start @ end)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    result: Matrix = np.eye(3) + cross + cross @ cross / max(1 + cosine, 1e-6)
    return result


def point_normals(points: Points, faces: Faces) -> Points:
    """Normals of a smooth surface: the mean of the normals around each point, weighted by area."""
    corners = points[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    summed = np.stack(
        [sum(np.bincount(faces[:, k], normals[:, axis], len(points)) for k in range(3)) for axis in range(3)],
        axis=1,
    )
    return unit(summed.astype(np.float32))


def srgb_to_linear(srgb: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Values 0 to 1 as stored in pictures to values proportional to light (IEC 61966-2-1)."""
    low = srgb / 12.92
    high = ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(srgb <= 0.04045, low, high), np.float32)


def linear_to_srgb(linear: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """The other way round, clipped to 0 to 1."""
    clipped = np.clip(linear, 0, 1)
    high = 1.055 * clipped ** (1 / 2.4) - 0.055
    return np.asarray(np.where(clipped <= 0.0031308, clipped * 12.92, high), np.float32)
