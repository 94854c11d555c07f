"""Event times of a camera: never back, never a visit lost, whatever its reports and the network do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.event_clock import EventClock

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
STEP_S = 0.2


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


_PICTURES = st.lists(
    st.tuples(
        st.floats(0, 5),  # seconds of media time since the one before
        st.floats(-20, 20),  # how late it comes
        st.none() | st.floats(-100_000, 100_000),  # how far off its report is, in seconds
        st.integers(0, 19).map(lambda number: number == 0),  # whether the connection is a new one
    ),
    min_size=1,
    max_size=60,
)


@given(_PICTURES)
def test_event_time_never_runs_back(pictures: list[tuple[float, float, float | None, bool]]) -> None:
    clock, media_s = EventClock(), 0.0
    moments = []
    for step_s, late_s, off_s, is_new in pictures:
        media_s += step_s
        if is_new:
            clock.reconnected()
        clock.note(media_s, after(media_s + late_s), None if off_s is None else after(media_s + off_s))
        moments.append(clock.place(media_s)[0])
    assert all(before <= later for before, later in pairwise(moments))


@given(
    off_s=st.lists(st.floats(-25, 25), min_size=1, max_size=5),
    reported_from=st.integers(0, 50),
    burst=st.integers(0, 25),
)
def test_lengths_are_kept_within_a_tenth(off_s: list[float], reported_from: int, burst: int) -> None:
    clock = EventClock()
    moments = []
    for number in range(100):
        media_s = number * STEP_S
        arrived = max(media_s, burst * STEP_S)
        off = off_s[min(number // 20, len(off_s) - 1)]
        taken = after(arrived + off) if number >= reported_from else None
        clock.note(media_s, after(arrived), taken)
        moments.append(clock.place(media_s)[0])
    for before, later in pairwise(moments):
        assert 0.89 * STEP_S <= (later - before).total_seconds() <= 1.11 * STEP_S


def test_what_is_held_until_the_first_report_is_placed_by_it() -> None:
    clock = EventClock()
    media = [number * STEP_S for number in range(10)]
    for media_s in media:  # all come at once, and the report with the last
        clock.note(media_s, after(2.0), after(media_s - 0.5) if media_s == media[-1] else None)

    assert clock.is_reported
    assert [clock.place(media_s) for media_s in media] == [
        (after(media_s - 0.5), "camera") for media_s in media
    ]


def test_a_burst_without_a_report_is_placed_before_its_arrival() -> None:
    clock = EventClock()
    for number in range(11):
        clock.note(number * STEP_S, after(2.0), None)
    assert clock.place(0.0) == (NOON, "arrival")
    assert clock.place(2.0) == (after(2.0), "arrival")


def test_a_first_report_that_is_wrong_by_hours_is_not_believed() -> None:
    clock = EventClock()
    for number in range(50):
        media_s = number * STEP_S
        wrong_s = 7200.0 if number < 20 else 0.0
        clock.note(media_s, after(media_s + 0.1), after(media_s + wrong_s))
        moment, source = clock.place(media_s)
        assert abs((moment - after(media_s)).total_seconds()) <= 0.11
        assert source == ("arrival" if number < 20 else "camera")


@pytest.mark.parametrize("off_s", [-3.0, 3.0])
def test_an_estimate_is_put_right_slowly(off_s: float) -> None:
    clock = EventClock()
    clock.note(0.0, NOON, NOON)
    clock.place(0.0)
    for number in range(1, 400):
        media_s = number * STEP_S
        clock.note(media_s, after(media_s), after(media_s + off_s))
        moment, _ = clock.place(media_s)
    assert moment == after(media_s + off_s)


def test_after_a_reconnection_time_goes_on_from_where_it_had_come() -> None:
    clock = EventClock()
    clock.note(0.0, NOON, NOON + timedelta(seconds=50))
    assert clock.place(0.0)[0] == after(50)
    clock.reconnected()
    clock.note(10.0, after(10.0), None)
    assert clock.place(10.0)[0] >= after(50)
