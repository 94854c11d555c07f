"""Cars: of a car's size, symmetrical, each its own; and parks of them."""

import numpy as np
import pytest

from tests.support.shared_data import shared_file
from training.scenes.camera import Camera
from training.scenes.cars import car
from training.scenes.crowds import Batch
from training.scenes.parking import car_park
from training.scenes.supplies import Supplies
from training.scenes.things import Thing, Yard


def corners(thing: Thing) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    boxes = [corner for low, high, _ in thing.boxes for corner in (low, high)]
    return np.array([*boxes, *(corner for panel, _ in thing.panels for corner in panel)])


@pytest.mark.parametrize("seed", range(20))
def test_a_car_has_the_size_of_one_and_stands_on_the_ground(seed: int) -> None:
    thing = car(np.random.default_rng(seed))
    low, high = corners(thing).min(axis=0), corners(thing).max(axis=0)
    assert low[1] == pytest.approx(0, abs=1e-6)
    assert 1.3 < high[1] < 2.2
    assert high[0] == pytest.approx(-low[0])
    assert high[0] - low[0] == pytest.approx(thing.width, abs=0.05)
    assert high[2] - low[2] == pytest.approx(thing.depth, abs=0.05)
    assert 3 < thing.depth < 5.5


def test_cars_differ() -> None:
    shown = {(thing.depth, thing.panels[0][1]) for thing in (car(np.random.default_rng(n)) for n in range(8))}
    assert len(shown) == 8


def test_panels_become_surfaces_where_the_car_stands() -> None:
    yard = Yard()
    yard.put(car(np.random.default_rng(1)), 10.0, -4.0, np.pi / 2)
    (surface,) = yard.surfaces()
    middle = (surface.points.min(axis=0) + surface.points.max(axis=0)) / 2
    assert middle[[0, 2]] == pytest.approx([10.0, -4.0], abs=0.2)
    extent = np.ptp(surface.points, axis=0)
    assert extent[0] > 2 * extent[2] * 0.9  # turned sideways


@pytest.mark.shared_data
def test_a_car_park_is_full_of_cars_that_nobody_stands_in() -> None:
    shared_file("data/hdri")
    camera = Camera(160, 96, 1.2, (0.0, 3.0, -8.0), 0.35)
    place = car_park(camera, Supplies(), np.random.default_rng(2))
    cars = [spot for spot in place.spots if spot.depth > 3]
    assert len(cars) > 5
    there = np.array([[spot.x, 0, spot.z] for spot in cars], np.float32)
    assert not place.open_floor(camera, there).any()


@pytest.mark.shared_data
def test_in_most_car_parks_is_nobody() -> None:
    shared_file("data/hdri")
    batch = Batch(Supplies(), 3, 0, (96, 64), "car parks")
    empty = [not batch.frame(number)[0].person_ids.any() for number in range(10)]
    assert sum(empty) >= 4
