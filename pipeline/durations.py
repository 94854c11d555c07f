"""How long things take: counted into classes, as a histogram needs them."""

from bisect import bisect_left
from dataclasses import dataclass, field

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the classes, inclusive, seconds; one more class is above them."""


@dataclass(frozen=True, slots=True)
class DurationCounts:
    """Durations of a moment.

    Attributes:
        counts: How many are in each class of `BOUNDS_S`, and above them.
        total_s: Their sum, seconds.
    """

    counts: tuple[int, ...] = (0,) * (len(BOUNDS_S) + 1)
    total_s: float = 0.0


@dataclass(slots=True)
class Durations:
    """Adds durations up. One thread at a time."""

    _counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    _total_s: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self._counts[bisect_left(BOUNDS_S, seconds)] += 1
        self._total_s += seconds

    def counts(self) -> DurationCounts:
        """Those so far."""
        return DurationCounts(tuple(self._counts), self._total_s)
