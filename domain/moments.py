"""Moments that Footfall counts at."""

from datetime import UTC, datetime

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def check_moment(moment: datetime) -> None:
    """Refuse a moment that is a placeholder or a slip rather than the time of a recording.

    At the ends of the calendar neither another time zone nor the length of a recording can be added to it.

    Raises:
        ValueError: It has no time zone, or lies before 1900 or after 2199.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"must carry a time zone, got {moment.isoformat()}")
    if not EARLIEST <= moment < LATEST:
        raise ValueError(f"must lie between 1900 and 2199, got {moment.isoformat()}")
