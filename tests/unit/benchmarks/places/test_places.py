"""The truth of composed scenes, and a few of the scenes that `python -m benchmarks.places` measures."""

import pytest

from benchmarks.places.judging import summary, verdict
from benchmarks.places.scenes import KINDS, scene
from benchmarks.places.seeing import EveryFrame, Noisy, counted
from benchmarks.places.ways import (
    Route,
    TimedWalker,
    TrueCrossing,
    TrueStay,
    crossings,
    moments,
    stays,
    turns_unclear,
)
from domain.geometry import Point
from pipeline.sources.synthetic.sprites import Character

SOMEBODY = Character(0, 1.4, (), "black")
LINE = (0.0, -10.0), (0.0, 10.0)
SQUARE = ((-1.0, 4.0), (1.0, 4.0), (1.0, 6.0), (-1.0, 6.0))


def walk(*places: Point) -> list[tuple[float, Point]]:
    """One metre a second, standing for a second at the end."""
    route = Route.beginning(places[0], 0.0)
    for place in places[1:]:
        route.to(place, 1.0)
    route.stand(1.0)
    walker = TimedWalker(SOMEBODY, (), 0.0, 1.0, tuple(route.places), tuple(route.times))
    return moments(walker, 100.0)


def crossed(*places: Point) -> list[TrueCrossing]:
    return crossings(1, walk(*places), LINE, lambda _: True)


def test_a_true_crossing_goes_to_the_right_hand_of_who_looks_along_the_line() -> None:
    (crossing,) = crossed((1.0, 5.0), (-1.0, 5.0))
    assert (crossing.who, crossing.direction) == (1, "in")
    assert crossing.moment_s == pytest.approx(1.0, abs=0.03)
    assert [one.direction for one in crossed((-1.0, 5.0), (1.0, 5.0), (-1.0, 5.0))] == ["out", "in"]


def test_who_dithers_in_truth_has_crossed_once_or_not_at_all() -> None:
    dithering = [(0.1, 5.0), (-0.1, 5.0)] * 4
    assert len(crossed((1.0, 5.0), *dithering, (-1.0, 5.0))) == 1
    assert crossed((1.0, 5.0), *dithering, (1.0, 5.0)) == []


def test_who_goes_round_the_end_has_not_crossed_in_truth() -> None:
    assert crossed((1.0, 11.0), (-1.0, 11.0)) == []


def test_who_turns_where_nobody_could_tell_is_told() -> None:
    assert turns_unclear(walk((1.0, 5.0), (-0.25, 5.0), (1.0, 5.0)), LINE)
    assert not turns_unclear(walk((1.0, 5.0), (-0.5, 5.0), (1.0, 5.0), (-0.1, 5.0), (1.0, 5.0)), LINE)


def test_a_true_stay_is_from_border_to_border_and_a_touch_is_none() -> None:
    (stay,) = stays(1, walk((-3.0, 5.0), (3.0, 5.0)), SQUARE)
    assert stay.sure
    assert stay.begin_s == pytest.approx(2.0, abs=0.05)
    assert stay.end_s == pytest.approx(4.0, abs=0.05)
    (touch,) = stays(1, walk((-3.0, 5.9), (3.0, 5.9)), SQUARE)
    assert touch == TrueStay(1, touch.begin_s, touch.end_s, sure=False)


def test_a_scene_is_always_the_same_and_kinds_come_in_turn() -> None:
    assert [scene(seed).kind for seed in range(len(KINDS))] == list(KINDS)
    one, other = scene(4), scene(4)
    assert (one.walkers, one.plan, one.crossings()) == (other.walkers, other.plan, other.crossings())


def test_crossings_stays_and_occupancy_of_some_scenes_are_right() -> None:
    told = []
    for seed in (1, 2, 3, 4):
        played = scene(seed)
        told.append(verdict(played, counted(played, EveryFrame(Noisy(seed)), seed=seed)[0]))
    found = summary(told)
    assert found.crossings >= 8
    assert (found.exact, found.most_off) == (1.0, 0)
    assert (found.dwell_right, found.missing, found.surplus) == (1.0, 0, 0)
    assert found.occupancy_off == pytest.approx(0.0, abs=0.1)
