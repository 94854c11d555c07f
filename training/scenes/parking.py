"""Car parks and kerbs: streets full of cars, mostly without anybody."""

import numpy as np

from training.scenes.camera import Camera
from training.scenes.cars import car
from training.scenes.grounds import put_if_clear, street
from training.scenes.places import Place
from training.scenes.supplies import Supplies
from training.scenes.things import Rng, Thing, Yard

_LINE = (206, 206, 200)
_BAY = (2.4, 5.0)  # width and length, metres
_REACH = 18.0  # metres around the middle


def car_park(camera: Camera, supplies: Supplies, rng: Rng) -> Place:
    """A street's place with rows of cars, some bays empty, and some cars on their way."""
    yard = Yard()
    square, start = float(rng.uniform(0, np.pi)), float(rng.uniform(0, 3))
    full, marked = rng.uniform(0.3, 0.95), rng.random() < 0.6
    aisle = float(rng.uniform(5, 8))
    across, along = np.array([np.cos(square), -np.sin(square)]), np.array([np.sin(square), np.cos(square)])
    for row in np.arange(-_REACH + start, _REACH, _BAY[1] + aisle):
        for bay in np.arange(-_REACH, _REACH, _BAY[0]):
            x, z = (float(value) for value in across * bay + along * row)
            if marked:
                _mark(yard, x, z, square)
            if rng.random() < full:
                heading = square + (np.pi if rng.random() < 0.4 else 0) + float(rng.normal(0, 0.03))
                put_if_clear(yard, camera, car(rng), (x, z, heading))
    for _ in range(int(rng.integers(0, 5))):
        x, z = rng.uniform(-_REACH, _REACH, 2)
        put_if_clear(yard, camera, car(rng), (float(x), float(z), float(rng.uniform(0, 2 * np.pi))))
    return street(camera, supplies, (), rng, yard)


def _mark(yard: Yard, x: float, z: float, heading: float) -> None:
    line = Thing()
    line.box((_BAY[0] / 2 - 0.05, 0, -_BAY[1] / 2), (_BAY[0] / 2 + 0.05, 0.005, _BAY[1] / 2), _LINE)
    yard.put(line, x, z, heading)
