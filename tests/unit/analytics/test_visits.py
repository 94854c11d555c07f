"""Visits."""

from datetime import datetime, timedelta
from typing import Literal

from analytics.stages.base import Ending, StageContext, TimeStep, TrackEnded, VisitBegun
from analytics.stages.visits import VisitsSettings, VisitsStage
from domain.events import StreamIdentity, VisitEnded
from domain.parsing import UNTRACKED
from tests.support.analytics import observation
from tests.support.events import START
from tests.support.wardrobe import garment, worn

RED_COAT = worn((garment("coat", "red"),))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Book:
    """The stage, with what it says sorted by kind."""

    def __init__(self, *, frames: int = 1, seconds: float = 0, lost_after_s: float = 3) -> None:
        self.stage = VisitsStage(
            VisitsSettings(min_visit_frames=frames, min_visit_s=seconds),
            StageContext(StreamIdentity("door"), lost_after_s, 2),
        )

    def see(self, track_id: int, *seconds: float) -> None:
        for second in seconds:
            assert self.stage.observe(observation(at(second), {track_id: RED_COAT})) == ()

    def begun(self) -> list[datetime]:
        said = self.stage.advance(TimeStep(START, "file"))
        assert all(isinstance(one, VisitBegun | TrackEnded) for one in said)
        return [one.started_at for one in said if isinstance(one, VisitBegun)]

    def lost(self, second: float) -> list[VisitEnded]:
        said = self.stage.advance(TimeStep(at(second), "file"))
        return [one for one in said if isinstance(one, VisitEnded)]

    def ended(self, reason: Literal["lost", "stream-end"] = "stream-end") -> list[VisitEnded]:
        said = self.stage.finish(Ending(reason, START, "file"))
        return [one for one in said if isinstance(one, VisitEnded)]


def test_a_visit_goes_from_its_first_to_its_last_frame() -> None:
    visits = Book()
    visits.see(7, 1, 2, 4)
    assert visits.lost(7) == []
    (ended,) = visits.lost(7.1)
    assert (ended.track_id, ended.started_at, ended.event_time) == (7, at(1), at(4))
    assert (ended.duration_s, ended.frames, ended.ended_by) == (3, 3, "lost")
    assert [(item.part, item.color) for item in ended.outfit] == [("coat", "red")]
    assert visits.ended() == []


def test_visits_end_in_the_order_of_their_ends() -> None:
    visits = Book()
    visits.see(1, 0, 5)
    visits.see(3, 1, 2)
    visits.see(2, 1, 2)
    assert [(ended.track_id, ended.ended_by) for ended in visits.ended()] == [
        (2, "stream-end"),
        (3, "stream-end"),
        (1, "stream-end"),
    ]


def test_tracks_of_too_few_frames_or_too_short_are_no_visits() -> None:
    visits = Book(frames=3, seconds=1)
    visits.see(1, 0, 2)  # two frames
    visits.see(2, 0, 0.3, 0.6)  # under a second
    visits.see(3, 0, 0.5, 1)
    assert visits.begun() == [at(0)]
    assert [ended.track_id for ended in visits.ended()] == [3]


def test_a_visit_begins_once_and_when_it_is_one() -> None:
    visits = Book(frames=2)
    visits.see(1, 4)
    assert visits.begun() == []
    visits.see(1, 5)
    assert visits.begun() == [at(4)]
    visits.see(1, 6)
    assert visits.begun() == []


def test_without_minima_a_single_frame_is_a_visit() -> None:
    visits = Book()
    visits.see(1, 4)
    (ended,) = visits.ended()
    assert (ended.duration_s, ended.frames) == (0, 1)


def test_a_track_that_comes_back_after_its_end_is_another_visit_with_another_id() -> None:
    visits = Book()
    visits.see(1, 0, 1)
    first = visits.lost(10)
    visits.see(1, 11, 12)
    second = visits.lost(20)
    assert [ended.started_at for ended in first + second] == [at(0), at(11)]
    assert first[0].event_id != second[0].event_id


def test_a_clock_that_goes_back_a_little_makes_no_negative_duration() -> None:
    visits = Book()
    visits.see(1, 5, 4.5, 4)
    assert visits.ended("lost")[0].duration_s == 0


def test_nobody_is_followed_across_a_jump_of_the_clock() -> None:
    visits = Book()
    visits.see(1, 0, 1)
    said = visits.stage.advance(TimeStep(at(1), "file", tracks_end=True))
    assert [type(one) for one in said] == [TrackEnded, VisitEnded]


def test_somebody_without_a_track_makes_no_visit() -> None:
    visits = Book()
    visits.see(UNTRACKED, 0, 1)
    assert visits.ended() == []


def test_every_track_is_told_at_its_end_whether_it_was_a_visit_or_not() -> None:
    visits = Book(frames=3)
    visits.see(1, 0, 1)
    visits.see(2, 0, 1, 2)
    said = visits.stage.finish(Ending("stream-end", at(2), "file"))
    assert [one.last_seen for one in said if isinstance(one, TrackEnded)] == [at(1), at(2)]
    assert [one.track_id for one in said if isinstance(one, VisitEnded)] == [2]
