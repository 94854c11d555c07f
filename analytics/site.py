"""What the cameras of one site have in common: who was here lately, before whichever of them.

Streams run each in a thread of its own, and recordings not even at the same speed. So a visit is joined only once every camera
has come so far that nothing earlier can follow; then the outcome does not depend on which thread was first. What anybody looks
like is never written anywhere, and whoever cannot come back any more is forgotten.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from analytics.appearance import Appearance
from analytics.remembering import Departure, DepartureKey, Joined, JoinRules, Memory
from domain.errors import SettingsError
from domain.frame import TimeSource

PATIENCE = timedelta(seconds=60)
"""A camera that is further behind the others, or has never shown a picture, is not waited for; a recording is."""

_MOST_WAITING = 5000
# Of so many visits before other cameras it is known which camera has said them: a crash may take them back.
_MOST_SAID = 64
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
        self._said: dict[str, deque[Departure]] = {}
        self._said_keys: dict[str, deque[DepartureKey]] = {}
        self._done: set[DepartureKey] = set()
        self._since: datetime | None = None

    def enter(self, stream_id: str) -> None:
        """A camera takes part, and the others wait for it."""
        with self._lock:
            self._streams.setdefault(stream_id, _Reached())

    def offer(self, departure: Departure) -> None:
        """A visit is over. One that was said before a crash is not said again."""
        with self._lock:
            if departure.key not in self._done:
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
            return self._join(stream_id, self._settled())

    def leave(self, stream_id: str) -> Sequence[tuple[Joined, float]]:
        """A camera is over; as `reached`. With the last one, everybody is forgotten."""
        with self._lock:
            self._streams.pop(stream_id, None)
            joined = self._join(stream_id, self._settled() if self._streams else None)
            if not self._streams:
                self._memory.clear()
                self._since = None
            return joined

    def pending(self, stream_id: str) -> tuple[Departure, ...]:
        """Visits of a camera about which it is not known for sure that it was said whose they were.

        What another camera has said lately is among them: of its events and its state nothing may be on the disk yet. Where it is
        after all, `was_said` takes it out.
        """
        with self._lock:
            said = [one for by, some in self._said.items() if by != stream_id for one in some]
            return tuple(one for one in (*said, *self._waiting) if one.identity.stream_id == stream_id)

    def said_by(self, stream_id: str) -> tuple[DepartureKey, ...]:
        """Visits of other cameras that this one has said lately."""
        with self._lock:
            return tuple(self._said_keys.get(stream_id, ()))

    def was_said(self, stream_id: str, keys: Iterable[DepartureKey]) -> None:
        """A camera has said these visits of others before a crash: they wait no longer."""
        with self._lock:
            said = deque(keys, maxlen=_MOST_SAID)
            # There may be another crash, and others may not have a newer state by then.
            self._said_keys[stream_id] = said
            self._done.update(said)
            self._waiting = [one for one in self._waiting if one.key not in self._done]

    def take_back(self, stream_id: str, departures: Sequence[Departure]) -> None:
        """Those wait of that camera, and no others."""
        with self._lock:
            others = [one for one in self._waiting if one.identity.stream_id != stream_id]
            self._waiting = [*others, *(one for one in departures if one.key not in self._done)]

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

    def _join(self, by: str, until: datetime | None) -> list[tuple[Joined, float]]:
        """Those that ended before that, in their order; all of them where it is None. `by` is the camera that says them."""
        waiting = sorted(self._waiting, key=lambda one: one.order)
        count = sum(until is None or one.ended_at < until for one in waiting)
        count = max(count, len(waiting) - _MOST_WAITING)
        self._waiting = waiting[count:]
        of_others = [one for one in waiting[:count] if one.identity.stream_id != by]
        # Without what anybody looked like.
        kept = self._said.setdefault(by, deque(maxlen=_MOST_SAID))
        kept += [replace(one, appearance=Appearance()) for one in of_others]
        keys = self._said_keys.setdefault(by, deque(maxlen=_MOST_SAID))
        keys += [one.key for one in of_others]
        joined = [(self._memory.join(one), self._remembered_s(one)) for one in waiting[:count]]
        if until is not None and until != _NEVER:
            self._memory.forget(until)
        return joined

    def _remembered_s(self, departure: Departure) -> float:
        since = self._since or departure.started_at
        most = self.rules.within.total_seconds()
        return min(most, max(0.0, (departure.started_at - since).total_seconds()))
