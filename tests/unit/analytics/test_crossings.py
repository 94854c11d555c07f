"""Who crosses a line counts once, and on the right hand."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.floor import FloorPlan, Line
from analytics.stages.crossings import CrossingsSettings
from domain.events import LineCrossed
from domain.geometry import Point
from tests.support.walking import Walk, after, along_row

TOP, BOTTOM = (320.0, 100.0), (320.0, 300.0)
# Who looks down the picture has its left side on the right hand.
DOWNWARDS = Line("door", TOP, BOTTOM, 1)
PLAN = FloorPlan(lines=(DOWNWARDS,))
FROM_LEFT, FROM_RIGHT = range(200, 441, 20), range(440, 199, -20)
RANDOMLY = settings(max_examples=60, deadline=None)


def walk(plan: FloorPlan = PLAN) -> Walk:
    return Walk(CrossingsSettings(clear_share=0.06, settle_s=0.15), plan)


def told(walked: Walk) -> list[tuple[str, str]]:
    """Direction and certainty of each crossing, in order."""
    return [(one.direction, one.certainty) for one in crossings(walked)]


def crossings(walked: Walk) -> list[LineCrossed]:
    return [one for one in walked.said if isinstance(one, LineCrossed)]


@pytest.mark.parametrize(
    ("line", "from_the_left"),
    [
        (Line("door", TOP, BOTTOM, 1), "out"),
        (Line("door", TOP, BOTTOM, -1), "in"),
        (Line("door", BOTTOM, TOP, 1), "in"),
        (Line("door", BOTTOM, TOP, -1), "out"),
    ],
)
def test_which_hand_is_inside_goes_by_who_looks_along_the_line(line: Line, from_the_left: str) -> None:
    plan, back = FloorPlan(lines=(line,)), "in" if from_the_left == "out" else "out"
    assert told(walk(plan).go(*along_row(200, FROM_LEFT)).end()) == [(from_the_left, "seen")]
    assert told(walk(plan).go(*along_row(200, FROM_RIGHT)).end()) == [(back, "seen")]


def test_moment_and_place_are_between_the_two_frames() -> None:
    (crossing,) = crossings(walk().go(*along_row(150, (240, 280, 310, 350, 400))).end())
    assert crossing.event_time == after(2.25)
    assert crossing.line_position == 0.25
    assert crossing.track_id == 1


def test_who_comes_in_and_goes_out_has_crossed_twice() -> None:
    there_and_back = [*along_row(200, FROM_RIGHT), *along_row(200, FROM_LEFT)]
    assert told(walk().go(*there_and_back).end()) == [("in", "seen"), ("out", "seen")]


def test_who_dithers_on_the_line_counts_once() -> None:
    dithering = [325, 316, 323, 318, 324, 317, 325, 316]
    assert told(walk().go(*along_row(200, [440, 380, *dithering, 260, 200])).end()) == [("in", "seen")]


def test_two_places_that_err_in_a_row_are_no_crossing_while_somebody_dithers() -> None:
    waits = [323, 318, 324, 317, 322, 311, 311, 322]
    assert told(walk().go(*along_row(200, [440, 380, *waits, 380, 440])).end()) == []
    assert told(walk().go(*along_row(200, [440, 380, *waits[:5], 311, 311, 311, 311, 311])).end()) == [
        ("in", "seen")
    ]


def test_who_stands_right_behind_the_line_has_crossed_it_after_a_while_or_when_lost() -> None:
    comes = [440, 380, 330]
    assert told(walk().go(*along_row(200, [*comes, *[313] * 3, 330, 380])).end()) == []
    assert told(walk().go(*along_row(200, [*comes, *[313] * 7, 330, 380])).end())[:1] == [("in", "seen")]
    assert told(walk().go(*along_row(200, [*comes, 313])).end()) == [("in", "seen")]


def test_who_dithers_and_turns_back_does_not_count() -> None:
    assert told(walk().go(*along_row(200, [440, 380, 325, 316, 324, 317, 380, 440])).end()) == []


def test_one_place_that_errs_is_no_crossing() -> None:
    assert told(walk().go(*along_row(200, [440, 380, 325, 311, 322, 311, 326, 380, 440])).end()) == []


def test_whoever_is_far_behind_the_line_at_once_has_crossed_it() -> None:
    assert told(walk().go(*along_row(200, [440, 380, 300, 380, 440])).end()) == [
        ("in", "seen"),
        ("out", "seen"),
    ]


def test_an_estimated_foot_must_be_twice_as_far() -> None:
    to_and_fro = along_row(200, [440, 380, 330, 311, 311, 329, 329, 311, 311, 330, 380, 440])
    assert told(walk().go(*to_and_fro, foot="estimated").end()) == []
    assert told(walk().go(*to_and_fro).end()) == [("in", "seen"), ("out", "seen")] * 2


@pytest.mark.parametrize("row", [60, 340])
def test_who_goes_round_the_end_of_the_line_has_not_crossed_it(row: float) -> None:
    assert told(walk().go(*along_row(row, FROM_RIGHT)).end()) == []


def test_who_goes_round_the_end_and_comes_back_across_has_crossed_once() -> None:
    assert told(walk().go(*along_row(60, FROM_RIGHT), *along_row(200, FROM_LEFT)).end()) == [("out", "seen")]


def test_who_is_lost_on_one_side_and_goes_on_under_another_number_is_joined() -> None:
    walked = walk().go(*along_row(200, (440, 380, 340))).go(None, None)
    walked.go(*along_row(200, (300, 240, 200)), track=7).end()
    assert told(walked) == [("in", "joined")]
    assert crossings(walked)[0].track_id == 7


def test_who_is_joined_far_from_the_line_has_been_seen_on_both_its_sides() -> None:
    walked = walk().go(*along_row(200, (440, 400)), None).go(*along_row(200, (380, 340, 300, 240)), track=7)
    assert told(walked.end()) == [("in", "seen")]


@pytest.mark.parametrize(("columns", "direction"), [((440, 380, 340), "in"), ((200, 260, 300), "out")])
def test_who_is_lost_near_the_line_may_have_crossed_it(columns: Sequence[float], direction: str) -> None:
    assert told(walk().go(*along_row(200, columns)).end()) == [(direction, "uncertain")]
    assert told(walk().go(*along_row(200, columns)).end("stream-end")) == []


@pytest.mark.parametrize(("columns", "direction"), [((340, 380, 440), "out"), ((300, 260, 200), "in")])
def test_who_begins_near_the_line_may_have_crossed_it(columns: Sequence[float], direction: str) -> None:
    walked = walk().go(*along_row(200, columns)).end()
    assert told(walked) == [(direction, "uncertain")]
    assert crossings(walked)[0].event_time == after(0)


def test_who_begins_near_the_line_and_is_seen_to_cross_it_counts_once() -> None:
    assert told(walk().go(*along_row(200, (340, 310, 260, 200))).end()) == [("in", "seen")]


def test_who_is_lost_right_after_crossing_counts_once() -> None:
    assert told(walk().go(*along_row(200, (440, 380, 340, 310))).end()) == [("in", "seen")]


def test_who_came_in_and_is_lost_at_the_line_later_may_have_gone_out() -> None:
    walked = walk().go(*along_row(200, FROM_RIGHT), *along_row(200, (260, 300))).end()
    assert told(walked) == [("in", "seen"), ("out", "uncertain")]


def test_people_do_not_mix() -> None:
    walked = walk()
    for column in FROM_LEFT:
        walked.go((float(column), 150.0), way=1)
        walked.go((640.0 - column, 250.0), way=2)
    assert [(one.track_id, one.direction) for one in crossings(walked)] == [(1, "out"), (2, "in")]


places = st.lists(
    st.tuples(st.floats(260, 380), st.floats(60, 340)) | st.tuples(st.floats(312, 328), st.floats(150, 250)),
    min_size=1,
    max_size=30,
)


@RANDOMLY
@given(way=places)
def test_no_jitter_makes_one_track_count_twice_without_being_on_both_sides(way: list[Point]) -> None:
    walked = walk().go(*way).end()
    counted = [one.direction for one in crossings(walked) if one.counts]
    clear = [1 if x < 320 else -1 for x, _ in way if abs(x - 320) > 6]
    changes = sum(one != other for one, other in pairwise(clear))
    assert len(counted) <= changes
    uncertain = len(told(walked)) - len(counted)
    assert uncertain <= 2


@RANDOMLY
@given(
    waits=st.lists(st.floats(308.5, 331.5), min_size=3, max_size=30).filter(
        lambda way: all(
            min(abs(x - 320) for x in way[place : place + 2]) < 6 for place in range(len(way) - 1)
        )
    ),
    side=st.sampled_from((1, -1)),
)
def test_who_waits_on_the_line_counts_once_or_never_as_the_end_says(waits: list[float], side: int) -> None:
    begins, ends = along_row(200, (440, 380, 331)), along_row(200, (320 - 40 * side, 320 - 120 * side))
    counted = told(walk().go(*begins, *along_row(200, waits), *ends).end())
    assert counted == ([("in", "seen")] if side > 0 else [])


@RANDOMLY
@given(way=places, slant=st.floats(-30, 30))
def test_who_cannot_go_round_a_line_comes_in_and_goes_out_by_turns(way: list[Point], slant: float) -> None:
    from_edge_to_edge = Line("door", (320.0 + slant, 0.0), (320.0 - slant, 360.0), 1)
    walked = walk(FloorPlan(lines=(from_edge_to_edge,))).go(*way).end()
    counted = [one.direction for one in crossings(walked) if one.counts]
    assert all(one != other for one, other in pairwise(counted))
