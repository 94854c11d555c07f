"""The quick renderer: what is where, and how light falls."""

import numpy as np
import pytest

from training.scenes.arrays import LinearRgb, Points, Scalars
from training.scenes.camera import Camera
from training.scenes.lighting import Lighting
from training.scenes.rooms import box, paint, quad
from training.scenes.snapshot import Snapshot, snapshot
from training.scenes.things import Thing, Yard

CAMERA = Camera(96, 64, float(np.deg2rad(60)), (0.0, 3.0, 5.0), float(np.deg2rad(25)))
OVERHEAD = Lighting((0.0, 1.0, 0.0), (0.6, 0.6, 0.6), 0.05, (0.3, 0.3, 0.3), (0.2, 0.2, 0.2))


class GreyYard:
    """A grey floor below a blue sky."""

    def seen(self, origin: Points, directions: Points) -> tuple[LinearRgb, Scalars]:
        down = directions[:, 1] < -0.01
        colors = np.where(down[:, None], np.float32(0.3), np.array([0.1, 0.2, 0.9], np.float32))
        floor = np.where(down, origin[0, 1] / np.maximum(-directions[:, 1], 0.01), np.inf)
        return colors.astype(np.float32), floor.astype(np.float32)


def take(*surfaces: object) -> Snapshot:
    return snapshot(CAMERA, OVERHEAD, surfaces, GreyYard())  # type: ignore[arg-type]  # surfaces, listed one by one


def test_an_empty_place_is_its_backdrop() -> None:
    seen = take()
    assert seen.light[0, 48] == pytest.approx([0.3, 0.3, 0.3], abs=0.02)
    assert not seen.labels.any()
    assert not seen.person_ids.any()


def test_a_roof_throws_a_shadow_on_the_floor_of_the_backdrop_and_hides_no_sky() -> None:
    roof = quad(((-1.5, 2.9, 1), (1.5, 2.9, 1), (1.5, 2.9, -3), (-1.5, 2.9, -3)), paint((200, 200, 200)))
    row, column = CAMERA.project(np.array([[0, 0, -1]], np.float32))[0, 1::-1].astype(int)
    open_air, covered = take().light[row, column].mean(), take(roof).light[row, column].mean()
    assert covered < 0.7 * open_air


def test_outlines_are_smooth() -> None:
    cube = box((-1, 0, -1), (1, 2, 1), paint((250, 250, 250)))
    seen = take(cube).light[:, :, 0]
    column = seen[:, 48]
    between = (column > column.min() * 1.1) & (column < column.max() * 0.9)
    assert between.any()


def test_boxes_of_a_yard_keep_their_colours_and_places() -> None:
    yard, thing = Yard(), Thing(width=1.0, depth=0.5)
    thing.box((-0.5, 0, -0.25), (0.5, 1, 0), (255, 0, 0))
    thing.box((-0.5, 0, 0), (0.5, 1, 0.25), (0, 0, 255))
    yard.put(thing, 2.0, -1.0, float(np.pi))
    (surface,) = yard.surfaces()
    red = surface.rest[:, 0] > 0.5
    assert surface.points[red, 2].mean() == pytest.approx(
        -1 + 0.125
    )  # turned round: what was behind is in front
    assert surface.points[:, 0].mean() == pytest.approx(2.0)
    assert not yard.free(2.3, -1.0, 0.5, 0.5, 0.0)
    assert yard.free(4.0, -1.0, 0.5, 0.5, 0.0)
