"""Ways go on where a track breaks off, if nobody else is in question."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.clothing import NOTHING_TOLD
from analytics.floor import Floor
from analytics.foot import NO_FOOT, Foot
from analytics.stages.base import Said, SeenPerson, StageContext, TimeStep
from analytics.stages.ways import (
    TrackJoined,
    TracksSwapped,
    WayEnded,
    WayPoint,
    WaysBegun,
    WaysSeen,
    WaysSettings,
    WaysStage,
    WaysState,
)
from domain.events import FootSeen, StreamIdentity
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

    def show(
        self,
        second: float,
        people: Mapping[int, Point | None],
        height: float = 100.0,
        *,
        nameless: Sequence[Point] = (),
        foot: FootSeen = "seen",
    ) -> list[Said]:
        """Those tracks in those places, None where the feet are not known; and others who have no track yet."""
        moment = START + timedelta(seconds=second)
        persons = [
            SeenPerson(
                track, _VIEW, NOTHING_TOLD, NO_FOOT if place is None else Foot(foot, *place, 0.9, height)
            )
            for track, place in [*people.items(), *((None, place) for place in nameless)]
        ]
        frame = replace(_BLANK.frame, event_time=moment)
        seen = replace(_BLANK, frame=frame, persons=persons, floor=self._floor)
        return [*self.stage.observe(seen), *self.stage.advance(TimeStep(moment, "file"))]

    def points(
        self, second: float, people: Mapping[int, Point | None], height: float = 100.0
    ) -> list[WayPoint]:
        """What is said of their places."""
        said = self.show(second, people, height)
        return [point for one in said if isinstance(one, WaysBegun | WaysSeen) for point in one.points]


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
    lost.show(0.0, {1: (60, 100), 2: (150, 100)})
    assert [point.way for point in lost.points(0.2, {3: (105, 100)})] == [3]
    begun = Camera()
    begun.show(0.0, {1: (100, 100)})
    assert [point.way for point in begun.points(0.2, {2: (105, 100), 3: (110, 100)})] == [2, 3]


def test_of_two_who_walked_side_by_side_either_goes_on_and_then_the_other() -> None:
    camera = Camera()
    for step in range(4):
        camera.show(0.2 * step, {1: (100 + 20 * step, 100), 2: (110 + 20 * step, 108)})
    assert [point.way for point in camera.points(1.0, {3: (206, 104)})] == [2]
    assert [point.way for point in camera.points(1.2, {3: (226, 104), 4: (222, 104)})] == [2, 1]


def test_of_two_who_walked_against_each_other_neither_goes_on_where_it_is_not_clear_who() -> None:
    camera = Camera()
    for step in range(4):
        camera.show(0.2 * step, {1: (100 + 10 * step, 100), 2: (190 - 10 * step, 100)})
    assert [point.way for point in camera.points(1.0, {3: (145, 104)})] == [3]


def test_a_track_whose_feet_are_hidden_is_not_taken_for_missing() -> None:
    camera = Camera()
    for step in range(5):
        camera.show(0.2 * step, {1: (100 + 20 * step, 140), 2: (280 - 20 * step, 100)})
    said = camera.show(1.0, {2: (200, 140), 1: None})
    assert not [one for one in said if isinstance(one, TracksSwapped)]


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


def test_whose_track_is_confirmed_has_been_there_before() -> None:
    camera = Camera()
    camera.show(0.0, {}, nameless=[(100, 100), (400, 100)])
    camera.show(0.2, {}, nameless=[(120, 100), (400, 100)])
    seen = [one for one in camera.show(0.4, {1: (140, 100)}) if isinstance(one, WaysBegun | WaysSeen)]
    places = [(one.moment, point.way, point.place) for one in seen for point in one.points]
    assert places == [
        (START + timedelta(seconds=second), 1, (x, 100)) for second, x in ((0.0, 100), (0.2, 120), (0.4, 140))
    ]


def test_who_is_missed_before_the_track_is_confirmed_begins_anew() -> None:
    camera = Camera()
    camera.show(0.0, {}, nameless=[(100, 100)])
    camera.show(0.2, {})
    camera.show(0.4, {}, nameless=[(120, 100)])
    assert [point.place for point in camera.points(0.6, {1: (140, 100)})] == [(120, 100), (140, 100)]


def test_where_two_were_before_neither_is_taken_for_the_beginning() -> None:
    camera = Camera()
    camera.show(0.0, {}, nameless=[(100, 100), (110, 100)])
    assert [point.place for point in camera.points(0.2, {1: (105, 100)})] == [(105, 100)]


def test_a_lost_way_goes_on_from_before_the_new_track_is_confirmed() -> None:
    camera = Camera()
    camera.show(0.0, {1: (100, 100)})
    camera.show(0.2, {}, nameless=[(120, 100)])
    said = camera.show(0.4, {2: (140, 100)})
    assert TrackJoined(1, 2) in said
    points = [point for one in said if isinstance(one, WaysBegun | WaysSeen) for point in one.points]
    assert [(point.way, point.place, point.joined, point.unseen_s) for point in points] == [
        (1, (120, 100), True, 0.0),
        (1, (140, 100), False, 0.0),
    ]


def test_a_place_that_is_too_far_away_is_believed_when_it_is_seen_twice() -> None:
    camera = Camera()
    camera.show(0.0, {1: (100, 100)})
    assert camera.points(0.2, {1: (300, 100)}) == []
    assert [point.place for point in camera.points(0.4, {1: (102, 100)})] == [(102, 100)]
    assert camera.points(0.6, {1: (300, 100)}) == []
    assert [point.place for point in camera.points(0.8, {1: (310, 100)})] == [(310, 100)]


def test_of_two_estimates_the_one_that_is_less_of_a_step_is_taken() -> None:
    camera = Camera()
    top = float(_VIEW.top)
    camera.show(0.0, {1: (100, top + 100)}, height=100)
    said = camera.show(0.2, {1: (100, top + 160)}, height=160, foot="estimated")
    ((point,),) = [one.points for one in said if isinstance(one, WaysSeen)]
    assert (point.y, point.height) == (top + 100, 100)


def test_of_two_who_are_lost_the_one_who_was_walking_there_goes_on() -> None:
    camera = Camera()
    for step in range(4):
        camera.show(0.2 * step, {1: (100 + 20 * step, 100), 2: (190, 100)})
    # The first would be in column 220 now.
    assert [point.way for point in camera.points(1.2, {7: (188, 100), 8: (215, 100)})] == [2, 1]


def test_ways_that_begin_go_on_from_a_snapshot() -> None:
    camera, again = Camera(), Camera()
    camera.show(0.0, {1: (300, 100)}, nameless=[(100, 100)])
    again.stage.restore(WaysState.model_validate_json(camera.stage.snapshot().model_dump_json()))
    assert again.show(0.2, {1: (310, 100), 2: (120, 100)}) == camera.show(0.2, {1: (310, 100), 2: (120, 100)})


def ways_of(said: Sequence[Said]) -> dict[int, int]:
    """The way of each track that is seen."""
    return {point.track_id: point.way for one in said if isinstance(one, WaysSeen) for point in one.points}


def test_where_two_pass_and_their_tracks_are_swapped_the_ways_go_on() -> None:
    camera = Camera()
    for step in range(5):
        camera.show(0.2 * step, {1: (100 + 20 * step, 100), 2: (280 - 20 * step, 120)})
    said = camera.show(1.0, {2: (200, 100), 1: (180, 120)})
    assert [one for one in said if isinstance(one, TracksSwapped)] == [TracksSwapped(1, 2)]
    assert ways_of(said) == {2: 1, 1: 2}
    assert ways_of(camera.show(1.2, {2: (220, 100), 1: (160, 120)})) == {2: 1, 1: 2}


def test_a_track_that_goes_over_to_who_is_in_front_leaves_the_hidden_one_to_the_next_track() -> None:
    camera = Camera()
    for step in range(5):
        camera.show(0.2 * step, {1: (100 + 20 * step, 140), 2: (280 - 20 * step, 100)})
    said = camera.show(1.0, {2: (200, 140)})
    assert [one for one in said if isinstance(one, TracksSwapped)] == [TracksSwapped(1, 2)]
    assert ways_of(said) == {2: 1}
    said = camera.show(1.4, {2: (240, 140), 3: (140, 100)})
    assert [one for one in said if isinstance(one, TrackJoined)] == [TrackJoined(1, 3)]
    assert ways_of(said) == {2: 1, 3: 2}


def test_who_turns_round_where_two_meet_has_not_been_swapped() -> None:
    camera = Camera()
    for step in range(5):
        camera.show(0.2 * step, {1: (100 + 15 * step, 100), 2: (280 - 15 * step, 104)})
    said = camera.show(1.0, {1: (155, 100), 2: (225, 104)})
    assert ways_of(said) == {1: 1, 2: 2}


@settings(deadline=None)
@given(
    rows=st.tuples(st.floats(80, 150), st.floats(80, 150)).filter(lambda rows: abs(rows[0] - rows[1]) > 24),
    swaps_at=st.integers(3, 12),
    paces=st.tuples(st.floats(8, 30), st.floats(8, 30)),
    hidden=st.booleans(),
)
def test_wherever_the_tracks_of_two_who_pass_are_swapped_each_keeps_the_way(
    rows: tuple[float, float], swaps_at: int, paces: tuple[float, float], hidden: bool
) -> None:
    camera, length = Camera(), 16
    for step in range(length):
        swapped = step >= swaps_at
        first, second = (2, 1) if swapped else (1, 2)
        places = {
            first: (300 + paces[0] * (step - swaps_at), rows[0]),
            second: (300 - paces[1] * (step - swaps_at), rows[1]),
        }
        if hidden and step == swaps_at:
            del places[second]
        said = camera.show(0.2 * step, dict(places))
    assert ways_of(said) == {2: 1, 1: 2}
