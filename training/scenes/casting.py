"""Rays against triangles, by Embree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene

from training.scenes.arrays import Flags, Indices, LinearRgb, Parts, Points, Scalars, point_normals, unit
from training.scenes.fabrics import smooth_noise
from training.scenes.layers import Surface

_SHEETS = 6  # as many sheets of hair or cut cloth are looked through, one behind the other
_STEP = 0.0008  # metres behind a sheet that was looked through
_FAR = 1e9

Corners: TypeAlias = npt.NDArray[np.float32]
"""Shape (N, 3), dtype float32: weights of a triangle's corners."""


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What each of N rays meets first. Rays that meet nothing have an infinite distance and zeros elsewhere.

    Attributes:
        distance: Shape (N,) float32, metres.
        albedo: Shape (N, 3) float32, linear RGB.
        normal: Shape (N, 3) float32, towards the viewer.
        part: Shape (N,) uint8, values of `BodyPart`.
        person: Shape (N,) uint8, 0 is nobody.
    """

    distance: Scalars
    albedo: LinearRgb
    normal: Points
    part: Parts
    person: Parts

    @classmethod
    def nothing(cls, rays: int) -> "Hits":
        """So many rays that meet nothing."""
        return cls(
            distance=np.full(rays, np.inf, np.float32),
            albedo=np.zeros((rays, 3), np.float32),
            normal=np.zeros((rays, 3), np.float32),
            part=np.zeros(rays, np.uint8),
            person=np.zeros(rays, np.uint8),
        )

    def __getitem__(self, chosen: Flags) -> "Hits":
        """Some of them."""
        return Hits(
            self.distance[chosen],
            self.albedo[chosen],
            self.normal[chosen],
            self.part[chosen],
            self.person[chosen],
        )


class Stage:
    """Surfaces, ready for rays."""

    def __init__(self, surfaces: Sequence[Surface]) -> None:
        self._surfaces = tuple(surfaces)
        counts = np.cumsum([0, *(len(surface.points) for surface in surfaces)])
        self._first_face = np.cumsum([0, *(len(surface.faces) for surface in surfaces)])
        self._scene = EmbreeScene()
        self._empty = not surfaces
        if self._empty:
            return
        self._points = np.concatenate([surface.points for surface in surfaces])
        self._faces = np.concatenate(
            [surface.faces + np.int32(start) for surface, start in zip(surfaces, counts, strict=False)]
        )
        self._field = np.concatenate([surface.field for surface in surfaces])
        self._normals = np.concatenate([point_normals(surface.points, surface.faces) for surface in surfaces])
        TriangleMesh(self._scene, self._points, self._faces)

    def occluded(self, origins: Points, directions: Points, reach: float) -> Flags:
        """Whether anything lies within `reach` metres of each ray's origin, shape (N,). Transparency is not looked at."""
        if self._empty or not len(origins):
            return np.zeros(len(origins), np.bool_)
        limit = np.full(len(origins), reach, np.float32)
        answer = self._scene.run(origins, directions, dists=limit, query="OCCLUDED")
        return np.asarray(answer >= 0)

    def distances(self, origins: Points, directions: Points) -> Scalars:
        """Metres to the first triangle, infinite where there is none, shape (N,). Transparency is not looked at."""
        if self._empty or not len(origins):
            return np.full(len(origins), np.inf, np.float32)
        distance = np.asarray(self._scene.run(origins, directions, query="DISTANCE"), np.float32)
        return np.where(distance >= _FAR, np.inf, distance).astype(np.float32)

    def first_hits(self, origin: Points, directions: Points) -> Hits:
        """What rays from one place, shape (1, 3), meet; transparent texture and cut-away cloth are looked through."""
        hits = Hits.nothing(len(directions))
        travelled = np.zeros(len(directions), np.float32)
        active = np.arange(len(directions))
        for _ in range(_SHEETS):
            if self._empty or not len(active):
                break
            starts = origin + directions[active] * travelled[active, None]
            met = self._scene.run(starts.astype(np.float32), directions[active], output=1)
            hit = met["primID"] >= 0
            active = active[hit]
            travelled[active] += met["tfar"][hit]
            corners = np.stack([1 - met["u"] - met["v"], met["u"], met["v"]], axis=1)[hit]
            seen = self._shade(hits, active, met["primID"][hit], corners.astype(np.float32))
            hits.distance[active[seen]] = travelled[active[seen]]
            active = active[~seen]
            travelled[active] += _STEP
        facing = np.einsum("nx,nx->n", hits.normal, directions) > 0
        hits.normal[facing] *= -1
        return hits

    def _shade(self, hits: Hits, rays: npt.NDArray[np.intp], faces: Indices, corners: Corners) -> Flags:
        """Write what these rays meet into `hits`; tells which of them see it and do not look through."""
        seen = np.einsum("nk,nk->n", self._field[self._faces[faces]], corners) > 0
        normal = np.einsum("nk,nkx->nx", corners, self._normals[self._faces[faces]])
        owner = np.searchsorted(self._first_face, faces, side="right") - 1
        for number in np.unique(owner[seen]):
            surface = self._surfaces[number]
            mine = np.flatnonzero(seen & (owner == number))
            own_faces = faces[mine] - self._first_face[number]
            rest = np.einsum("nk,nkx->nx", corners[mine], surface.rest[surface.faces[own_faces]])
            uv = np.einsum("nk,nkx->nx", corners[mine], surface.face_uvs[own_faces])
            albedo, opaque = surface.material.look(rest, uv)
            normal[mine] += _creases(rest, surface.material.folds)
            hits.albedo[rays[mine]] = albedo
            hits.part[rays[mine]] = surface.parts[own_faces]
            hits.person[rays[mine]] = surface.person_id
            seen[mine] = opaque
        hits.normal[rays] = unit(normal)
        return np.asarray(seen)


def _creases(rest: Points, folds: float) -> Points:
    if folds <= 0:
        return np.zeros((len(rest), 3), np.float32)
    waves = [smooth_noise(rest, 24, seed, octaves=2) for seed in (11, 12, 13)]
    return np.stack(waves, axis=1) * np.array([folds, 0.4 * folds, folds], np.float32)
