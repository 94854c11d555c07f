"""The time axis that the charts of a stream share: per cent of the chart's width."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_STEPS_S = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 31_536_000),
)
_TICKS_MAX = 7


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis.

    Attributes:
        at: Per cent of the axis.
        label: Short.
        minor: May be left out where there is little room.
    """

    at: float
    label: str
    minor: bool


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """From one moment to a later one.

    Attributes:
        start: Left end.
        end: Right end, after `start`.
    """

    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        """Where it lies, 0 to 100 per cent; moments outside lie on the nearer end."""
        share = (moment - self.start) / (self.end - self.start)
        return round(100 * min(max(share, 0.0), 1.0), 3)

    def span(self, start: datetime, end: datetime) -> tuple[float, float]:
        """Where a period begins, and how wide it is, in per cent."""
        left = self.at(start)
        return left, round(self.at(end) - left, 3)

    def ticks(self) -> list[Tick]:
        """At most seven marks at round moments (UTC), the day named where it changes."""
        span = (self.end - self.start).total_seconds()
        step = next((step for step in _STEPS_S if span / step < _TICKS_MAX), _STEPS_S[-1])
        moment = datetime.fromtimestamp(-(-self.start.timestamp() // step) * step, UTC)
        ticks: list[Tick] = []
        previous = self.start
        while moment <= self.end:
            label = _label(moment, step, new_day=moment.date() != previous.astimezone(UTC).date())
            ticks.append(Tick(self.at(moment), label, minor=len(ticks) % 2 == 1))
            previous, moment = moment, moment + timedelta(seconds=step)
        return ticks


def _label(moment: datetime, step: int, *, new_day: bool) -> str:
    if new_day or step >= 86_400:
        return f"{moment.day} {moment:%b}"
    return f"{moment:%H:%M:%S}" if step < 60 else f"{moment:%H:%M}"
