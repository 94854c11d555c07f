"""What the cameras of one site have in common: who was here lately, before whichever of them.

Streams run each in a thread of its own, and recordings not even at the same speed. So a visit is joined only once every camera
has come so far that nothing earlier can follow; then the outcome does not depend on which thread was first. Nothing of it is
ever written anywhere, and whoever cannot come back any more is forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from analytics.remembering import Departure, Joined, JoinRules, Memory
from domain.errors import SettingsError
from domain.frame import TimeSource

PATIENCE = timedelta(seconds=60)
"""A camera that is further behind the others, or has never shown a picture, is not waited for; a recording is."""

_MOST_WAITING = 5000
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Reached:
    """How far a stream has come: no visit that ended before that follows. None before its first picture."""

    moment: datetime | None = None
    source: TimeSource | None = None


class Sites:
    """The sites of a run, by name. Any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sites: dict[str, Site] = {}

    def get(self, name: str, rules: JoinRules) -> "Site":
        """The site of that name.

        Raises:
            SettingsError: A camera before has other rules for it.
        """
        with self._lock:
            site = self._sites.setdefault(name, Site(name, rules))
        if site.rules != rules:
            raise SettingsError(
                f"analytics.visitors: cameras of the site {name} have different rules for it; write return_s, the "
                "likenesses, margin and overlap_s once, above the cameras, or the same for each"
            )
        return site


class Site:
    """The memory of one site. Any thread.

    Args:
        name: Of the site.
        rules: When two visits are one visitor's.
    """

    def __init__(self, name: str, rules: JoinRules) -> None:
        self.name, self.rules = name, rules
        self._lock = Lock()
        self._streams: dict[str, _Reached] = {}
        self._memory = Memory(rules)
        self._waiting: list[Departure] = []
        self._since: datetime | None = None

    def enter(self, stream_id: str) -> None:
        """A camera takes part, and the others wait for it."""
        with self._lock:
            self._streams.setdefault(stream_id, _Reached())

    def offer(self, departure: Departure) -> None:
        """A visit is over."""
        with self._lock:
            self._waiting.append(departure)

    def reached(self, stream_id: str, moment: datetime, source: TimeSource) -> Sequence[tuple[Joined, float]]:
        """A camera has come so far that no visit which ended before that follows.

        Returns:
            Visits of any camera about which it is known now whose they were, and how far back was remembered then, seconds.
        """
        with self._lock:
            self._streams[stream_id] = _Reached(moment, source)
            if self._since is None or moment < self._since:
                self._since = moment
            return self._join(self._settled())

    def leave(self, stream_id: str) -> Sequence[tuple[Joined, float]]:
        """A camera is over; as `reached`. With the last one, everybody is forgotten."""
        with self._lock:
            self._streams.pop(stream_id, None)
            joined = self._join(self._settled()) if self._streams else self._join(None)
            if not self._streams:
                self._memory.clear()
                self._since = None
            return joined

    def waiting(self, stream_id: str) -> tuple[Departure, ...]:
        """Visits of a camera about which it is not known yet whose they were."""
        with self._lock:
            return tuple(one for one in self._waiting if one.identity.stream_id == stream_id)

    def take_back(self, stream_id: str, departures: Sequence[Departure]) -> None:
        """Those wait of that camera, and no others."""
        with self._lock:
            others = [one for one in self._waiting if one.identity.stream_id != stream_id]
            self._waiting = [*others, *departures]

    @property
    def next_visitor(self) -> int:
        """Number of the next new visitor."""
        with self._lock:
            return self._memory.next_visitor

    def go_on(self, next_visitor: int) -> None:
        """Numbers below that are taken."""
        with self._lock:
            self._memory.next_visitor = max(self._memory.next_visitor, next_visitor)

    def _settled(self) -> datetime | None:
        """Until when all visits are there; the earliest moment of all where that is not known."""
        reached = [one.moment for one in self._streams.values() if one.moment is not None]
        if not reached:
            return _NEVER
        leader = max(reached)
        live = any(one.source != "file" for one in self._streams.values() if one.moment == leader)
        return min(self._counts_as(one, leader, live=live) for one in self._streams.values())

    @staticmethod
    def _counts_as(one: _Reached, leader: datetime, *, live: bool) -> datetime:
        own = one.moment or _NEVER
        return max(own, leader - PATIENCE) if live and one.source != "file" else own

    def _join(self, until: datetime | None) -> list[tuple[Joined, float]]:
        """Those that ended before that, in their order; all of them where it is None."""
        waiting = sorted(self._waiting, key=lambda one: one.order)
        count = sum(until is None or one.ended_at < until for one in waiting)
        count = max(count, len(waiting) - _MOST_WAITING)
        self._waiting = waiting[count:]
        joined = [(self._memory.join(one), self._remembered_s(one)) for one in waiting[:count]]
        if until is not None and until != _NEVER:
            self._memory.forget(until)
        return joined

    def _remembered_s(self, departure: Departure) -> float:
        since = self._since or departure.started_at
        most = self.rules.within.total_seconds()
        return min(most, max(0.0, (departure.started_at - since).total_seconds()))
