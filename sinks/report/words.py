"""Numbers and moments as a reader says them."""

from datetime import UTC, datetime


def duration(seconds: float) -> str:
    """`8 s`, `2 min 19 s`, `3 h 04 min`; below ten seconds with one decimal, such as `8.4 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def number(count: int) -> str:
    """`1 234 567`, grouped with narrow no-break blanks, which read the same everywhere."""
    return f"{count:,}".replace(",", "\u202f")


def counted(count: int, one: str, many: str = "") -> str:
    """`1 visit`, `2 visits`; `many` where the plural does not end in s."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """`97 %`; one decimal above 99 and below 1, and never 100 or 0 unless it is all or nothing."""
    value = 100 * share
    if 0 < value < 1 or 99 < value < 100:
        return f"{min(max(value, 0.1), 99.9):.1f} %"
    return f"{value:.0f} %"


def decimal(value: float) -> str:
    """`0.35`, `8.1`, `120`: at least two digits that count, no zeros at the end."""
    places = 2 if value < 1 else 1 if value < 100 else 0
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(time: datetime) -> str:
    """`09:31:02`, UTC."""
    return f"{time.astimezone(UTC):%H:%M:%S}"


def day(time: datetime) -> str:
    """`4 May 2026`, UTC."""
    utc = time.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y}"


def period(start: datetime, end: datetime) -> str:
    """`4 May 2026, 09:30:00-09:32:20 UTC`, or both days where they differ."""
    if day(start) == day(end):
        return f"{day(start)}, {moment(start)}\u2013{moment(end)} UTC"
    return f"{day(start)}, {moment(start)} \u2013 {day(end)}, {moment(end)} UTC"
