from datetime import UTC, datetime, timedelta, timezone

import pytest

from sinks.report import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (8.44, "8.4 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (139, "2 min 19 s"),
        (3599.7, "1 h 00 min"),
        (11_040, "3 h 04 min"),
        (360_000, "100 h 00 min"),
    ],
)
def test_duration(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.0001, "0.1 %"), (0.123, "12 %"), (0.994, "99.4 %"), (0.99999, "99.9 %"), (1, "100 %")],
)
def test_percent_says_all_or_nothing_only_where_it_is(share: float, said: str) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (0.351, "0.35"), (1.0, "1"), (10.64, "10.6"), (100.4, "100"), (120.0, "120")],
)
def test_decimal(value: float, said: str) -> None:
    assert words.decimal(value) == said


def test_counted() -> None:
    assert words.counted(1, "visit") == "1 visit"
    assert words.counted(1234, "visit") == "1\u202f234 visits"
    assert words.counted(0, "match", "matches") == "0 matches"


def test_moments_are_said_in_utc() -> None:
    moment = datetime(2026, 5, 4, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert words.moment(moment) == "23:30:00"
    assert words.day(moment) == "3 May 2026"


def test_period_names_the_day_once_or_both() -> None:
    start = datetime(2026, 5, 4, 23, 59, tzinfo=UTC)
    assert words.period(start, start + timedelta(seconds=30)) == "4 May 2026, 23:59:00\u201323:59:30 UTC"
    assert (
        words.period(start, start + timedelta(minutes=2))
        == "4 May 2026, 23:59:00 \u2013 5 May 2026, 00:01:00 UTC"
    )
