"""The analytics of one stream."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from domain.events import Event, FrameObserved, VisitEnded, WindowClosed
from domain.frame import SignalLost, SignalRestored
from tests.support.analytics import analytics_of
from tests.support.events import START
from tests.support.wardrobe import BLUE, GREY, RED, drawn, walker

SETTINGS: dict[str, Any] = {"lengths_s": (10,), "allowed_lateness_s": 2, "min_visit_s": 0}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def visits(events: Iterable[Event]) -> list[VisitEnded]:
    return [event for event in events if isinstance(event, VisitEnded)]


def windows(events: Iterable[Event]) -> list[WindowClosed]:
    return [event for event in events if isinstance(event, WindowClosed)]


class Camera:
    """Feeds a stream at 5 frames a second, of which all are sampled unless told otherwise."""

    def __init__(self, **settings: Any) -> None:
        self.stream = analytics_of(**(SETTINGS | settings))
        self.events: list[Event] = []
        self.index = 0

    def film(
        self, tracks: dict[int, tuple[int, int, int]], begin: float, end: float, step: float = 0.2
    ) -> None:
        """People by track, each with the colour of the upper garment, from one second to another (exclusive)."""
        people = [walker(10 + 50 * place, upper=rgb) for place, rgb in enumerate(tracks.values())]
        for count in range(round((end - begin) / step)):
            frame, parsed = drawn(people, self.index, at(begin + count * step))
            self.events += self.stream.observe(frame, parsed, np.array(list(tracks), np.int64))
            self.index += 1

    def finish(self) -> list[Event]:
        self.events += self.stream.finish(self.index, self.index)
        return self.events


def test_a_frame_tells_persons_tracks_and_garments() -> None:
    frame, parsed = drawn([walker(10, upper=RED), walker(100, upper=BLUE)])
    first, *rest = analytics_of(**SETTINGS).observe(frame, parsed, np.array([-1, 4], np.int64))
    assert isinstance(first, FrameObserved)
    assert rest == []
    assert [person.track_id for person in first.persons] == [None, 4]
    assert [person.garments[0].color for person in first.persons] == ["red", "blue"]
    assert first.persons[1].box == (100, 20, 136, 160)
    assert (first.width, first.height, first.frame_index) == (320, 180, 0)


def test_colours_that_cannot_be_relied_on_are_unknown_and_garments_are_not() -> None:
    frame, parsed = drawn([walker(10, upper=RED)])
    first, *_ = analytics_of(**SETTINGS).observe(
        replace(frame, colors_known=False), parsed, np.array([1], np.int64)
    )
    assert isinstance(first, FrameObserved)
    worn = [(seen.part, seen.color, seen.color_share) for seen in first.persons[0].garments]
    assert ("upper-clothes", "unknown", 0.0) in worn
    assert {color for _, color, _ in worn} == {"unknown"}


def test_a_person_walks_through() -> None:
    camera = Camera()
    camera.film({}, 0, 2)
    camera.film({1: RED}, 2, 6)
    camera.film({}, 6, 14)
    (visit,) = visits(camera.events)
    assert (visit.started_at, visit.event_time, visit.frames) == (at(2), at(5.8), 20)
    assert [(item.part, item.color) for item in visit.outfit] == [
        ("upper-clothes", "red"),
        ("pants", "black"),
        ("shoe", "black"),
    ]
    assert visit.derived.model_dump() == {"sleeves": "long", "trousers": "long"}
    closed = windows(camera.finish())
    assert [(event.visits_begun, event.visits_ended, event.persons_max) for event in closed] == [
        (1, 1, 1),
        (0, 0, 0),
    ]
    assert closed[0].garments == {"pants": {"black": 1}, "shoe": {"black": 1}, "upper-clothes": {"red": 1}}
    assert closed[0].coverage.share == 1
    totals = camera.stream.totals()
    assert (totals.visits, totals.persons_max, totals.frames_parsed) == (1, 1, 70)
    assert totals.persons_mean == 20 / 70
    assert totals.clothing == closed[0].garments


def test_an_unconfirmed_person_counts_in_the_frame_but_makes_no_visit() -> None:
    camera = Camera()
    camera.film({-1: GREY}, 0, 3)
    events = camera.finish()
    assert visits(events) == []
    assert windows(events)[0].persons_mean == 1


def test_the_end_of_the_stream_ends_visits_and_windows() -> None:
    camera = Camera()
    camera.film({1: RED, 2: BLUE}, 0, 4)
    (first, second, window) = camera.stream.finish(30, 22)
    assert isinstance(first, VisitEnded)
    assert isinstance(second, VisitEnded)
    assert isinstance(window, WindowClosed)
    assert (first.track_id, second.track_id, first.ended_by) == (1, 2, "stream-end")
    coverage = window.coverage
    assert (
        coverage.frames_read,
        coverage.frames_sampled,
        coverage.frames_parsed,
        coverage.frames_dropped,
    ) == (30, 22, 20, 2)
    assert camera.stream.finish(30, 22) == []


def test_a_stream_without_a_frame_ends_with_nothing() -> None:
    stream = analytics_of()
    assert stream.advance(at(5)) == []
    assert stream.finish(0, 0) == []
    assert stream.totals().persons_mean == 0


def test_a_silent_camera_still_closes_visits_and_windows() -> None:
    camera = Camera()
    camera.film({1: RED}, 0, 2)
    assert camera.stream.advance(at(4)) == []
    (visit,) = visits(camera.stream.advance(at(5)))
    assert visit.event_time == at(1.8)
    assert windows(camera.stream.advance(at(14.9))) == []
    (window,) = windows(camera.stream.advance(at(15)))
    assert window.visits_ended == 1
    assert window.coverage.seconds_observed == pytest.approx(1.8)


def test_a_lost_signal_is_told_in_every_window_it_covers() -> None:
    camera = Camera()
    camera.film({}, 0, 4)
    camera.events += camera.stream.signal_lost(SignalLost("door", at(4), "camera", "unreachable"))
    for second in range(5, 24):
        camera.events += camera.stream.advance(at(second))
    camera.events += camera.stream.signal_restored(SignalRestored("door", at(24), "camera", 20))
    camera.film({}, 24, 30)
    closed = windows(camera.finish())
    assert [event.window_start for event in closed] == [at(0), at(10), at(20)]
    assert [event.coverage.seconds_without_signal for event in closed] == [6, 10, 4]
    assert [event.coverage.seconds_observed for event in closed] == pytest.approx([4, 0, 5.8])


def test_a_person_before_and_after_a_long_gap_makes_two_visits() -> None:
    camera = Camera()
    camera.film({1: RED}, 0, 2)
    camera.events += camera.stream.signal_lost(SignalLost("door", at(2), "camera", "unreachable"))
    camera.events += camera.stream.signal_restored(SignalRestored("door", at(60), "camera", 58))
    camera.film({1: RED}, 60, 62)
    assert [visit.started_at for visit in visits(camera.finish())] == [at(0), at(60)]


def test_keyframes_further_apart_than_a_visit_may_be_lost_do_not_split_it() -> None:
    camera = Camera()
    camera.film({1: RED}, 0, 40, step=8)
    (visit,) = visits(camera.finish())
    assert visit.duration_s == 32


def test_dropped_frames_are_counted_where_they_are_noticed() -> None:
    stream = analytics_of(**SETTINGS)
    for index in (0, 3, 4):
        frame, parsed = drawn([], index)
        stream.observe(frame, parsed, np.zeros(0, np.int64))
    (window,) = windows(stream.finish(9, 6))
    assert window.coverage.frames_read == 9
    assert (
        window.coverage.frames_sampled,
        window.coverage.frames_parsed,
        window.coverage.frames_dropped,
    ) == (6, 3, 3)


def test_a_clock_that_jumps_a_day_ahead_makes_no_windows_in_between() -> None:
    camera = Camera()
    camera.film({1: RED}, 0, 2)
    camera.film({1: RED}, 86400, 86402)
    closed = windows(camera.finish())
    assert [event.window_start for event in closed] == [at(0), at(86400)]
    assert [visit.duration_s for visit in visits(camera.events)] == pytest.approx([1.8, 1.8])


def test_a_clock_that_is_set_back_a_day_goes_on_from_there() -> None:
    camera = Camera()
    camera.film({1: RED}, 86400, 86404)
    camera.film({2: BLUE}, 0, 30)
    events = camera.finish()
    assert {window.window_start for window in windows(events)} >= {at(86400), at(10), at(20)}
    assert sum(window.coverage.frames_parsed for window in windows(events)) == 20 + 150
    assert (
        sum(window.visits_ended for window in windows(events))
        == len(visits(events))
        == camera.stream.totals().visits
    )


def test_track_ids_must_fit_the_persons() -> None:
    frame, parsed = drawn([walker(10)])
    with pytest.raises(ValueError, match="track_ids must be 1 numbers, got 2"):
        analytics_of().observe(frame, parsed, np.zeros(2, np.int64))


def test_windows_of_all_lengths_come_in_the_order_of_their_ends() -> None:
    camera = Camera(lengths_s=(20, 10), min_visit_s=0.5)
    camera.film({}, 0, 21)
    closed = windows(camera.finish())
    assert [(event.window_s, event.event_time) for event in closed] == [
        (10, at(10)),
        (10, at(20)),
        (20, at(20)),
        (10, at(30)),
        (20, at(40)),
    ]
    assert Counter(event.window_s for event in closed) == {10: 3, 20: 2}
