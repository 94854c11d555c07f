"""What comes next is known before a picture is dealt with, so that it is covered by what is seen a moment later, too."""

from collections import deque
from collections.abc import Iterator
from itertools import takewhile
from typing import TypeAlias

from domain.frame import Frame
from pipeline.post_processing import Look, ParsedItem
from pipeline.privacy import Upcoming
from pipeline.views.resting import Seen

Ready: TypeAlias = tuple[ParsedItem, tuple[Upcoming, ...]]
"""An item, and what was seen in the pictures after it, the nearest first."""

_MOST = 8
"""Pictures that wait at most, each with its label maps: 10 MB of 1920x1080."""

_ROUNDING_S = 1e-6
_LONGEST_S = 10.0


class LookAhead:
    """Keeps pictures back until that much later ones are there. Items leave in the order in which they came. One thread.

    Args:
        seconds: How much, of media time; with 0 nothing waits. One later picture is enough where they are further apart.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: deque[ParsedItem] = deque()
        self._newest_s: float | None = None
        self._step_s = 0.0

    @property
    def patience_s(self) -> float:
        """How long the next picture may take while others wait for it, seconds: twice as long as the newest; 0 while none waits."""
        return min(2 * self._step_s, _LONGEST_S) if self._waiting else 0.0

    def put(self, item: ParsedItem) -> Iterator[Ready]:
        """Add the newest item, and give those that need not wait any longer.

        Nothing is known to come soon after a signal is lost or restored, so all pictures before that are given.
        """
        self._waiting.append(item)
        newest_s, before_s = item[0].media_time_s if isinstance(item, tuple) else None, self._newest_s
        self._step_s = max(0.0, newest_s - before_s) if newest_s is not None and before_s is not None else 0.0
        self._newest_s = newest_s
        if newest_s is None or not self._seconds:
            yield from self.flush()
            return
        until = newest_s - self._seconds + _ROUNDING_S
        while len(self._waiting) > _MOST or (len(self._waiting) > 1 and _moment(self._waiting[0]) <= until):
            yield self._next()

    def flush(self) -> Iterator[Ready]:
        """Give all: nothing more comes, or not soon."""
        while self._waiting:
            yield self._next()

    def _next(self) -> Ready:
        item = self._waiting.popleft()
        later = takewhile(lambda one: isinstance(one, tuple), self._waiting)
        return item, tuple(_upcoming(*one) for one in later if isinstance(one, tuple))


def _upcoming(frame: Frame, look: Look) -> Upcoming:
    return Upcoming(frame.media_time_s, look.parsed if isinstance(look, Seen) else look)


def _moment(item: ParsedItem) -> float:
    """When a picture was taken, media time; that of anything else has passed."""
    return item[0].media_time_s if isinstance(item, tuple) else float("-inf")
