"""What a camera sees before anybody comes: the room, and how much light reaches each place of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

from training.scenes.arrays import Flags, Points, Scalars
from training.scenes.camera import Camera
from training.scenes.casting import Hits, Stage
from training.scenes.layers import Surface
from training.scenes.lighting import Lighting, sphere_directions

LinearImage: TypeAlias = npt.NDArray[np.float32]
"""Shape (H, W, 3), dtype float32, linear RGB."""

Gray: TypeAlias = npt.NDArray[np.float32]
"""Shape (H, W), dtype float32."""

LIFT = 0.004
"""Metres above a surface from which light is looked for, so that it does not shade itself."""

_KEY_RAYS, _GLOW_RAYS = 64, 96  # for each pixel of a room, which is drawn once
_SHADOW_KEY_RAYS, _SHADOW_GLOW_RAYS = 20, 32  # for each second pixel near somebody, each frame


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """An empty scene from one camera.

    Attributes:
        albedo: Shape (H, W, 3): colour of what is there.
        key, glow: Shape (H, W, 3): light that reaches it from the key light and from the glow.
        points, normals: Shape (H, W, 3): where it is in the world, metres; far away where there is nothing.
        room: The surfaces themselves, to tell what stands before a person.
        lighting: The light.
    """

    albedo: LinearImage
    key: LinearImage
    glow: LinearImage
    points: LinearImage
    normals: LinearImage
    room: Stage
    lighting: Lighting

    def lit(self, people: Stage, near: npt.NDArray[np.bool_]) -> LinearImage:
        """The plate with the shadows that people throw on the places named by `near`, shape (H, W) bool."""
        height, width = near.shape
        coarse = near[::2, ::2]
        points, normals = self.points[::2, ::2][coarse], self.normals[::2, ::2][coarse]
        key = np.ones(coarse.shape, np.float32)
        glow = np.ones(coarse.shape, np.float32)
        key[coarse] = key_share(people, self.lighting, points, normals, _SHADOW_KEY_RAYS)
        glow[coarse] = glow_share(people, self.lighting, points, normals, _SHADOW_GLOW_RAYS)
        fine = [
            cv2.resize(cv2.GaussianBlur(share, (0, 0), 1.0), (width, height))[:, :, None]
            for share in (key, glow)
        ]
        return np.asarray(self.albedo * (self.key * fine[0] + self.glow * fine[1]), np.float32)


def empty_plate(camera: Camera, lighting: Lighting) -> Plate:
    """A plate with nothing on it: black, and infinitely far away."""
    black = np.zeros((camera.height, camera.width, 3), np.float32)
    return Plate(black, black, black, np.full_like(black, 1e6), black, Stage(()), lighting)


def room_plate(camera: Camera, lighting: Lighting, surfaces: Sequence[Surface], finer: int = 2) -> Plate:
    """Draw a room, `finer` times as large as the camera's picture to smooth its edges. Takes seconds."""
    room = Stage(surfaces)
    columns, rows = np.meshgrid(np.arange(camera.width * finer), np.arange(camera.height * finer))
    pixels = ((np.stack([columns, rows], axis=-1).reshape(-1, 2) + 0.5) / finer).astype(np.float32)
    directions = camera.rays(pixels)
    hits = room.first_hits(np.array([camera.position], np.float32), directions)
    hit = np.isfinite(hits.distance)
    distance = np.where(hit, hits.distance, 1e6).astype(np.float32)
    points = np.array(camera.position, np.float32) + directions * distance[:, None]
    key, glow = _room_light(room, lighting, points, hits, hit)
    shape = (camera.height * finer, camera.width * finer, 3)
    size = (camera.width, camera.height)
    first = finer // 2
    return Plate(
        albedo=_smaller(hits.albedo.reshape(shape), size),
        key=_smaller(cv2.blur(key.reshape(shape), (3, 3)), size),
        glow=_smaller(cv2.blur(glow.reshape(shape), (3, 3)), size),
        points=points.reshape(shape)[first::finer, first::finer].astype(np.float32),
        normals=hits.normal.reshape(shape)[first::finer, first::finer],
        room=room,
        lighting=lighting,
    )


def _smaller(image: MatLike, size: tuple[int, int]) -> LinearImage:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)


def _room_light(
    room: Stage, lighting: Lighting, points: Points, hits: Hits, hit: Flags
) -> tuple[LinearImage, LinearImage]:
    key = np.zeros_like(points)
    glow = np.zeros_like(points)
    where, normals = points[hit].astype(np.float32), hits.normal[hit]
    key[hit] = lighting.key_light(normals) * key_share(room, lighting, where, normals, _KEY_RAYS)[:, None]
    glow[hit] = lighting.glow(normals) * glow_share(room, lighting, where, normals, _GLOW_RAYS)[:, None]
    return key, glow


def key_share(stage: Stage, lighting: Lighting, points: Points, normals: Points, rays: int) -> Scalars:
    """How much of the key light each point sees past the stage, shape (N,), 0 to 1."""
    raised = points + normals * np.float32(LIFT)
    seen = np.zeros(len(points), np.float32)
    for direction in lighting.key_directions(rays):
        seen += ~stage.occluded(raised, np.tile(direction, (len(points), 1)), reach=20.0)
    return np.asarray(seen / rays, np.float32)


def glow_share(stage: Stage, lighting: Lighting, points: Points, normals: Points, rays: int) -> Scalars:
    """How much of the glow each point sees past the stage, shape (N,), 0 to 1, weighted by the cosine."""
    raised = points + normals * np.float32(LIFT)
    seen = np.full(len(points), 1e-6, np.float32)
    all_of_it = np.full(len(points), 1e-6, np.float32)
    for direction in sphere_directions(rays):
        cosine = np.maximum(normals @ direction, 0)
        faces = np.flatnonzero(cosine > 0)
        ways = np.tile(direction, (len(faces), 1))
        seen[faces] += cosine[faces] * ~stage.occluded(raised[faces], ways, lighting.reach)
        all_of_it += cosine
    return np.asarray(seen / all_of_it, np.float32)
