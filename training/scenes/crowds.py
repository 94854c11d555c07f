"""Labelled frames of crowds as surveillance cameras see them: `make frames`.

Frame number `n` of a seed is always the same, whichever process draws it and whatever was drawn before. Frames are drawn in batches
that share a troupe of people, since a person takes longer to make than a frame.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np

from domain.errors import UsageError
from training.frames import About, LabelledFrame, describe, write_frame
from training.scenes.assets import Texture
from training.scenes.camera import Camera
from training.scenes.cast import Extra, crowd, mannequin, surfaces
from training.scenes.cctv import Sensor, hang, smeared
from training.scenes.distant import coarse
from training.scenes.grounds import room, street
from training.scenes.layers import Surface
from training.scenes.parking import car_park
from training.scenes.people import Person
from training.scenes.places import Place, photographed
from training.scenes.plate import LinearImage
from training.scenes.postures import posture
from training.scenes.render import PlacedPerson
from training.scenes.snapshot import Snapshot, snapshot
from training.scenes.strangers import Split
from training.scenes.supplies import Supplies, poster
from training.scenes.things import Rng, pick
from training.scenes.truth import truth

BATCH = 64
"""Frames that share a troupe."""

Shows: TypeAlias = Literal["crowds", "car parks", "nobody", "mannequins"]
"""What frames are of."""

_TROUPE = 16  # people
_COARSE = (
    (35.0, 0.035),
    (75.0, 0.02),
)  # up to so many pixels of height, points are merged within so many metres
_TALL = (18.0, 400.0)  # pixels, what cameras are hung for
_TALL_AT_CARS = (18.0, 180.0)
_PLACES = (0.5, 0.4, 0.1)  # rooms, streets, photographs
_NOBODY = 0.6  # of the car parks
_WITH_DUMMIES = 0.25  # of the rooms, where frames are not of mannequins
_DUMMY_AWAY = 2.5  # metres from the camera at least
_MOVING = 0.12  # of the frames, in which those who walk are smeared


class Batch:
    """The frames of one troupe.

    Args:
        supplies: What they are made of.
        seed: Of all frames.
        number: Of the batch, from 0.
        size: Width and height of the frames.
        shows: Crowds, car parks, most of them without people, or the places of crowds without anybody, with mannequins in
            every room or in some.
    """

    def __init__(
        self,
        supplies: Supplies,
        seed: int,
        number: int,
        size: tuple[int, int],
        shows: Shows = "crowds",
    ) -> None:
        supplies.check_seed(seed)
        self._supplies = supplies
        self._seed = seed
        self._number = number
        self._size = size
        self._parking = shows == "car parks"
        self._nobody = shows in ("nobody", "mannequins")
        self._with_dummies = 1.0 if shows == "mannequins" else _WITH_DUMMIES
        self._people: dict[tuple[int, float], Person] = {}
        self._posters: list[Texture] | None = None

    def pick(self, rng: Rng, taken: set[int], tall: float) -> tuple[int, Person]:
        """Somebody of the troupe who is not taken; drawn more coarsely if small."""
        free = [number for number in range(_TROUPE) if number not in taken]
        number = pick(rng, free)
        cell = next((cell for most, cell in _COARSE if tall < most), 0.0)
        return number, self._person(number, cell)

    def _person(self, number: int, cell: float = 0.0) -> Person:
        if (number, 0.0) not in self._people:
            rng = np.random.default_rng([self._seed, 1, self._number, number])
            self._people[number, 0.0] = self._supplies.person(rng)
        if (number, cell) not in self._people:
            self._people[number, cell] = coarse(self._people[number, 0.0], cell)
        return self._people[number, cell]

    def _hung(self, rng: Rng) -> list[Texture]:
        """Posters, in some places."""
        if rng.random() > 0.35:
            return []
        if self._posters is None:
            own = np.random.default_rng([self._seed, 2, self._number])
            self._posters = [poster(self._person(number), own) for number in range(3)]
        return self._posters

    def frame(self, number: int) -> tuple[LabelledFrame, dict[str, object]]:
        """One frame and what is true of it."""
        rng = np.random.default_rng([self._seed, 0, number])
        tall = float(np.exp(rng.uniform(*np.log(_TALL_AT_CARS if self._parking else _TALL))))
        camera, place = self._place(tall, rng)
        empty = self._nobody or (self._parking and rng.random() < _NOBODY)
        extras = [] if empty else crowd(camera, place, self, tall, rng)
        drawn = [*place.surfaces, *surfaces(extras, rng), *self._dummies(camera, place, rng)]
        seen = snapshot(camera, place.lighting, drawn, place.backdrop)
        light = self._moved(seen, camera, extras, rng) if rng.random() < _MOVING else seen.light
        sensor = Sensor.random(rng, place.light)
        image = sensor.picture(light, rng)
        frame = LabelledFrame(frame_name(self._seed, number), image, seen.labels, seen.person_ids)
        return frame, truth(frame, camera, place, sensor, extras)

    def _place(self, tall: float, rng: Rng) -> tuple[Camera, Place]:
        if self._parking:
            camera = hang(rng, self._size, tall)
            return camera, car_park(camera, self._supplies, rng)
        kind = int(rng.choice(3, p=_PLACES))
        stills = self._supplies.stills()
        if kind == 2 and stills:
            names = sorted(stills)
            name = pick(rng, names)
            return photographed(name, stills[name], self._size, rng)
        camera = hang(rng, self._size, tall)
        make = street if kind == 1 else room
        return camera, make(camera, self._supplies, self._hung(rng), rng)

    def _dummies(self, camera: Camera, place: Place, rng: Rng) -> list[Surface]:
        """Mannequins, in some shops; never so near that one fills the picture."""
        drawn: list[Surface] = []
        if place.kind != "room" or rng.random() > self._with_dummies:
            return drawn
        left, back, right, front = place.bounds
        for _ in range(int(rng.integers(1, 4))):
            x, z = float(rng.uniform(left + 0.5, right - 0.5)), float(rng.uniform(back + 0.5, front - 0.5))
            person = self._person(int(rng.integers(_TROUPE)))
            placed = PlacedPerson(
                person, posture("standing", rng, person).pose, x, z, float(rng.uniform(0, 6.3)), 0
            )
            there = np.array([[x, 0, z]], np.float32)
            far = np.hypot(x - camera.position[0], z - camera.position[2]) > _DUMMY_AWAY
            if far and place.open_floor(camera, there)[0]:
                drawn += mannequin(placed, rng)
        return drawn

    @staticmethod
    def _moved(seen: Snapshot, camera: Camera, extras: list[Extra], rng: Rng) -> LinearImage:
        """The light with those who walk smeared along their way by what they walk in a share of a second."""
        light = seen.light
        seconds = float(rng.uniform(0.01, 0.06))
        for extra in extras:
            placed = extra.placed
            if extra.posture.kind not in {"walking", "pushing"}:
                continue
            step = 1.3 * seconds * np.array([np.sin(placed.heading), 0, np.cos(placed.heading)])
            middle = np.array([placed.x, 0.9, placed.z])
            here, there = camera.project(np.array([middle, middle + step], np.float32))[:, :2]
            length = float(np.hypot(*(there - here)))
            mask = seen.person_ids == placed.person_id
            if 1.0 < length < 25 and mask.any():
                light = smeared(
                    light, mask, length, float(np.arctan2(there[1] - here[1], there[0] - here[0]))
                )
        return light


@dataclass(frozen=True, slots=True)
class _Order:
    """What one process draws at a time: the missing frames of one batch."""

    folder: Path
    supplies: Supplies
    seed: int
    size: tuple[int, int]
    shows: Shows
    numbers: tuple[int, ...]


def frame_name(seed: int, number: int) -> str:
    """File name without its ending."""
    return f"{seed:06d}-{number:06d}"


def _draw(order: _Order) -> int:
    batch = Batch(order.supplies, order.seed, order.numbers[0] // BATCH, order.size, order.shows)
    for number in order.numbers:
        write_frame(order.folder, *batch.frame(number))
    return len(order.numbers)


def orders(
    folder: Path,
    supplies: Supplies,
    seed: int,
    frames: int,
    size: tuple[int, int],
    shows: Shows = "crowds",
) -> list[_Order]:
    """What is to be done so that the folder holds so many frames of that seed; what is there already is left."""
    missing = [
        number
        for number in range(frames)
        if not (folder / "images" / f"{frame_name(seed, number)}.jpg").is_file()
    ]
    batches: dict[int, list[int]] = {}
    for number in missing:
        batches.setdefault(number // BATCH, []).append(number)
    return [_Order(folder, supplies, seed, size, shows, tuple(numbers)) for numbers in batches.values()]


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if (
        not (width.isdigit() and height.isdigit())
        or int(width) % 2
        or int(height) % 2
        or min(int(width), int(height)) < 32
    ):
        raise argparse.ArgumentTypeError(f"must be WIDTHxHEIGHT, even and 32 at least, got {text}")
    return int(width), int(height)


def main() -> None:
    """Render."""
    parser = argparse.ArgumentParser(
        description="Render labelled frames of crowds; what is there already is kept"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--frames", type=int, required=True, help="so many in all of this seed")
    parser.add_argument("--seed", type=int, required=True, help="900000 and more are held out")
    parser.add_argument("--split", choices=get_args(Split), default="training")
    parser.add_argument("--size", type=_size, default=(512, 288), help="WIDTHxHEIGHT in pixels")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--no-photographs", action="store_true", help="CC0 only: no photographs on walls and shelves"
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--car-parks", action="store_true", help="cars instead of crowds, and mostly nobody there"
    )
    place.add_argument("--nobody", action="store_true", help="places without people")
    place.add_argument("--mannequins", action="store_true", help="the same with mannequins in every room")
    chosen = parser.parse_args()
    supplies = Supplies(chosen.split, photographs=not chosen.no_photographs)
    try:
        supplies.check_seed(chosen.seed)
        describe(chosen.out, About(supplies.split, supplies.photographs))
        kinds: dict[Shows, bool] = {
            "car parks": chosen.car_parks,
            "nobody": chosen.nobody,
            "mannequins": chosen.mannequins,
        }
        shows: Shows = next((kind for kind, asked in kinds.items() if asked), "crowds")
        todo = orders(chosen.out, supplies, chosen.seed, chosen.frames, chosen.size, shows)
        with ProcessPoolExecutor(chosen.workers) as pool:
            drawn = 0
            for count in pool.map(_draw, todo):
                drawn += count
                print(f"{drawn} frames drawn in {chosen.out}", flush=True)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
