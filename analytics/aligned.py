"""Intervals that follow one another and are aligned to the epoch: which one a moment belongs to, and when it is over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Interval = TypeVar("Interval")


@dataclass(slots=True, eq=False)
class Aligned(Generic[Interval]):
    """The open intervals of one length. One thread.

    Attributes:
        length: Of each.
        open: By their beginnings.
        closed_until: Up to where all are closed.
        turns: How often all were closed: a clock that is set back shows the same interval again.
    """

    length: timedelta
    open: dict[datetime, Interval] = field(default_factory=dict)
    closed_until: datetime | None = None
    turns: int = 0

    def at(self, moment: datetime, begin: Callable[[datetime, datetime], Interval]) -> Interval:
        """The interval of that moment, or the oldest that can still be open.

        Args:
            moment: When.
            begin: Makes a new one, from its beginning and the first moment that counts into it.
        """
        start = self._start_of(moment)
        if self.closed_until is not None and start < self.closed_until:
            start = moment = min(self.open, default=self.closed_until)
        if start not in self.open:
            self.open[start] = begin(start, moment)
        return self.open[start]

    def pieces(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """That time, cut where intervals end. What lies in intervals that are closed already is left out."""
        begin = max(begin, self.closed_until or begin)
        while begin < end:
            until = min(end, self._start_of(begin) + self.length)
            yield begin, until
            begin = until

    def close(self, until: datetime) -> list[Interval]:
        """Close those that end by then, oldest first."""
        due = sorted(start for start in self.open if start + self.length <= until)
        if due:
            self.closed_until = due[-1] + self.length
        return [self.open.pop(start) for start in due]

    def close_all(self) -> list[Interval]:
        """Close all of them, oldest first, and forget how far time had come."""
        closed = [self.open[start] for start in sorted(self.open)]
        self.open, self.closed_until = {}, None
        self.turns += 1
        return closed

    def about(self, start: datetime, first_moment: datetime) -> tuple[int | datetime, ...]:
        """What tells an interval from all others, for its id: two that a clock shows again may begin alike."""
        seconds = int(self.length.total_seconds())
        return (seconds, start, first_moment, *([self.turns] if self.turns else []))

    def _start_of(self, moment: datetime) -> datetime:
        return moment - (moment - _EPOCH) % self.length
