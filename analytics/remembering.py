"""Whose visit it was: visits are joined by what people wear, within a set time, before one camera or several."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from analytics.appearance import Appearance, likeness
from domain.events import StreamIdentity
from domain.frame import TimeSource

DepartureKey: TypeAlias = tuple[str, int, datetime]
"""Stream, track, and when the visit began."""


@dataclass(frozen=True, slots=True)
class JoinRules:
    """When two visits are one visitor's.

    Attributes:
        within: So long after a visit the next may begin.
        least: So alike they must be.
        least_between: The same of visits before two cameras.
        margin: By so much more alike than to anybody else.
        overlap: So long two cameras may see somebody at once.
        most: So many visitors are remembered at once.
    """

    within: timedelta
    least: float
    least_between: float
    margin: float
    overlap: timedelta = timedelta()
    most: int = 300


@dataclass(frozen=True, slots=True, eq=False)
class Departure:
    """A visit that is over.

    Attributes:
        identity: Of its stream.
        track_id: Its track.
        started_at, ended_at, time_source: When it was.
        appearance: What that one looked like; of no view where that is not known.
    """

    identity: StreamIdentity
    track_id: int
    started_at: datetime
    ended_at: datetime
    time_source: TimeSource
    appearance: Appearance

    @property
    def key(self) -> DepartureKey:
        """Which visit it is, also in another process."""
        return self.identity.stream_id, self.track_id, self.started_at

    @property
    def order(self) -> tuple[datetime, str, int]:
        """In which visits are joined, whatever the order in which they come."""
        return self.ended_at, self.identity.stream_id, self.track_id


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A visitor who was here.

    Attributes:
        visitor: Number of the visitor.
        visits: So many so far.
        last: The newest of them.
    """

    visitor: int
    visits: int
    last: Departure


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Whose a visit was taken for.

    Attributes:
        departure: The visit.
        visitor, visit: Number of the visitor, and which visit of that one it was.
        before: The visit before; None for a first one.
        likeness, next_likeness: To the visitor, or to whoever came nearest; and to whoever else comes nearest.
        in_doubt: Alike enough, and not clearly more than to somebody else.
    """

    departure: Departure
    visitor: int
    visit: int
    before: Departure | None
    likeness: float
    next_likeness: float
    in_doubt: bool

    @property
    def away_s(self) -> float | None:
        """Since the visit before; None for a first one."""
        if self.before is None:
            return None
        return max(0.0, (self.departure.started_at - self.before.ended_at).total_seconds())


class Memory:
    """Who was here within the time that is set. Not for several threads at once."""

    def __init__(self, rules: JoinRules) -> None:
        self._rules = rules
        self._known: dict[int, Known] = {}
        self.next_visitor = 1

    def __len__(self) -> int:
        return len(self._known)

    def join(self, departure: Departure) -> Joined:
        """Say whose visit it was, and remember it. Visits come in the order of their ends."""
        ranked = sorted(
            (-likeness(departure.appearance, one.last.appearance), one.visitor)
            for one in self._known.values()
            if self._may_be(one.last, departure)
        )
        best, following = (-ranked[place][0] if place < len(ranked) else 0.0 for place in (0, 1))
        nearest = self._known[ranked[0][1]] if ranked else None
        alike = nearest is not None and best >= self._least(nearest.last, departure)
        clear = best - following >= self._rules.margin
        before = nearest if alike and clear else None
        visitor = before.visitor if before else self._number()
        visits = before.visits + 1 if before else 1
        self._known[visitor] = Known(visitor, visits, departure)
        if len(self._known) > self._rules.most:
            del self._known[min(self._known, key=lambda number: self._known[number].last.ended_at)]
        return Joined(
            departure,
            visitor,
            visits,
            before.last if before else None,
            best,
            following,
            in_doubt=alike and not clear,
        )

    def forget(self, now: datetime) -> None:
        """Whoever cannot come back any more."""
        self._known = {
            number: one
            for number, one in self._known.items()
            if now - one.last.ended_at <= self._rules.within
        }

    def clear(self) -> None:
        """Forget everybody."""
        self._known = {}

    def _may_be(self, before: Departure, now: Departure) -> bool:
        overlap = timedelta() if _same_camera(before, now) else self._rules.overlap
        away = now.started_at - before.ended_at
        return -overlap <= away <= self._rules.within and before.started_at <= now.started_at

    def _least(self, before: Departure, now: Departure) -> float:
        return self._rules.least if _same_camera(before, now) else self._rules.least_between

    def _number(self) -> int:
        self.next_visitor += 1
        return self.next_visitor - 1


def _same_camera(one: Departure, other: Departure) -> bool:
    return one.identity.stream_id == other.identity.stream_id
