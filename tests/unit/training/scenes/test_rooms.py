import numpy as np
import pytest

from training.scenes.arrays import linear_to_srgb
from training.scenes.camera import Camera
from training.scenes.casting import Stage
from training.scenes.lighting import Lighting, sphere_directions
from training.scenes.plate import empty_plate, glow_share, key_share, room_plate
from training.scenes.render import Renderer
from training.scenes.rooms import Tiles, box, paint, quad, shelf

WHITE = paint((255, 255, 255))
CAMERA = Camera(64, 48, np.deg2rad(60), (0.0, 2.0, 3.0), np.deg2rad(35))
FLOOR = quad(((-9, 0, 9), (9, 0, 9), (9, 0, -9), (-9, 0, -9)), paint((200, 200, 200)))


def test_rays_meet_the_nearest_box_on_its_near_side() -> None:
    stage = Stage([box((-1, -1, -1), (1, 1, 1), WHITE), box((-1, -1, -4), (1, 1, -3), paint((255, 0, 0)))])

    hits = stage.first_hits(
        np.array([[0.1, 0.2, 5.0]], np.float32), np.array([[0, 0, -1], [0, 1, 0]], np.float32)
    )

    assert hits.distance == pytest.approx([4.0, np.inf])
    assert hits.normal[0] == pytest.approx([0, 0, 1], abs=1e-5)
    assert hits.albedo[0] == pytest.approx([1, 1, 1], abs=1e-5)
    assert hits.person.tolist() == hits.part.tolist() == [0, 0]


def test_every_side_of_a_box_faces_outwards() -> None:
    stage = Stage([box((-1, -1, -1), (1, 1, 1), WHITE)])
    for axis in range(3):
        for sign in (-1, 1):
            direction = np.zeros((1, 3), np.float32)
            direction[0, axis] = -sign
            hits = stage.first_hits(-5 * direction + 0.1, direction)
            assert hits.normal[0, axis] == pytest.approx(sign)


def test_an_empty_stage_meets_nothing() -> None:
    stage = Stage(())
    one = np.array([[0, 0, 1]], np.float32)

    assert stage.first_hits(one, one).distance.tolist() == [np.inf]
    assert stage.distances(one, one).tolist() == [np.inf]
    assert not stage.occluded(one, one, 5.0).any()


def test_light_is_whole_in_the_open_and_half_beside_a_wall() -> None:
    lighting = Lighting(towards_key=(0, 1, 0), spread=0.01, reach=50.0)
    wall = Stage([FLOOR, box((0.0, 0, -30), (0.1, 9, 30), WHITE)])
    points = np.array([[-8, 0, 0], [-0.2, 0, 0], [0.05, 0, 0]], np.float32)
    up = np.tile(np.array([0, 1, 0], np.float32), (3, 1))

    assert key_share(wall, lighting, points, up, 8) == pytest.approx([1, 1, 0], abs=0.01)
    glow = glow_share(wall, lighting, points, up, 256)
    assert glow[0] > 0.8
    assert glow[1] == pytest.approx(0.5, abs=0.06)
    assert glow[2] < 0.05


def test_directions_are_spread_evenly() -> None:
    directions = sphere_directions(500)

    assert np.linalg.norm(directions, axis=1) == pytest.approx(np.ones(500), abs=1e-5)
    assert directions.mean(0) == pytest.approx([0, 0, 0], abs=0.02)
    assert directions[:100].mean(0) == pytest.approx([0, 0, 0], abs=0.2)


def test_a_room_has_a_lit_floor_and_a_shadow_under_what_stands_there() -> None:
    table = box((-0.6, 0.5, -1.1), (0.6, 0.55, 0.1), paint((120, 60, 30)))
    lighting = Lighting(towards_key=(0, 1, 0), spread=0.2)

    open_floor = Renderer(CAMERA, room_plate(CAMERA, lighting, [FLOOR])).draw(())
    with_table = Renderer(CAMERA, room_plate(CAMERA, lighting, [FLOOR, table])).draw(())

    assert not open_floor.labels.any()
    column, row, _ = CAMERA.project(np.array([[0, 0, 0.15]], np.float32))[0]
    lit, dark = (picture.image[int(row), int(column)].mean() for picture in (open_floor, with_table))
    assert dark < lit - 12
    assert 170 < open_floor.image[-4:].mean() < 230


def test_an_empty_plate_is_black() -> None:
    assert not Renderer(CAMERA, empty_plate(CAMERA, Lighting())).draw(()).image.any()


def test_tiles_have_joints() -> None:
    tiles = Tiles((200, 200, 200), (100, 100, 100), 0.5)
    places = np.array([[0.25, 0, 0.25], [0.5, 0, 0.25], [0.25, 0, 1.0], [0.5, 0, 0.5]], np.float32)

    color, opaque = tiles.look(places, np.zeros((4, 2), np.float32))

    assert opaque.all()
    assert (linear_to_srgb(color).mean(1) * 255)[1:] == pytest.approx([100, 100, 100], abs=1)
    assert linear_to_srgb(color[:1]).mean() * 255 == pytest.approx(200, abs=8)


def test_a_shelf_is_the_same_each_time_and_stays_within_its_bounds() -> None:
    first, second = (shelf((0, 0, 0), (2, 1.8, 0.4), ((200, 150, 90), (90, 90, 150)), 5) for _ in range(2))

    assert len(first) == len(second) > 20
    assert all(np.array_equal(a.points, b.points) for a, b in zip(first, second, strict=True))
    points = np.concatenate([surface.points for surface in first])
    assert points.min(0) == pytest.approx([-0.03, 0, 0], abs=0.08)
    assert points.max(0) == pytest.approx([2.03, 1.83, 0.4], abs=1e-5)
