import numpy as np
import pytest

from domain.labels import BodyPart
from pipeline.sources.synthetic.drawing import Drawing, DrawnPerson
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.sprites import load_sprites
from pipeline.sources.synthetic.stage import GroundCamera, draw_backdrop
from pipeline.sources.synthetic.walkers import Walker, plan_walkers

OPTIONS = SyntheticOptions(persons=2, size=(320, 180))


def walker(z: float, *, leftwards: bool = False, start_s: float = 0.0) -> Walker:
    """Crosses the middle of the picture two seconds after the start."""
    character = load_sprites().characters[0]
    way = ((-2.0, z), (2.0, z))
    return Walker(character, ("blue", "red"), start_s, 1.0, way[::-1] if leftwards else way)


def drawn(*walkers: Walker, time_s: float = 2.0) -> tuple[Drawing, list[DrawnPerson]]:
    drawing = Drawing(OPTIONS, load_sprites(), walkers)
    return drawing, drawing.people(time_s)


def test_whoever_is_nearer_is_drawn_over_whoever_is_behind() -> None:
    drawing, people = drawn(walker(5.0), walker(7.0, leftwards=True))
    far, near = people
    assert (far.walker, near.walker) == (1, 0)

    both, alone = drawing.picture(people, 0), drawing.picture([near], 0)

    solid = near.picture[:, :, 3] > 0.999
    assert solid.sum() > 300
    assert np.array_equal(both[near.window][solid], alone[near.window][solid])
    assert not np.array_equal(both, alone)


def test_the_nearer_the_larger() -> None:
    heights = [drawn(walker(z))[1][0].labels.shape[0] for z in (5.0, 6.5, 8.0)]

    assert heights == sorted(heights, reverse=True)
    camera = GroundCamera(320, 180)
    for z, height in zip((5.0, 6.5, 8.0), heights, strict=True):
        feet, crown = camera.project(0, 0, z)[1], camera.project(0, 1.75, z)[1]
        assert height == pytest.approx(feet - crown, rel=0.15)


def test_who_walks_to_the_left_is_seen_in_a_mirror() -> None:
    right = drawn(walker(6.0))[1][0]
    left = drawn(walker(6.0, leftwards=True))[1][0]

    assert right.labels.shape == left.labels.shape
    faces = [np.nonzero(person.labels == BodyPart.FACE)[1].mean() for person in (right, left)]
    hair = [np.nonzero(person.labels == BodyPart.HAIR)[1].mean() for person in (right, left)]
    assert faces[0] > hair[0]
    assert faces[1] < hair[1]


def test_nobody_is_seen_before_and_after_the_way_and_outside_the_picture() -> None:
    assert drawn(walker(6.0, start_s=3.0), time_s=2.0)[1] == []
    assert drawn(walker(6.0), time_s=4.1)[1] == []
    outside = Walker(load_sprites().characters[0], ("blue", "red"), 0.0, 1.0, ((9.0, 6.0), (12.0, 6.0)))
    assert drawn(outside, time_s=1.0)[1] == []


def test_clothes_keep_their_colours_on_the_way() -> None:
    for time_s in (1.0, 1.7, 2.4):
        drawing, (person,) = drawn(walker(5.5), time_s=time_s)
        window = drawing.picture([person], 1)[person.window]
        blue, red = (
            np.median(window[person.labels == part], axis=0)
            for part in (BodyPart.PANTS, BodyPart.UPPER_CLOTHES)
        )
        assert blue[0] > 2 * blue[2]
        assert red[2] > 2 * red[0]


def test_a_plan_has_everybody_in_the_order_of_coming_and_within_the_time() -> None:
    options = SyntheticOptions(persons=12, seconds=60, seed=3)

    plan = plan_walkers(options, load_sprites())

    assert [one.start_s for one in plan] == sorted(one.start_s for one in plan)
    assert all(one.start_s >= 0 and one.end_s < 60 for one in plan)
    assert all(one.colors[0] != one.colors[1] for one in plan)
    assert plan == plan_walkers(options, load_sprites())
    assert plan != plan_walkers(SyntheticOptions(persons=12, seconds=60, seed=4), load_sprites())


@pytest.mark.parametrize("size", [(320, 180), (64, 64), (90, 400), (500, 80)])
def test_the_shop_fills_the_picture(size: tuple[int, int]) -> None:
    shop = draw_backdrop(GroundCamera(*size), 1)

    assert shop.shape == (size[1], size[0], 3)
    assert shop.min() > 60
    assert np.ptp(shop) > 40
    assert np.array_equal(shop, draw_backdrop(GroundCamera(*size), 1))
