"""Ids of events: the same analysis gives the same ids, under any name and at any date."""

from datetime import UTC, datetime, timedelta

from domain.events import StreamIdentity, VisitEnded, event_id
from tests.support.events import START, visit_event

LATER = timedelta(days=400, hours=3)


def test_a_recording_has_the_same_ids_under_another_name_and_at_another_date() -> None:
    door, copy = StreamIdentity("door", "a1", START), StreamIdentity("copy", "a1", START + LATER)
    moment = START + timedelta(seconds=12.4)
    assert door.event_id("visit", 3, moment) == copy.event_id("visit", 3, moment + LATER)


def test_what_it_is_about_its_kind_and_its_analysis_tell_ids_apart() -> None:
    door = StreamIdentity("door", "a1", START)
    ids = {
        door.event_id("visit", 3, START),
        door.event_id("visit", 4, START),
        door.event_id("visit", 3, START + timedelta(microseconds=1)),
        door.event_id("frame", 3, START),
        StreamIdentity("door", "a2", START).event_id("visit", 3, START),
    }
    assert len(ids) == 5


def test_moments_of_a_camera_are_its_own() -> None:
    door = StreamIdentity("door", "a1")
    assert door.event_id("frame", START, 1) != door.event_id("frame", START + LATER, 1)
    berlin = START.astimezone(UTC)
    assert door.event_id("frame", START, 1) == door.event_id("frame", berlin, 1)


def test_without_an_analysis_ids_are_those_of_before() -> None:
    moment = datetime(2026, 5, 4, 9, 30, 20, tzinfo=UTC)
    assert StreamIdentity("door").event_id("visit", 1, moment) == event_id(
        "door", "visit", "1 2026-05-04T09:30:20.000000+00:00"
    )


def test_an_event_that_was_made_without_its_analysis_gets_it_and_an_id_with_it() -> None:
    door = StreamIdentity("door", "a1", START)
    marked = door.marked(visit_event())
    assert isinstance(marked, VisitEnded)
    assert marked.analysis_id == "a1"
    assert marked == door.marked(visit_event()) == door.marked(marked)
    assert (
        len(
            {
                visit_event().event_id,
                marked.event_id,
                StreamIdentity("door", "a2").marked(visit_event()).event_id,
            }
        )
        == 3
    )


def test_without_an_analysis_nothing_is_marked() -> None:
    assert StreamIdentity("door").marked(visit_event()) == visit_event()
