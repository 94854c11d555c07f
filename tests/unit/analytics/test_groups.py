"""Groups: who came in together and stayed near each other."""

from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stages.base import AnyStage, Ending, RoleKnown, Said, StageContext, TimeStep
from analytics.stages.groups import GroupsSettings
from analytics.stages.ways import WayEnded, WayPoint, WaysSeen
from domain.events import GroupEnded, StreamIdentity
from domain.geometry import Point
from tests.support.analytics import observation
from tests.support.walking import after

HEIGHT = 100.0


class Street:
    """The stage, with five frames a second, and everybody 100 pixels tall: 100 pixels are 1.7 m."""

    def __init__(self, settings: GroupsSettings | None = None) -> None:
        context = StageContext(StreamIdentity("door"), lost_after_s=3, allowed_lateness_s=2)
        self.stage: AnyStage = (settings or GroupsSettings()).build(context)
        self.said: list[Said] = []
        self.frames = 0

    def go(self, ways: Mapping[int, Sequence[Point | None]]) -> "Street":
        """Each along a way of its own, a place in each frame."""
        for places in zip(*ways.values(), strict=True):
            there = [(way, place) for way, place in zip(ways, places, strict=True) if place is not None]
            moment = after(self.frames)
            seen = WaysSeen(moment, "file", tuple(_point(way, place) for way, place in there))
            self._hear(seen)
            self.frames += 1
        return self

    def be(self, role: RoleKnown) -> "Street":
        self._hear(role)
        return self

    def leave(self, *ways: int) -> "Street":
        ended = tuple(WayEnded(way, "lost") for way in ways)
        self.said += self.stage.advance(TimeStep(after(self.frames), "file", heard=ended))
        return self

    def close(self, *ways: int) -> "Street":
        ended = tuple(WayEnded(way, "stream-end") for way in ways)
        self.said += self.stage.finish(Ending("stream-end", after(self.frames), "file", heard=ended))
        return self

    def _hear(self, note: Said) -> None:
        self.said += self.stage.observe(observation(after(self.frames), {}, (note,)))

    @property
    def groups(self) -> list[GroupEnded]:
        return [one for one in self.said if isinstance(one, GroupEnded)]

    @property
    def tracks(self) -> list[list[int]]:
        return [[member.track_id for member in group.members] for group in self.groups]


def _point(way: int, place: Point) -> WayPoint:
    return WayPoint(
        way=way, track_id=way, x=place[0], y=place[1], height=HEIGHT, foot="seen", confidence=0.9, metres=None,
        speed_m_s=None, unseen_s=0.0, joined=False,
    )  # fmt: skip


def walk(x: float, y: float, frames: int = 40, step: float = 10.0) -> list[Point | None]:
    """To the right, 10 pixels a frame: 0.85 m/s."""
    return [(x + step * frame, y) for frame in range(frames)]


def test_two_who_walk_side_by_side_are_a_group() -> None:
    street = Street().go({1: walk(0, 200), 2: walk(0, 240)}).leave(1)
    assert street.groups == []
    (group,) = street.leave(2).groups
    assert (group.size, group.started_at, group.event_time) == (2, after(0), after(39))
    assert group.together_s == group.duration_s == pytest.approx(7.8)
    assert group.confidence == 1.0


def test_two_who_walk_far_from_each_other_are_none() -> None:
    assert Street().go({1: walk(0, 200), 2: walk(0, 400)}).leave(1, 2).groups == []


def test_two_who_pass_each_other_are_none() -> None:
    ways = {1: walk(0, 200), 2: walk(400, 220, step=-10)}
    assert Street().go(ways).leave(1, 2).groups == []


def test_whoever_overtakes_another_is_not_with_that_one() -> None:
    ways = {1: walk(0, 200, step=4), 2: walk(-60, 220, step=16)}
    assert Street().go(ways).leave(1, 2).groups == []


def test_whoever_comes_much_later_to_the_same_place_has_come_alone() -> None:
    stands: list[Point | None] = [(300.0, 200.0)] * 80
    later: list[Point | None] = [*[None] * 30, *[(340.0, 200.0)] * 50]
    assert Street().go({1: stands, 2: later}).leave(1, 2).groups == []


def test_three_of_whom_the_outer_ones_are_far_apart_are_one_group() -> None:
    ways = {1: walk(0, 100), 2: walk(0, 200), 3: walk(0, 300)}
    assert Street().go(ways).leave(3, 1, 2).tracks == [[1, 2, 3]]


def test_a_group_is_said_when_its_last_member_is_gone_and_once() -> None:
    street = Street().go({1: walk(0, 200), 2: walk(0, 240)}).leave(2)
    street.go({1: walk(400, 200)}).leave(1)
    assert street.tracks == [[1, 2]]
    (group,) = street.groups
    assert (group.event_time, group.members[1].ended_at) == (after(79), after(39))
    assert street.close().tracks == [[1, 2]]


def test_time_in_which_one_of_them_is_hidden_counts_neither_way() -> None:
    hidden: list[Point | None] = [*walk(0, 240, 20), *[None] * 10, *walk(300, 240, 10)]
    (group,) = Street().go({1: walk(0, 200), 2: hidden}).leave(1, 2).groups
    assert group.confidence == 1.0
    assert group.together_s == pytest.approx(5.8)


def test_staff_are_in_no_group() -> None:
    street = Street().go({1: walk(0, 200, 20), 2: walk(0, 240, 20)})
    street.be(RoleKnown(2, 2, "staff")).go({1: walk(200, 200, 20), 2: walk(200, 240, 20)})
    assert street.leave(1, 2).groups == []


def test_two_customers_whom_only_staff_links_are_no_group() -> None:
    street = Street().go({1: walk(0, 100), 2: walk(0, 200), 3: walk(0, 300)})
    assert street.be(RoleKnown(2, 2, "staff")).leave(1, 2, 3).groups == []


def test_what_is_near_is_a_setting() -> None:
    near = Street(GroupsSettings(near_m=0.5)).go({1: walk(0, 200), 2: walk(0, 240)}).leave(1, 2)
    assert near.groups == []


@settings(max_examples=40, deadline=None)
@given(
    starts=st.lists(st.tuples(st.integers(0, 300), st.integers(100, 400)), min_size=1, max_size=6),
    chance=st.randoms(use_true_random=False),
)
def test_nobody_is_in_two_groups_and_the_order_of_leaving_changes_none(
    starts: list[tuple[int, int]], chance: Random
) -> None:
    ways = {way: walk(x, y, 25) for way, (x, y) in enumerate(starts, 1)}
    one, other = Street().go(ways).leave(*ways), Street().go(ways)
    order = list(ways)
    chance.shuffle(order)
    for way in order:
        other.leave(way)
    members = [track for group in one.tracks for track in group]
    assert len(members) == len(set(members))
    assert sorted(one.tracks) == sorted(other.tracks)
