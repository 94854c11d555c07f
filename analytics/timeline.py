"""How far a stream's time has come, and what of it was observed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from analytics.snapshots import State
from domain.frame import TimeSource

LONGEST_STEP = timedelta(hours=1)
"""A longer step from one observation to the next is no time passing, but a clock being set or a machine that slept."""

_BELIEVE_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class ElapsedTime:
    """Time that has passed; `signal` says whether with pictures."""

    begin: datetime
    end: datetime
    signal: bool


class TimelineState(State):
    """How far time has come.

    Attributes:
        now: The newest event time.
        known_until: Up to where it is known whether there was a signal.
        source: What the newest event time rests on.
        signal: Whether there are pictures.
        late_since: The first of the frames that have come late one after the other.
    """

    version: Literal[1] = 1
    now: AwareDatetime | None
    known_until: AwareDatetime | None
    source: TimeSource
    signal: bool
    late_since: AwareDatetime | None


class Timeline:
    """The newest event time of one stream. One thread.

    Time passes with frames and changes of the signal. It counts as observed or as without signal only once what
    follows says which it
    was: a camera that has been silent for a second may be slow or gone.
    """

    def __init__(self, lateness: timedelta) -> None:
        self._lateness = lateness
        self._now: datetime | None = None
        self._known_until: datetime | None = None
        self._source: TimeSource = "file"
        self._signal = True
        self._late_since: datetime | None = None

    @property
    def now(self) -> datetime | None:
        """The newest event time; None before the first."""
        return self._now

    @property
    def source(self) -> TimeSource:
        """What the newest event time rests on."""
        return self._source

    def snapshot(self) -> TimelineState:
        """All that it remembers."""
        return TimelineState(
            now=self._now,
            known_until=self._known_until,
            source=self._source,
            signal=self._signal,
            late_since=self._late_since,
        )

    def restore(self, state: TimelineState) -> None:
        """Remember that, and nothing else."""
        self._now, self._known_until = state.now, state.known_until
        self._source, self._signal, self._late_since = state.source, state.signal, state.late_since

    def was_set_back(self, moment: datetime) -> bool:
        """Whether a frame of that time shows that the clock was set back for good.

        A frame that comes late is late. But when frames go on for ten seconds of their own time, all of them behind
        the allowed lateness, it is the clock that has changed.
        """
        if self._now is None or moment >= self._now - self._lateness:
            self._late_since = None
            return False
        if self._late_since is None or moment < self._late_since:
            self._late_since = moment
        return moment - self._late_since >= _BELIEVE_AFTER

    def jumps(self, moment: datetime) -> bool:
        """Whether that moment is more than an hour ahead."""
        return self._now is not None and moment > self._now + LONGEST_STEP

    def restart(self) -> None:
        """Forget how far time had come."""
        self._now = self._known_until = self._late_since = None

    def move(self, moment: datetime, source: TimeSource) -> ElapsedTime | None:
        """Time has come to that moment: what is thereby known to have passed, None where nothing has."""
        self._source = source
        return self._pass(moment)

    def change_signal(self, present: bool) -> None:
        """From now on there are pictures, or there are none."""
        self._signal = present

    def wait(self, moment: datetime) -> ElapsedTime | None:
        """Time has come to that moment without a frame.

        Returns:
            The span that has passed without a signal; None while there is one, because what follows is not known yet.
        """
        if self._now is None:
            return None
        if not self._signal:
            return self._pass(moment)
        self._now = max(self._now, moment)
        return None

    def _pass(self, moment: datetime) -> ElapsedTime | None:
        begin = self._known_until
        self._now = max(self._now or moment, moment)
        self._known_until = max(begin or moment, moment)
        if begin is None or not begin < moment <= begin + LONGEST_STEP:
            return None
        return ElapsedTime(begin, moment, self._signal)
