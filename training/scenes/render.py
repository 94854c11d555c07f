"""Pictures of people in a room, with the part and the person of every pixel.

The room is drawn once, as a plate. Each frame casts rays only where somebody is, and darkens the plate where somebody takes light
from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage, BoolMask, LabelMap
from training.scenes.arrays import Points, linear_to_srgb, rotation_y
from training.scenes.camera import Camera
from training.scenes.casting import Hits, Stage
from training.scenes.layers import Surface
from training.scenes.lighting import sphere_directions
from training.scenes.people import Person
from training.scenes.plate import LIFT, Gray, LinearImage, Plate
from training.scenes.rig import Pose

_Number = TypeVar("_Number", bound=np.generic)

_GRID = 3  # rays across a pixel; odd, so that one goes through its middle and tells the label
_GLOW_RAYS = 2  # towards the glow, for each of the grid's rays
_SHADOW_REACH = 1.4  # metres around a person in which the plate may be darkened
_SIGHT = 1000.0  # metres
_SMOOTH = (3, 3)  # pixels over which light on people is averaged: 9 rays a pixel alone are grainy


@dataclass(frozen=True, slots=True, eq=False)
class PlacedPerson:
    """Somebody in the world.

    Attributes:
        person: Who.
        pose: What the body does.
        x, z: Where on the floor, metres.
        heading: Radians; 0 faces +z, a quarter turn faces +x.
        person_id: 1 to 255, the value in `Rendering.person_ids`.
    """

    person: Person
    pose: Pose
    x: float
    z: float
    heading: float
    person_id: int

    def surfaces(self) -> list[Surface]:
        """Everything that is drawn of this person, standing on the floor."""
        turn = rotation_y(self.heading).astype(np.float32)
        moved = self.person.moved(self.pose)
        shift = np.array([self.x, 0, self.z], np.float32)
        return [
            layer.placed(np.asarray(points @ turn.T + shift, np.float32), self.person_id)
            for layer, points in zip(self.person.layers, moved, strict=True)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """A picture and what is in it.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR.
        labels: Shape (H, W) uint8, values of `BodyPart`.
        person_ids: Shape (H, W) uint8; 0 is nobody.
        coverage: Shape (H, W) float32: how much of the pixel shows people, 0 to 1.
    """

    image: BgrImage
    labels: LabelMap
    person_ids: LabelMap
    coverage: Gray


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """One ray a pixel of the region.

    Attributes:
        hits: What it meets; nothing where the room stands before it.
        points: Shape (N, 3), where.
    """

    hits: Hits
    points: Points

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        return np.isfinite(self.hits.distance)


class Renderer:
    """Draws people before one plate."""

    def __init__(self, camera: Camera, plate: Plate) -> None:
        self._camera = camera
        self._plate = plate
        count = _GRID * _GRID
        self._key = plate.lighting.key_directions(count)
        self._glow = sphere_directions(count * _GLOW_RAYS).reshape(count, _GLOW_RAYS, 3)
        offsets = (np.arange(_GRID, dtype=np.float32) + 0.5) / _GRID
        self._offsets = np.stack(np.meshgrid(offsets, offsets), axis=-1).reshape(-1, 2).astype(np.float32)

    def draw(self, people: Sequence[PlacedPerson]) -> Rendering:
        """One picture. The order of the people does not matter."""
        surfaces = [surface for placed in people for surface in placed.surfaces()]
        stage = Stage(surfaces)
        region = self._outline(stage, self._region(surfaces))
        samples = [self._cast(stage, region, offset) for offset in self._offsets]
        key, glow = self._light(stage, region, samples)
        background = self._plate.lit(stage, _near(self._plate.points, people))
        return self._compose(region, samples, (key, glow), background)

    def _region(self, surfaces: Sequence[Surface]) -> BoolMask:
        """Pixels in which somebody may be seen: the boxes around all surfaces."""
        region = np.zeros((self._camera.height, self._camera.width), np.bool_)
        for surface in surfaces:
            column, row, ahead = self._camera.project(surface.points).T
            if ahead.min() < 0.05:  # reaches behind the camera, where projection tells nothing
                region[:] = ahead.max() > 0
                continue
            rows = slice(max(0, int(row.min()) - 1), max(0, int(row.max()) + 2))
            region[rows, max(0, int(column.min()) - 1) : max(0, int(column.max()) + 2)] = True
        return region

    def _outline(self, stage: Stage, region: BoolMask) -> BoolMask:
        """The pixels of the region whose middle shows somebody, and those beside them."""
        rows, columns = np.nonzero(region)
        directions = self._camera.rays((np.stack([columns, rows], axis=1) + 0.5).astype(np.float32))
        origins = np.tile(np.array(self._camera.position, np.float32), (len(directions), 1))
        met = np.zeros(region.shape, np.uint8)
        met[region] = stage.occluded(origins, directions, _SIGHT)
        return np.asarray(cv2.dilate(met, np.ones((3, 3), np.uint8)) > 0)

    def _cast(self, stage: Stage, region: BoolMask, offset: npt.NDArray[np.float32]) -> _Sample:
        rows, columns = np.nonzero(region)
        directions = self._camera.rays((np.stack([columns, rows], axis=1) + offset).astype(np.float32))
        origin = np.array([self._camera.position], np.float32)
        hits = stage.first_hits(origin, directions)
        room = self._plate.room.distances(np.repeat(origin, len(directions), axis=0), directions)
        hits.distance[hits.distance > room] = np.inf
        distance = np.where(np.isfinite(hits.distance), hits.distance, 0)
        return _Sample(hits, (origin + directions * distance[:, None]).astype(np.float32))

    def _light(self, stage: Stage, region: BoolMask, samples: Sequence[_Sample]) -> tuple[Gray, Gray]:
        """How much of the key light and of the glow reaches the people in each pixel, shape (H, W) each, 0 to 1."""
        sums = np.zeros((4, *region.shape), np.float32)  # key seen, key asked, glow seen, glow asked
        for number, sample in enumerate(samples):
            seen = sample.seen
            normals = sample.hits.normal[seen]
            raised = (sample.points[seen] + normals * LIFT).astype(np.float32)
            found = np.zeros((4, len(normals)), np.float32)
            _ask(stage, raised, normals, self._key[number], 20.0, found[:2])
            for direction in self._glow[number]:
                _ask(stage, raised, normals, direction, self._plate.lighting.reach, found[2:])
            inside = np.zeros((4, len(seen)), np.float32)
            inside[:, seen] = found
            sums[:, region] += inside
        smooth = [cv2.blur(total, _SMOOTH) for total in sums]
        return (smooth[0] + 1e-6) / (smooth[1] + 1e-6), (smooth[2] + 1e-6) / (smooth[3] + 1e-6)

    def _compose(
        self,
        region: BoolMask,
        samples: Sequence[_Sample],
        light: tuple[Gray, Gray],
        background: LinearImage,
    ) -> Rendering:
        lighting = self._plate.lighting
        key, glow = light[0][region][:, None], light[1][region][:, None]
        color = np.zeros((len(key), 3), np.float32)
        covered = np.zeros(len(key), np.float32)
        for sample in samples:
            shade = lighting.key_light(sample.hits.normal) * key + lighting.glow(sample.hits.normal) * glow
            color += np.clip(sample.hits.albedo * shade, 0, 1) * sample.seen[:, None]
            covered += sample.seen
        covered /= len(samples)
        image = background
        image[region] = image[region] * (1 - covered[:, None]) + color / len(samples)
        middle = samples[len(samples) // 2]
        return Rendering(
            image=np.round(linear_to_srgb(image[:, :, ::-1]) * 255).astype(np.uint8),
            labels=_spread(region, middle.hits.part * middle.seen),
            person_ids=_spread(region, middle.hits.person * middle.seen),
            coverage=_spread(region, covered),
        )


def _ask(
    stage: Stage,
    raised: Points,
    normals: Points,
    direction: npt.NDArray[np.float32],
    reach: float,
    found: npt.NDArray[np.float32],
) -> None:
    """Add what is seen in this direction to `found[0]` and what there is to be seen to `found[1]`."""
    cosine = np.maximum(normals @ direction, 0)
    faces = np.flatnonzero(cosine > 0)
    free = ~stage.occluded(raised[faces], np.tile(direction, (len(faces), 1)), reach)
    found[0, faces] += cosine[faces] * free
    found[1] += cosine


def _near(points: LinearImage, people: Sequence[PlacedPerson]) -> BoolMask:
    near = np.zeros(points.shape[:2], np.bool_)
    for placed in people:
        away = np.hypot(points[:, :, 0] - placed.x, points[:, :, 2] - placed.z)
        near |= away < _SHADOW_REACH
    return near


def _spread(region: BoolMask, values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    whole = np.zeros(region.shape, values.dtype)
    whole[region] = values
    return whole
