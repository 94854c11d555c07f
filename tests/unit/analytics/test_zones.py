"""Stays in zones, and queues that are too long."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.floor import FloorPlan, Zone
from analytics.stages.zones import ZoneEntered, ZonesSettings
from config.floor import QueueSettings
from domain.events import AlertChanged, ZoneVisitEnded
from domain.geometry import Point
from tests.support.walking import Walk, after, along_row

SQUARE = ((200.0, 100.0), (400.0, 100.0), (400.0, 300.0), (200.0, 300.0))
PLAN = FloorPlan(zones=(Zone("promotion", SQUARE, None, ()),))
THROUGH = along_row(200, range(110, 511, 20))


def walk(queue: QueueSettings | None = None) -> Walk:
    plan = FloorPlan(zones=(Zone("till", SQUARE, queue, ()),)) if queue else PLAN
    return Walk(ZonesSettings(clear_share=0.06), plan)


def stays(walked: Walk) -> list[ZoneVisitEnded]:
    return [one for one in walked.said if isinstance(one, ZoneVisitEnded)]


def alerts(walked: Walk) -> list[tuple[str, str, float]]:
    return [(one.quantity, one.state, one.value) for one in walked.said if isinstance(one, AlertChanged)]


def test_a_stay_begins_and_ends_where_the_border_was_met() -> None:
    (stay,) = stays(walk().go(*THROUGH).end())
    assert (stay.began_by, stay.ended_by) == ("entered", "left")
    assert (stay.entered_at, stay.event_time) == (after(4.5), after(14.5))
    assert (stay.dwell_s, stay.unseen_s) == (2.0, 0.0)
    assert stay.foot_confidence == pytest.approx(0.9)


def test_whoever_is_seen_first_inside_has_appeared_and_can_be_lost_there() -> None:
    (stay,) = stays(walk().go(*along_row(200, (300, 310, 320))).end())
    assert (stay.began_by, stay.ended_by) == ("appeared", "lost")
    assert (stay.entered_at, stay.event_time) == (after(0), after(2))


def test_the_end_of_a_stream_ends_a_stay() -> None:
    (stay,) = stays(walk().go(*along_row(200, (300, 310))).end("stream-end"))
    assert stay.ended_by == "stream-end"


def test_whoever_dithers_on_the_border_has_stayed_once() -> None:
    dithering = [198, 203, 197, 204, 198, 203]
    (stay,) = stays(walk().go(*along_row(200, [150, *dithering, 300, *reversed(dithering), 150])).end())
    assert (stay.began_by, stay.ended_by) == ("entered", "left")
    assert (stay.entered_at, stay.event_time) == (after(5.5), after(12.5))


def test_whoever_only_touches_the_border_has_not_stayed() -> None:
    walked = walk().go(*along_row(200, (150, 190, 204, 190, 150))).end()
    assert not [one for one in walked.said if isinstance(one, ZoneEntered | ZoneVisitEnded)]


def test_time_out_of_sight_inside_is_told_apart() -> None:
    walked = walk().go(*THROUGH[:9]).go(None, None, None, None, None).go(*THROUGH[9:]).end()
    (stay,) = stays(walked)
    assert (stay.dwell_s, stay.unseen_s) == (3.0, 1.0)


def test_entries_are_told_at_once_and_again_after_leaving() -> None:
    walked = walk().go(*THROUGH, *reversed(THROUGH)).end()
    assert [one.moment for one in walked.said if isinstance(one, ZoneEntered)] == [after(4.5), after(26.5)]
    assert len({stay.event_id for stay in stays(walked)}) == 2


def test_a_queue_raises_an_alert_once_it_has_been_too_long_for_its_hold_time() -> None:
    walked = walk(QueueSettings(length_max=1, hold_s=1))
    for _ in range(10):
        walked.go((300.0, 200.0), way=1)
        walked.go((320.0, 200.0), way=2)
    assert alerts(walked) == [("length", "raised", 2.0)]
    walked.end(way=2).wait(10)
    assert alerts(walked)[1:] == [("length", "cleared", 1.0)]


def test_the_end_of_a_stream_clears_what_is_raised() -> None:
    walked = walk(QueueSettings(length_max=0, wait_max_s=100, hold_s=0)).go(*[(300.0, 200.0)] * 3)
    assert alerts(walked.end("stream-end")) == [("length", "raised", 1.0), ("length", "cleared", 1.0)]
    assert alerts(walk(QueueSettings(length_max=1)).go((300.0, 200.0)).end("stream-end")) == []


def test_a_queue_that_is_too_long_for_less_than_its_hold_time_raises_none() -> None:
    walked = walk(QueueSettings(length_max=0, hold_s=1))
    for _ in range(5):
        walked.go((300.0, 200.0), (300.0, 200.0), (300.0, 200.0), (100.0, 200.0), (100.0, 200.0))
    assert alerts(walked) == []


def test_whoever_waits_too_long_raises_an_alert() -> None:
    walked = walk(QueueSettings(wait_max_s=2, hold_s=0)).go(*[(300.0, 200.0)] * 15).end()
    assert alerts(walked.wait(1)) == [("wait", "raised", pytest.approx(2.2)), ("wait", "cleared", 0.0)]


@settings(max_examples=60, deadline=None)
@given(way=st.lists(st.tuples(st.floats(150, 450), st.floats(50, 350)) | st.none(), max_size=30))
def test_whatever_way_is_walked_stays_follow_one_another_and_each_entry_ends(way: list[Point | None]) -> None:
    walked = walk().go((500.0, 200.0), *way).end()
    entered = [one.moment for one in walked.said if isinstance(one, ZoneEntered)]
    found = stays(walked)
    assert [stay.entered_at for stay in found] == entered
    assert all(one.event_time <= other.entered_at for one, other in pairwise(found))
    assert all(0 <= stay.unseen_s <= stay.dwell_s for stay in found)
