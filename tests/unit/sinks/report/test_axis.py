from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.report.axis import TimeAxis
from tests.support.events import START


@given(
    start=st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    seconds=st.floats(1, 1e8),
)
def test_ticks_are_few_in_order_and_inside(start: datetime, seconds: float) -> None:
    ticks = TimeAxis(start, start + timedelta(seconds=seconds)).ticks()
    assert len(ticks) <= 8
    assert all(0 <= tick.at <= 100 for tick in ticks)
    assert all(one.at < other.at for one, other in pairwise(ticks))


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (
            60,
            ["09:30:00", "09:30:10", "09:30:20", "09:30:30", "09:30:40", "09:30:50", "09:31:00"],
        ),
        (600, ["09:30", "09:32", "09:34", "09:36", "09:38", "09:40"]),
        (86_400, ["12:00", "18:00", "5 May", "06:00"]),
        (10 * 86_400, ["5 May", "7 May", "9 May", "11 May", "13 May"]),
    ],
)
def test_ticks_stand_at_round_moments(seconds: int, labels: list[str]) -> None:
    ticks = TimeAxis(START, START + timedelta(seconds=seconds)).ticks()
    assert [tick.label for tick in ticks] == labels
    assert [tick.minor for tick in ticks] == [number % 2 == 1 for number in range(len(ticks))]


def test_moments_outside_lie_on_the_nearer_end() -> None:
    axis = TimeAxis(START, START + timedelta(seconds=10))
    assert axis.at(START - timedelta(seconds=5)) == 0
    assert axis.at(START + timedelta(seconds=2.5)) == 25
    assert axis.at(START + timedelta(seconds=50)) == 100
