"""Where people stand and which way they go."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.floor import NO_PLAN, FloorPlan
from analytics.presence import direction, steps_between
from analytics.stages.presence import PresenceSettings
from domain.events import PresenceMapped
from domain.geometry import Point
from tests.support.analytics import observation
from tests.support.events import START
from tests.support.walking import FRAME_S, Walk, along_row

# `Walk` shows its people in pictures of this size.
_FRAME = observation(START, {}).frame
WIDE, HIGH = _FRAME.width, _FRAME.height
SETTINGS = PresenceSettings(interval_s=60, columns=10)
CELL = WIDE / 10
CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
TEN_BY_FIVE_METRES = ((0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 5.0))


def maps(walked: Walk) -> list[PresenceMapped]:
    return [one for one in walked.said if isinstance(one, PresenceMapped)]


def mapped(*places: Point | None, plan: FloorPlan = NO_PLAN) -> PresenceMapped:
    (only,) = maps(Walk(SETTINGS, plan).go(*places).end("stream-end"))
    return only


def seconds(told: PresenceMapped) -> dict[tuple[int, int], float]:
    return {(cell.across, cell.down): cell.seconds for cell in told.cells}


def test_who_stands_is_counted_in_one_cell() -> None:
    told = mapped(*[(2.5 * CELL, 1.5 * CELL)] * 11)
    assert seconds(told) == {(2, 1): pytest.approx(10 * FRAME_S)}
    assert told.flows == ()
    assert (told.columns, told.rows) == (10, round(10 * HIGH / WIDE))
    assert (told.event_time - told.interval_start).total_seconds() == told.interval_s == 60


def test_who_walks_is_counted_in_every_cell_on_the_way() -> None:
    told = mapped((0.5 * CELL, 0.5 * CELL), (4.4 * CELL, 0.5 * CELL))
    assert set(seconds(told)) == {(0, 0), (1, 0), (2, 0), (3, 0)}
    assert sum(seconds(told).values()) == pytest.approx(FRAME_S)


def test_the_usual_way_is_told_by_where_people_go_on() -> None:
    row = along_row(0.5 * CELL, [column * CELL for column in (0.5, 1.5, 2.5, 3.5, 4.5)])
    told = mapped(*row)
    assert [(flow.across, flow.toward, flow.persons) for flow in told.flows] == [
        (0, "right", 1),
        (2, "right", 1),
    ]


def test_somebody_out_of_sight_for_a_moment_was_there_and_for_long_was_not() -> None:
    place = (2.5 * CELL, 1.5 * CELL)
    assert sum(seconds(mapped(place, None, None, place)).values()) == pytest.approx(3 * FRAME_S)
    assert seconds(mapped(place, *[None] * 20, place)) == {}


def test_a_calibrated_camera_tells_the_area_of_a_cell() -> None:
    told = mapped(*[(2.5 * CELL, 1.5 * CELL)] * 3, plan=FloorPlan(picture=CORNERS, metres=TEN_BY_FIVE_METRES))
    assert told.cells[0].square_metres == pytest.approx(5 / told.rows, rel=1e-3)


def test_an_interval_is_told_once_nothing_more_is_expected_and_holds_what_was_in_it() -> None:
    walked = Walk(SETTINGS, NO_PLAN)
    place = (2.5 * CELL, 1.5 * CELL)
    walked.go(*[place] * round(100 / FRAME_S))
    first = maps(walked)
    assert len(first) == 1
    both = maps(walked.end("stream-end"))
    assert sum(sum(seconds(one).values()) for one in both) == pytest.approx(100 - FRAME_S, abs=0.01)
    assert both[1].interval_start - both[0].interval_start == timedelta(seconds=60)


def test_what_it_remembers_is_bounded_by_its_cells() -> None:
    walked = Walk(SETTINGS, NO_PLAN)
    for way in range(1, 40):
        walked.go(*along_row(1.5 * CELL, [CELL * (step % 10) for step in range(12)]), way=way).end(way=way)
    state = walked.stage.snapshot()
    assert len(state.walkers) <= 1
    assert sum(len(one.tally.present_us) + len(one.tally.went) for one in state.open) <= 10 * 10 * 9 * 2


@pytest.mark.parametrize(
    ("to", "number"), [((3, 0), 0), ((3, 3), 1), ((0, 3), 2), ((-3, 0), 4), ((0, -3), 6), ((1, 1), None)]
)
def test_directions_are_those_of_the_picture(to: Point, number: int | None) -> None:
    assert direction((0.0, 0.0), to) == number


@settings(max_examples=60, deadline=None)
@given(
    places=st.lists(
        st.tuples(st.floats(-50, 2.0 * WIDE), st.floats(-50, 2.0 * HIGH)) | st.none(), min_size=2, max_size=20
    )
)
def test_seconds_add_up_to_the_time_between_places(places: list[Point | None]) -> None:
    known = [index for index, place in enumerate(places) if place is not None]
    total = sum(seconds(mapped(*places)).values()) if known else 0.0
    between = [(one - other) * FRAME_S for other, one in pairwise(known)]
    assert total == pytest.approx(sum(one for one in between if one <= 3.0), abs=0.02)


def test_steps_between_two_places_are_about_one_in_each_cell() -> None:
    steps = list(steps_between((0.0, 0.0), (3.0, 1.0)))
    assert [share for share, _ in steps] == [pytest.approx(1 / 6), pytest.approx(0.5), pytest.approx(5 / 6)]
