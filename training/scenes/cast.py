"""Who stands where in a frame, doing what."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from domain.labels import SKIN, BodyPart
from training.scenes.arrays import Flags, Points, rotation_y
from training.scenes.camera import Camera
from training.scenes.casting import Stage
from training.scenes.furniture import prop
from training.scenes.layers import Paint, Surface
from training.scenes.people import Person
from training.scenes.places import Place
from training.scenes.postures import Posture, posture, random_posture
from training.scenes.render import PlacedPerson
from training.scenes.things import Rng, Yard, pick

MOST = 15
"""People in a frame."""

_EMPTY = 0.08  # of the frames
_CANDIDATES = 1200  # places on the floor that are looked at
_REACH = (0.6, 70.0)  # metres from the camera
_CUT_OFF = 0.3  # of the places where the picture's border cuts somebody that are used
_HIDDEN = 0.1  # of the places behind something that are used nonetheless
_UPRIGHT = 1.65  # metres, to guess how tall somebody will be in the picture
_SMALLEST, _LARGEST = 18.0, 520.0  # pixels
_TOGETHER = 0.4  # chance of standing beside somebody who is there already
_ARM = 0.5  # metres between people
_PLASTIC = ((0.8, 0.78, 0.74), (0.05, 0.05, 0.055), (0.55, 0.42, 0.33), (0.35, 0.35, 0.36))


class Troupe(Protocol):
    """People to pick from."""

    def pick(self, rng: Rng, taken: set[int], tall: float) -> tuple[int, Person]:
        """Somebody who is not taken, fine enough to be seen that tall in pixels, and the person's number."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Extra:
    """Somebody in a frame.

    Attributes:
        placed: Who and where.
        posture: What for.
        surfaces: What is drawn of the person.
    """

    placed: PlacedPerson
    posture: Posture
    surfaces: list[Surface]


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """Places on the floor where somebody could be seen.

    Attributes:
        places: Shape (N, 3), metres.
        tall: Shape (N,), how tall a grown-up would be in the picture there, pixels.
    """

    places: Points
    tall: npt.NDArray[np.float32]


def stands(camera: Camera, place: Place, rng: Rng) -> Stand:
    """Where people may be, near and far; some reach beyond the borders of the picture."""
    bearing = camera.yaw + rng.uniform(-0.6, 0.6, _CANDIDATES) * (camera.fov + 0.2)
    away = np.exp(rng.uniform(np.log(_REACH[0]), np.log(_REACH[1]), _CANDIDATES))
    x = camera.position[0] - np.sin(bearing) * away
    z = camera.position[2] - np.cos(bearing) * away
    feet = np.stack([x, np.zeros_like(x), z], axis=1).astype(np.float32)
    heads = feet + np.array([0, _UPRIGHT, 0], np.float32)
    low, high = camera.project(feet), camera.project(heads)
    tall = np.hypot(low[:, 0] - high[:, 0], low[:, 1] - high[:, 1])
    top, bottom = np.minimum(low[:, 1], high[:, 1]), np.maximum(low[:, 1], high[:, 1])
    seen = np.minimum(bottom, camera.height) - np.maximum(top, 0)
    column = (low[:, 0] + high[:, 0]) / 2
    good = (
        (np.minimum(low[:, 2], high[:, 2]) > 0.3)
        & (seen > 0.3 * tall)
        & (tall >= _SMALLEST)
        & (tall < _LARGEST)
    )
    good &= (seen > 0.85 * tall) | (rng.random(_CANDIDATES) < _CUT_OFF)
    good &= (column > -0.1 * tall) & (column < camera.width + 0.1 * tall)
    good[good] = place.open_floor(camera, feet[good])
    good[good] = _in_view(camera, place, feet[good]) | (rng.random(int(good.sum())) < _HIDDEN)
    return Stand(feet[good], tall[good].astype(np.float32))


def _in_view(camera: Camera, place: Place, feet: Points) -> Flags:
    """Where nothing stands between the camera and somebody's chest."""
    origin = np.array([camera.position], np.float32)
    ways = feet + np.array([0, 0.75 * _UPRIGHT, 0], np.float32) - origin
    away = np.linalg.norm(ways, axis=1)
    origins = np.repeat(origin, len(feet), axis=0)
    nearest = Stage(place.surfaces).distances(origins, (ways / away[:, None]).astype(np.float32))
    return np.asarray(nearest > away - 0.15)


def crowd(camera: Camera, place: Place, troupe: Troupe, tall: float, rng: Rng) -> list[Extra]:
    """People of heights around that many pixels; nobody in some frames."""
    if rng.random() < _EMPTY:
        return []
    stand = stands(camera, place, rng)
    wanted = 1 + int(MOST * rng.random() ** 1.4)
    extras: list[Extra] = []
    taken: set[int] = set()
    for _ in range(wanted * 3):
        if len(extras) == wanted or not len(stand.tall):
            break
        where = _spot(camera, place, stand, [extra.placed for extra in extras], tall, rng)
        if where is None:
            continue
        number, person = troupe.pick(rng, taken, where[2])
        taken.add(number)
        heading, x, z = _heading(extras, where, rng), where[0], where[1]
        posed = _posture(place, camera, person, (x, z, heading), rng)
        placed = PlacedPerson(person, posed.pose, x, z, heading, len(extras) + 1)
        extras.append(Extra(placed, posed, placed.surfaces()))
    return extras


def _spot(
    camera: Camera, place: Place, stand: Stand, there: list[PlacedPerson], tall: float, rng: Rng
) -> tuple[float, float, float] | None:
    """A free place, x, z and how tall one is there; None if none was found."""
    if there and rng.random() < _TOGETHER:
        other, angle, away = (
            pick(rng, there),
            rng.uniform(0, 2 * np.pi),
            rng.uniform(_ARM, 1.1),
        )
        place_there = np.array(
            [[other.x + away * np.sin(angle), 0, other.z + away * np.cos(angle)]], np.float32
        )
        if not place.open_floor(camera, place_there)[0]:
            return None
        nearest = int(np.hypot(*(stand.places - place_there)[:, ::2].T).argmin())
        x, z, size = float(place_there[0, 0]), float(place_there[0, 2]), float(stand.tall[nearest])
    else:
        aim = float(np.clip(tall * np.exp(rng.uniform(-1, 1)), _SMALLEST, _LARGEST))
        off = np.abs(np.log(stand.tall / aim))
        near = np.flatnonzero(
            off < max(0.15, float(np.partition(off, min(8, len(off) - 1))[min(8, len(off) - 1)]))
        )
        chosen = int(near[int(rng.integers(len(near)))]) if len(near) else int(off.argmin())
        x, z, size = float(stand.places[chosen, 0]), float(stand.places[chosen, 2]), float(stand.tall[chosen])
    if any(np.hypot(x - one.x, z - one.z) < _ARM * 0.9 for one in there):
        return None
    return x, z, size


def _heading(extras: list[Extra], where: tuple[float, float, float], rng: Rng) -> float:
    """Any way; who stands beside somebody often goes the same way or faces them."""
    for extra in extras:
        apart = np.array([extra.placed.x - where[0], extra.placed.z - where[1]])
        if np.hypot(*apart) < 1.2 and rng.random() < 0.6:
            if rng.random() < 0.5:
                return float(extra.placed.heading + rng.normal(0, 0.2))
            return float(np.arctan2(apart[0], apart[1]) + rng.normal(0, 0.4))
    return float(rng.uniform(0, 2 * np.pi))


def _posture(
    place: Place, camera: Camera, person: Person, where: tuple[float, float, float], rng: Rng
) -> Posture:
    """What the person does there; no trolley where something stands in its way."""
    x, z, heading = where
    for _ in range(4):
        tried = random_posture(rng, person)
        if tried.prop is None or tried.prop.name != "trolley":
            return tried
        ahead = tried.prop.at[2] + tried.prop.size[2]
        tip = rotation_y(heading) @ np.array([0, 0, ahead]) + np.array([x, 0, z])
        if place.open_floor(camera, tip[None].astype(np.float32))[0]:
            return tried
    return posture("standing", rng, person)


def surfaces(extras: list[Extra], rng: Rng) -> list[Surface]:
    """The people, and what they push, sit on or hold."""
    yard, drawn = Yard(), list[Surface]()
    for extra in extras:
        drawn += extra.surfaces
        if extra.posture.prop is not None:
            placed = extra.placed
            yard.put(prop(rng, extra.posture.prop), placed.x, placed.z, placed.heading)
    return drawn + yard.surfaces()


def mannequin(placed: PlacedPerson, rng: Rng) -> list[Surface]:
    """A shop-window dummy: nobody, so neither labelled nor counted; in plastic, with clothes on or without."""
    plastic = Paint(pick(rng, _PLASTIC), mottle=0.0)
    bare = rng.random() < 0.3
    skin = np.array([*SKIN, BodyPart.HAIR], np.uint8)
    return [
        replace(
            surface,
            parts=np.zeros_like(surface.parts),
            person_id=0,
            material=plastic if bare or np.isin(surface.parts, skin).all() else surface.material,
        )
        for surface in placed.surfaces()
    ]
