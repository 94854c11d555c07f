"""Visits."""

from datetime import datetime, timedelta

from analytics.clothing import Clothing
from analytics.lengths import SkinEvidence
from analytics.options import AnalyticsOptions
from analytics.visits import VisitBook
from tests.support.events import START
from tests.support.wardrobe import garment

RED_COAT = Clothing(1000, (garment("coat", "red"),), SkinEvidence())


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def book(*, frames: int = 0, seconds: float = 0, lost_after_s: float = 3) -> VisitBook:
    return VisitBook(
        "door", AnalyticsOptions(min_visit_frames=frames, min_visit_s=seconds, lost_after_s=lost_after_s)
    )


def see(visits: VisitBook, track_id: int, *seconds: float) -> None:
    for second in seconds:
        visits.see(track_id, RED_COAT, at(second), "file")


def test_a_visit_goes_from_its_first_to_its_last_frame() -> None:
    visits = book()
    see(visits, 7, 1, 2, 4)
    assert visits.end_lost(at(7)) == []
    (ended,) = visits.end_lost(at(7.1))
    assert (ended.track_id, ended.started_at, ended.event_time) == (7, at(1), at(4))
    assert (ended.duration_s, ended.frames, ended.ended_by) == (3, 3, "lost")
    assert [(item.part, item.color) for item in ended.outfit] == [("coat", "red")]
    assert visits.end_all("stream-end") == []


def test_visits_end_in_the_order_of_their_ends() -> None:
    visits = book()
    see(visits, 1, 0, 5)
    see(visits, 3, 1, 2)
    see(visits, 2, 1, 2)
    assert [(ended.track_id, ended.ended_by) for ended in visits.end_all("stream-end")] == [
        (2, "stream-end"),
        (3, "stream-end"),
        (1, "stream-end"),
    ]


def test_tracks_of_too_few_frames_or_too_short_are_no_visits() -> None:
    visits = book(frames=3, seconds=1)
    see(visits, 1, 0, 2)  # two frames
    see(visits, 2, 0, 0.3, 0.6)  # under a second
    see(visits, 3, 0, 0.5, 1)
    assert visits.begun() == [at(0)]
    assert [ended.track_id for ended in visits.end_all("stream-end")] == [3]


def test_a_visit_begins_once_and_is_told_when_it_is_one() -> None:
    visits = book(frames=2)
    see(visits, 1, 4)
    assert visits.begun() == []
    see(visits, 1, 5)
    assert visits.begun() == [at(4)]
    see(visits, 1, 6)
    assert visits.begun() == []


def test_without_minima_a_single_frame_is_a_visit() -> None:
    visits = book()
    see(visits, 1, 4)
    (ended,) = visits.end_all("stream-end")
    assert (ended.duration_s, ended.frames) == (0, 1)


def test_a_track_that_comes_back_after_its_end_is_another_visit_with_another_id() -> None:
    visits = book()
    see(visits, 1, 0, 1)
    first = visits.end_lost(at(10))
    see(visits, 1, 11, 12)
    second = visits.end_lost(at(20))
    assert [ended.started_at for ended in first + second] == [at(0), at(11)]
    assert first[0].event_id != second[0].event_id


def test_a_clock_that_goes_back_a_little_makes_no_negative_duration() -> None:
    visits = book()
    see(visits, 1, 5, 4.5, 4)
    assert visits.end_all("lost")[0].duration_s == 0
