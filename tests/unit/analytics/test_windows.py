"""Tumbling windows on their own."""

from datetime import UTC, datetime, timedelta

from analytics.counting import FrameCounts
from analytics.timeline import ElapsedTime
from analytics.tumbling import TumblingWindows
from domain.events import BodyWorn, DerivedLengths, OutfitItem, StreamIdentity, VisitEnded

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ONE = FrameCounts(read=5, sampled=1, parsed=1)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def windows(length_s: int = 10, lateness_s: float = 2) -> TumblingWindows:
    return TumblingWindows(StreamIdentity("door"), length_s, timedelta(seconds=lateness_s))


def visit(end: datetime, *colors: str) -> VisitEnded:
    outfit = tuple(
        OutfitItem.model_validate(
            {"part": "coat", "color": color, "share": 1, "color_share": 1, "confidence": 1}
        )
        for color in colors
    )
    return VisitEnded(
        event_id=str(end), stream_id="door", event_time=end, time_source="file", track_id=1, started_at=NOON,
        duration_s=1, frames=3, ended_by="lost", outfit=outfit, derived=DerivedLengths(),
    )  # fmt: skip


def test_windows_are_aligned_to_the_epoch_and_close_after_the_lateness() -> None:
    some = windows()
    some.add_frame(at(3), 2, ONE, "file")
    assert some.close(at(11.9), {}) == []
    (closed,) = some.close(at(12), {})
    assert (closed.window_start, closed.event_time, closed.window_s) == (at(0), at(10), 10)
    assert some.close(at(100), {}) == []


def test_persons_are_counted_over_parsed_frames() -> None:
    some = windows()
    for second, persons in ((0, 0), (2, 3), (4, 1), (10, 9)):
        some.add_frame(at(second), persons, ONE, "camera")
    (closed,) = some.close(at(13), {})
    assert (closed.persons_min, closed.persons_max, closed.time_source) == (0, 3, "camera")
    assert closed.persons_mean == 4 / 3
    assert closed.coverage.frames_parsed == 3
    assert closed.coverage.frames_read == 15


def test_what_comes_late_goes_to_its_window_and_what_comes_too_late_to_the_oldest_open_one() -> None:
    some = windows()
    some.add_frame(at(1), 1, ONE, "file")
    some.add_frame(at(11), 1, ONE, "file")
    some.add_frame(at(9), 5, ONE, "file")
    (first,) = some.close(at(12), {})
    assert (first.persons_max, first.coverage.frames_parsed) == (5, 2)
    some.add_frame(at(8), 7, ONE, "file")
    some.add_ended(visit(at(2), "red"))
    (second,) = some.close(at(22), {})
    assert (second.window_start, second.persons_max, second.visits_ended) == (at(10), 7, 1)


def test_too_late_with_nothing_open_makes_the_window_after_the_last_closed() -> None:
    some = windows()
    some.add_frame(at(1), 1, ONE, "file")
    some.close(at(12), {})
    some.add_frame(at(5), 1, ONE, "file")
    (closed,) = some.close_all({})
    assert closed.window_start == at(10)


def test_time_is_split_over_windows_and_makes_empty_ones() -> None:
    some = windows()
    some.add_frame(at(4), 1, ONE, "file")
    some.add_time(ElapsedTime(at(4), at(25), signal=True), "file")
    some.add_time(ElapsedTime(at(25), at(28), signal=False), "file")
    closed = some.close_all({})
    assert [event.window_start for event in closed] == [at(0), at(10), at(20)]
    assert [event.coverage.seconds_observed for event in closed] == [6, 10, 5]
    assert [event.coverage.seconds_without_signal for event in closed] == [0, 0, 3]
    assert [event.persons_max for event in closed] == [1, 0, 0]


def test_time_in_closed_windows_is_left_out() -> None:
    some = windows()
    some.add_frame(at(1), 1, ONE, "file")
    some.close(at(12), {})
    some.add_time(ElapsedTime(at(1), at(15), signal=True), "file")
    (closed,) = some.close_all({})
    assert (closed.window_start, closed.coverage.seconds_observed) == (at(10), 5)


def test_coverage_tells_drops_and_its_share() -> None:
    some = windows()
    some.add_time(ElapsedTime(at(0), at(8), signal=True), "camera")
    some.add_frame(at(1), 1, FrameCounts(read=10, sampled=4, parsed=1), "camera")
    some.add_unparsed(at(9), FrameCounts(read=3, sampled=1, parsed=0), "camera")
    coverage = some.close_all({})[0].coverage
    assert (
        coverage.frames_read,
        coverage.frames_sampled,
        coverage.frames_parsed,
        coverage.frames_dropped,
    ) == (13, 5, 1, 4)
    assert coverage.share == 0.8 * 0.2


def test_coverage_tells_damaged_frames_and_its_share() -> None:
    some = windows()
    some.add_time(ElapsedTime(at(0), at(10), signal=True), "file")
    some.add_frame(at(1), 1, FrameCounts(read=8, sampled=2, parsed=2, damaged=0), "file")
    some.add_unparsed(at(9), FrameCounts(read=12, sampled=0, parsed=0, damaged=5), "file")
    coverage = some.close_all({})[0].coverage
    assert (coverage.frames_read, coverage.frames_damaged, coverage.frames_dropped) == (20, 5, 0)
    assert coverage.share == 0.75


def test_garments_count_every_outfit_item_of_the_visits_that_ended_in_it() -> None:
    some = windows()
    some.add_ended(visit(at(3), "red"))
    some.add_ended(visit(at(4), "red"))
    some.add_ended(visit(at(5), "unknown"))
    closed = some.close_all({})[0]
    assert closed.garments == {"coat": {"red": 2, "unknown": 1}}
    assert closed.visits_ended == 3


def test_the_id_tells_a_restart_in_the_middle_from_the_same_recording_again() -> None:
    def run(first: float) -> str:
        some = windows()
        some.add_frame(at(first), 1, ONE, "file")
        return some.close_all({})[0].event_id

    assert run(1) == run(1)
    assert run(1) != run(6)


def test_what_covers_staff_is_told_beside_what_covers_everybody() -> None:
    some = windows()
    for color, role in (("red", "staff"), ("red", "visitor"), ("blue", "visitor")):
        worn = {
            **dict.fromkeys(BodyWorn.model_fields, 1),
            "part": "upper-body",
            "garment": "coat",
            "color": color,
        }
        some.add_ended(
            visit(at(3)).model_copy(update={"role": role, "body": (BodyWorn.model_validate(worn),)})
        )
    some.restore(some.snapshot())
    (closed,) = some.close(at(100), {})
    assert closed.body == {"upper-body": {"blue": 1, "red": 2}}
    assert closed.staff_body == {"upper-body": {"red": 1}}
