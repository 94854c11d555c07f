"""Intervals that are aligned to the epoch."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.aligned import Aligned
from tests.support.events import START

LENGTH = timedelta(seconds=10)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def begun(start: datetime, first: datetime) -> tuple[datetime, datetime]:
    return start, first


def test_a_moment_belongs_to_the_interval_around_it_which_is_made_once() -> None:
    intervals: Aligned[tuple[datetime, datetime]] = Aligned(LENGTH)
    assert intervals.at(at(13), begun) == (at(10), at(13))
    assert intervals.at(at(11), begun) == (at(10), at(13))
    assert intervals.at(at(20), begun) == (at(20), at(20))


def test_what_comes_for_a_closed_interval_goes_to_the_oldest_that_can_still_be_open() -> None:
    intervals: Aligned[tuple[datetime, datetime]] = Aligned(LENGTH)
    intervals.at(at(3), begun)
    assert intervals.close(at(10)) == [(at(0), at(3))]
    assert intervals.at(at(5), begun) == (at(10), at(10))
    assert list(intervals.pieces(at(5), at(12))) == [(at(10), at(12))]


def test_intervals_close_once_they_have_ended_and_oldest_first() -> None:
    intervals: Aligned[tuple[datetime, datetime]] = Aligned(LENGTH)
    for second in (25, 5, 15):
        intervals.at(at(second), begun)
    assert intervals.close(at(19.9)) == [(at(0), at(5))]
    assert [start for start, _ in intervals.close_all()] == [at(10), at(20)]
    assert (intervals.open, intervals.closed_until) == ({}, None)


@given(begin=st.floats(0, 100), seconds=st.floats(0, 60), closed=st.none() | st.integers(0, 10))
def test_pieces_are_that_time_without_what_is_closed_and_cross_no_border(
    begin: float, seconds: float, closed: int | None
) -> None:
    closed_until = None if closed is None else at(10 * closed)
    intervals: Aligned[object] = Aligned(LENGTH, closed_until=closed_until)
    first, last = at(begin), at(begin) + timedelta(seconds=seconds)
    pieces = list(intervals.pieces(first, last))
    from_then = max(first, closed_until or first)
    assert sum((end - start for start, end in pieces), timedelta()) == max(last - from_then, timedelta())
    assert all(
        (end - START - timedelta(microseconds=1)) // LENGTH == (start - START) // LENGTH
        for start, end in pieces
    )
