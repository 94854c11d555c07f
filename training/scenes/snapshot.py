"""One picture of one moment, quickly: people, things and what is behind them.

`render` draws films: it keeps the empty room and casts nine rays through every pixel of a person. Here everything is cast once, and
more finely only along the outlines; each pixel asks for light in a few directions, its neighbours in others, and they share the
answers (interleaved sampling; Keller and Heidrich, 2001).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask, LabelMap
from training.scenes.arrays import LinearRgb, Points, Scalars
from training.scenes.camera import Camera
from training.scenes.casting import Hits, Stage
from training.scenes.layers import Surface
from training.scenes.lighting import Lighting, sphere_directions
from training.scenes.plate import LIFT, LinearImage

_TILE = 4  # pixels; as many by as many neighbours look for light in different directions
_KEY_RAYS, _GLOW_RAYS = 2, 3  # of each pixel
_KEY_REACH = 60.0  # metres
_SPARSE = 2  # of things only each so manieth pixel in either direction asks, for they are large
_SHARED = ((9, 9), (5, 5))  # pixels over which answers are shared, by things and by people
_FINE = np.array(
    [[0.125, 0.625], [0.375, 0.125], [0.625, 0.875], [0.875, 0.375]], np.float32
)  # in an outline's pixel
_STEP = 0.04  # of the distance: more from one pixel to the next is an outline


class Backdrop(Protocol):
    """What is behind all surfaces."""

    def seen(self, origin: Points, directions: Points) -> tuple[LinearRgb, Scalars]:
        """What rays from one place, shape (1, 3), see.

        Returns:
            Colours (N, 3) as they are, light included, and (N,) how far away a floor is that takes shadows, else infinite.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A picture before any sensor, and what is in it.

    Attributes:
        light: Shape (H, W, 3) float32, linear RGB, not clipped.
        labels: Shape (H, W) uint8, values of `BodyPart`.
        person_ids: Shape (H, W) uint8; 0 is nobody.
    """

    light: LinearImage
    labels: LabelMap
    person_ids: LabelMap


def snapshot(
    camera: Camera, lighting: Lighting, surfaces: Sequence[Surface], backdrop: Backdrop | None = None
) -> Snapshot:
    """Take a picture; without a backdrop it is black where nothing is."""
    return _Shot(camera, lighting, Stage(surfaces), backdrop).take()


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What some rays meet, the backdrop's floor included.

    Attributes:
        hits: Distance, albedo, normal, part and person of each.
        glare: Shape (N, 3): colour of what gives light and takes none.
    """

    hits: Hits
    glare: LinearRgb


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    camera: Camera
    lighting: Lighting
    stage: Stage
    backdrop: Backdrop | None

    def take(self) -> Snapshot:
        height, width = self.camera.height, self.camera.width
        columns, rows = np.meshgrid(np.arange(width), np.arange(height))
        corners = np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float32)
        directions = self.camera.rays(corners + np.float32(0.5))
        middle = self._cast(directions)
        shares = self._shares(middle, directions)
        light = self._color(middle, shares, np.arange(len(corners)))
        outline = np.flatnonzero(_outline(middle.hits, (height, width)))
        if len(outline):
            places = (corners[outline][None] + _FINE[:, None]).reshape(-1, 2)
            finer = self._color(self._cast(self.camera.rays(places)), shares, np.tile(outline, len(_FINE)))
            light[outline] += finer.reshape(len(_FINE), -1, 3).sum(axis=0)
            light[outline] /= 1 + len(_FINE)
        shape = (height, width)
        return Snapshot(
            light.reshape(*shape, 3), middle.hits.part.reshape(shape), middle.hits.person.reshape(shape)
        )

    def _cast(self, directions: Points) -> _Seen:
        origin = np.array([self.camera.position], np.float32)
        hits = self.stage.first_hits(origin, directions)
        glare = np.zeros_like(hits.albedo)
        missed = np.flatnonzero(~np.isfinite(hits.distance))
        if self.backdrop is not None and len(missed):
            colors, floor = self.backdrop.seen(origin, directions[missed])
            lies = np.isfinite(floor)
            up = np.array([[0, 1, 0]], np.float32)
            whole = self.lighting.key_light(up) + self.lighting.glow(up)
            glare[missed[~lies]] = colors[~lies]
            # The colour is of a floor in full light; this albedo gives it back in full light.
            hits.albedo[missed[lies]] = colors[lies] / np.maximum(whole, 1e-6)
            hits.normal[missed[lies]] = up
            hits.distance[missed[lies]] = floor[lies]
        return _Seen(hits, glare)

    def _color(self, seen: _Seen, shares: npt.NDArray[np.float32], pixels: npt.NDArray[np.intp]) -> LinearRgb:
        """Light that comes from there: `shares` are those of `_shares`, and `pixels` tells whose to take."""
        group = (seen.hits.person > 0).astype(np.intp)
        key, glow = shares[group, 0, pixels, None], shares[group, 1, pixels, None]
        lit = self.lighting.key_light(seen.hits.normal) * key + self.lighting.glow(seen.hits.normal) * glow
        return np.asarray(seen.hits.albedo * lit + seen.glare, np.float32)

    def _shares(self, seen: _Seen, directions: Points) -> npt.NDArray[np.float32]:
        """How much of key light and glow arrives, shape (2, 2, H * W): of things or of people, key or glow, at each pixel."""
        hits = seen.hits
        of_people = hits.person > 0
        asking, cells = self._asking(of_people)
        solid = np.flatnonzero(np.isfinite(hits.distance) & asking)
        reached = directions[solid] * hits.distance[solid, None] + np.array(self.camera.position, np.float32)
        raised = (reached + hits.normal[solid] * np.float32(LIFT)).astype(np.float32)
        sums = np.zeros((2, 2, len(directions)), np.float32)  # key or glow, seen or asked
        cells = cells[solid]
        tiles = _TILE * _TILE
        for number, count, reach, ways in (
            (0, _KEY_RAYS, _KEY_REACH, self.lighting.key_directions(tiles * _KEY_RAYS)),
            (1, _GLOW_RAYS, self.lighting.reach, sphere_directions(tiles * _GLOW_RAYS)),
        ):
            order = np.random.default_rng(5).permutation(len(ways))
            for ray in range(count):
                towards = ways[order[cells * count + ray]]
                cosine = np.maximum(np.einsum("nx,nx->n", hits.normal[solid], towards), 0)
                faces = np.flatnonzero(cosine > 0)
                free = ~self.stage.occluded(raised[faces], towards[faces], reach)
                sums[number, 0, solid[faces]] += cosine[faces] * free
                sums[number, 1, solid] += cosine
        return self._shared(sums, of_people)

    def _asking(self, of_people: BoolMask) -> tuple[BoolMask, npt.NDArray[np.intp]]:
        """Which pixels ask for light, shape (H * W,), and which of the directions each takes."""
        rows, columns = (index.ravel() for index in np.indices((self.camera.height, self.camera.width)))
        asking = of_people | ((rows % _SPARSE == 0) & (columns % _SPARSE == 0))
        step = np.where(of_people, 1, _SPARSE)
        cells = rows // step % _TILE * _TILE + columns // step % _TILE
        return asking, np.asarray(cells, np.intp)

    def _shared(self, sums: npt.NDArray[np.float32], of_people: BoolMask) -> npt.NDArray[np.float32]:
        shape = (self.camera.height, self.camera.width)
        shares = np.ones((2, 2, sums.shape[2]), np.float32)
        for group, chosen in enumerate((~of_people, of_people)):
            for number in range(2):
                seen, asked = (
                    cv2.blur((sums[number, kind] * chosen).reshape(shape), _SHARED[group])
                    for kind in range(2)
                )
                shares[group, number] = ((seen + 1e-6) / (asked + 1e-6)).ravel()
        return shares


def _outline(hits: Hits, shape: tuple[int, int]) -> BoolMask:
    """Pixels, shape (H * W,), beside which another person, another part of one or something nearer or farther is."""
    owner = (hits.person.astype(np.int32) * 32 + hits.part).reshape(shape)
    nearness = (1 / np.maximum(hits.distance, 0.01)).reshape(
        shape
    )  # straight along a plane, so a floor has no steps
    outline = np.zeros(shape, np.bool_)
    for axis in (0, 1):
        here, there = (np.delete(np.arange(shape[axis]), end) for end in (-1, 0))
        differs = np.take(owner, here, axis) != np.take(owner, there, axis)
        first, second = np.take(nearness, here, axis), np.take(nearness, there, axis)
        differs |= np.abs(first - second) > _STEP * np.maximum(first, second)
        rows, columns = np.nonzero(differs)
        outline[rows, columns] = True
        outline[rows + (axis == 0), columns + (axis == 1)] = True
    return outline.ravel()
