"""Ways go on where a track breaks off, if nobody else is in question."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.clothing import NOTHING_TOLD
from analytics.feet import NO_FOOT, Foot
from analytics.floor import Floor
from analytics.stages.base import Said, SeenPerson, StageContext, TimeStep
from analytics.stages.ways import WayEnded, WayPoint, WaysSeen, WaysSettings, WaysStage
from domain.events import StreamIdentity
from domain.geometry import Point
from tests.support.analytics import observation
from tests.support.events import START

_BLANK = observation(START, {1: NOTHING_TOLD})
_VIEW = _BLANK.persons[0].view


class Camera:
    """Shows people to the stage."""

    def __init__(self, settings: WaysSettings | None = None, floor: Floor = _BLANK.floor) -> None:
        context = StageContext(StreamIdentity("door"), lost_after_s=3, allowed_lateness_s=2)
        self.stage = WaysStage(settings or WaysSettings(), context)
        self._floor = floor

    def show(self, second: float, people: Mapping[int, Point | None], height: float = 100.0) -> list[Said]:
        """Those tracks in those places; None where the feet are not known."""
        moment = START + timedelta(seconds=second)
        persons = [
            SeenPerson(
                track, _VIEW, NOTHING_TOLD, NO_FOOT if place is None else Foot("seen", *place, 0.9, height)
            )
            for track, place in people.items()
        ]
        frame = replace(_BLANK.frame, event_time=moment)
        seen = replace(_BLANK, frame=frame, persons=persons, floor=self._floor)
        return [*self.stage.observe(seen), *self.stage.advance(TimeStep(moment, "file"))]

    def points(
        self, second: float, people: Mapping[int, Point | None], height: float = 100.0
    ) -> list[WayPoint]:
        """What is said of their places."""
        said = self.show(second, people, height)
        return [point for one in said if isinstance(one, WaysSeen) for point in one.points]


def test_a_track_that_begins_where_another_was_lost_is_the_same_way() -> None:
    camera = Camera()
    camera.show(0.0, {1: (100, 100)})
    camera.show(0.2, {})
    (point,) = camera.points(0.4, {2: (120, 100)})
    assert (point.way, point.track_id, point.joined) == (1, 2, True)
    assert point.unseen_s == pytest.approx(0.2)
    (point,) = camera.points(0.6, {2: (130, 100)})
    assert (point.way, point.joined, point.unseen_s) == (1, False, 0.0)


@pytest.mark.parametrize(
    ("settings", "second", "place", "height"),
    [
        (WaysSettings(join_s=0), 0.4, (120.0, 100.0), 100.0),
        (WaysSettings(join_s=0.3), 0.4, (120.0, 100.0), 100.0),
        (WaysSettings(), 0.4, (300.0, 100.0), 100.0),
        (WaysSettings(), 0.4, (120.0, 100.0), 60.0),
    ],
    ids=["none are joined", "too late", "too far", "too small"],
)
def test_what_cannot_be_the_same_person_is_another_way(
    settings: WaysSettings, second: float, place: Point, height: float
) -> None:
    camera = Camera(settings)
    camera.show(0.0, {1: (100, 100)})
    camera.show(0.2, {})
    (point,) = camera.points(second, {2: place}, height)
    assert (point.way, point.joined) == (2, False)


def test_where_two_are_in_question_nobody_is_joined() -> None:
    lost = Camera()
    lost.show(0.0, {1: (100, 100), 2: (110, 100)})
    assert [point.way for point in lost.points(0.2, {3: (105, 100)})] == [3]
    begun = Camera()
    begun.show(0.0, {1: (100, 100)})
    assert [point.way for point in begun.points(0.2, {2: (105, 100), 3: (110, 100)})] == [2, 3]


def test_who_is_still_seen_is_not_joined() -> None:
    camera = Camera()
    camera.show(0.0, {1: (100, 100)})
    assert [point.way for point in camera.points(0.2, {1: (100, 100), 2: (105, 100)})] == [1, 2]


def test_time_without_a_place_is_time_out_of_sight() -> None:
    camera = Camera()
    camera.show(0.0, {1: (100, 100)})
    assert camera.points(0.2, {1: None}) == []
    (point,) = camera.points(0.4, {1: (100, 100)})
    assert point.unseen_s == pytest.approx(0.2)


def test_a_frame_that_comes_too_late_gives_no_place() -> None:
    camera = Camera()
    camera.show(0.4, {1: (100, 100)})
    assert camera.show(0.2, {1: (120, 100)}) == []


def test_who_is_not_seen_for_too_long_is_gone() -> None:
    camera = Camera()
    camera.show(0.0, {1: (100, 100)})
    assert not [one for one in camera.show(3.0, {}) if isinstance(one, WayEnded)]
    assert [one for one in camera.show(3.2, {}) if isinstance(one, WayEnded)] == [WayEnded(1, "lost")]


def test_speed_is_metres_a_second_once_half_a_second_is_known() -> None:
    hundred_pixels_a_metre = (0.01, 0.0, 0.0, 0.0, 0.01, 0.0, 0.0, 0.0, 1.0)
    camera = Camera(floor=Floor(640, 360, to_metres=hundred_pixels_a_metre))
    speeds = [camera.points(0.2 * n, {1: (100 + 30 * n, 100)})[0].speed_m_s for n in range(4)]
    assert speeds == [None, None, pytest.approx(1.5), pytest.approx(1.5)]
