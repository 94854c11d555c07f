"""Who comes back, told by clothes."""

from collections.abc import Sequence

import numpy as np
import pytest

from analytics.appearance import Appearance, likeness
from analytics.building import build_analytics
from analytics.clothing import GarmentMinima, clothes_of
from analytics.floor import Floor
from analytics.illuminant import NEUTRAL
from analytics.stages.staff import StaffSettings
from analytics.stages.visitors import VisitorsSettings
from analytics.stages.visits import VisitsSettings
from config.component import Component
from domain.events import Event, VisitorSeen
from tests.support.wardrobe import BLACK, BLUE, GREY, RED, Person, drawn, walker

NOBODY: tuple[int, Person] | None = None
STAYS_AWAY = 20
"""Frames, at five a second: four seconds, longer than a track lives."""


def run(
    frames: Sequence[tuple[int, Person] | None], settings: VisitorsSettings | None = None, **more: Component
) -> list[VisitorSeen]:
    """One person at a time, under a track's number."""
    stages: dict[str, Component] = {
        "visits": VisitsSettings(),
        "visitors": settings or VisitorsSettings(),
        **more,
    }
    analytics = build_analytics("door", 3.0, stages)
    said: list[Event] = []
    for index, here in enumerate(frames):
        frame, parsed = drawn([here[1]] if here else [], index)
        said += analytics.observe(frame, parsed, np.array([here[0]] if here else [], np.int64))
    said += analytics.finish(len(frames), len(frames))
    return [one for one in said if isinstance(one, VisitorSeen)]


def visit(track: int, person: Person, frames: int = 8) -> list[tuple[int, Person] | None]:
    return [(track, person)] * frames


def away(frames: int = STAYS_AWAY) -> list[tuple[int, Person] | None]:
    return [NOBODY] * frames


def test_whoever_comes_back_in_the_same_clothes_is_the_same_visitor() -> None:
    first, again = run([*visit(1, walker(20)), *away(), *visit(2, walker(200))])
    assert (first.visitor, first.visit, first.seen, first.away_s) == (1, 1, "first", None)
    assert (again.visitor, again.visit, again.seen) == (1, 2, "again")
    assert again.away_s == pytest.approx((STAYS_AWAY + 1) / 5)
    assert again.likeness > 0.95


def test_whoever_comes_in_other_clothes_is_somebody_else() -> None:
    first, other = run([*visit(1, walker(20)), *away(), *visit(2, walker(20, upper=BLUE))])
    assert (first.visitor, other.visitor, other.seen) == (1, 2, "first")


def test_whoever_is_away_for_longer_is_somebody_new() -> None:
    frames = [*visit(1, walker(20)), *away(), *visit(2, walker(20))]
    assert [one.seen for one in run(frames, VisitorsSettings(return_s=3.5))] == ["first", "first"]


def test_two_who_are_here_at_once_are_two() -> None:
    analytics = build_analytics("door", 3.0, {"visits": VisitsSettings(), "visitors": VisitorsSettings()})
    for index in range(10):
        frame, parsed = drawn([walker(20), walker(200)], index)
        analytics.observe(frame, parsed, np.array([1, 2], np.int64))
    said = [one for one in analytics.finish(10, 10) if isinstance(one, VisitorSeen)]
    assert [one.visitor for one in said] == [1, 2]


def test_where_two_are_dressed_alike_nobody_is_said_to_be_back() -> None:
    twins = [*visit(1, walker(20)), *away(), *visit(2, walker(60, lower=GREY)), *away()]
    analytics = run([*twins, *visit(3, walker(120))], VisitorsSettings(least_likeness=0.3, margin=0.9))
    assert [one.seen for one in analytics] == ["first", "first", "first"]


def test_a_third_visit_is_counted_on() -> None:
    frames = [*visit(1, walker(20)), *away(), *visit(2, walker(20)), *away(), *visit(3, walker(20))]
    assert [(one.visitor, one.visit) for one in run(frames)] == [(1, 1), (1, 2), (1, 3)]


def test_staff_are_no_visitors() -> None:
    staff = StaffSettings(wears=({"upper-clothes": "red"},), least_views=1)
    frames = [*visit(1, walker(20)), *away(), *visit(2, walker(20, upper=BLUE))]
    assert [one.track_id for one in run(frames, staff=staff)] == [2]


def test_no_event_and_no_state_after_the_end_holds_what_somebody_looks_like() -> None:
    stages: dict[str, Component] = {"visits": VisitsSettings(), "visitors": VisitorsSettings(return_s=2)}
    analytics = build_analytics("door", 1.0, stages)
    said: list[Event] = []
    for index in range(40):
        frame, parsed = drawn([walker(20)] if index < 8 else [], index)
        said += analytics.observe(frame, parsed, np.array([1] if index < 8 else [], np.int64))
    state = analytics.snapshot().stages["visitors"].state
    assert state["open"] == []
    (seen,) = [one for one in said if isinstance(one, VisitorSeen)]
    assert not set(type(seen).model_fields) & {"appearance", "bins", "signature"}


def look_of(person: Person) -> Appearance:
    frame, parsed = drawn([person])
    appearance = Appearance()
    (clothing,) = clothes_of(parsed.persons(), frame.image, NEUTRAL, GarmentMinima())
    appearance.look(clothing.patches, NEUTRAL)
    return appearance


def test_likeness_falls_with_the_clothes_that_differ() -> None:
    one = look_of(walker(20))
    same, other_legs, other = (
        likeness(one, look_of(walker(90, *colors))) for colors in ((RED, BLACK), (RED, BLUE), (BLUE, RED))
    )
    assert same > 0.95 > other_legs > other
    assert other < 0.3


def test_likeness_is_the_same_both_ways_and_says_nothing_of_whom_nothing_is_known() -> None:
    one, other = look_of(walker(20)), look_of(walker(20, GREY, BLUE))
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert likeness(one, Appearance()) == 0.0


def test_somebody_of_another_height_is_less_alike() -> None:
    floor = Floor(320, 180, to_metres=(0.0125, 0.0, 0.0, 0.0, 0.0125, 0.0, 0.0, 0.0, 1.0))
    tall, small = look_of(walker(20)), look_of(walker(20))
    tall.measure((40.0, 160.0), 152.0, floor)
    small.measure((40.0, 160.0), 120.0, floor)
    assert tall.height_m == pytest.approx(1.9)
    assert likeness(tall, small) < 0.3 < likeness(tall, tall)


def test_no_saved_state_tells_what_anybody_looks_like() -> None:
    states = []
    for upper in (BLUE, GREY):
        analytics = build_analytics(
            "door", 1.0, {"visits": VisitsSettings(), "visitors": VisitorsSettings(site="mall")}
        )
        for index in range(20):
            frame, parsed = drawn([walker(20, upper=upper)] if index < 8 else [], index)
            analytics.observe(frame, parsed, np.array([1] if index < 8 else [], np.int64))
        states.append(analytics.snapshot().stages["visitors"].state)
    assert states[0] == states[1]
