"""How long events stay in a spool: until every sink has them, and then for as long as there is room and time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import time_ns

from sinks.spool.store import SpoolStore

_REASONS = 1_000
"""Why sinks have refused what is not there any more: so many, the newest, are kept."""


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class RetentionOptions:
    """What is kept of what every sink has.

    Attributes:
        keep_bytes: Size of the spool from which on the oldest are deleted.
        keep_s: Age from which on they are deleted, seconds.
        every_s: How often to look, seconds.
        keep_s_of: The same of single kinds of event, also of those that a sink has refused.
        whole_after: All events after that one are kept, those of frames excepted: a run that may have to be gone on with needs them
            for its report. None where there is no such run.
    """

    keep_bytes: int = 64 << 20
    keep_s: float = 86_400.0
    every_s: float = 10.0
    keep_s_of: Mapping[str, float] = field(default_factory=dict)
    whole_after: int | None = None


class Retention:
    """Deletes events behind the slowest cursor. One thread: the one that writes.

    Args:
        store: The spool.
        options: Sizes and times.
        clock: Monotonic seconds.
        now: The time of this machine, milliseconds since 1970.
    """

    def __init__(
        self,
        store: SpoolStore,
        options: RetentionOptions,
        clock: Callable[[], float],
        now: Callable[[], int] = now_ms,
    ) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._now = now
        self._next = clock() + options.every_s

    def tidy_if_due(self, present: Iterable[int]) -> None:
        """Delete what is too much, now and then. `present` are the cursors of the sinks that get events now."""
        if self._clock() >= self._next:
            self._next = self._clock() + self._options.every_s
            self.tidy(self._floor(present))

    def make_room(self, present: Iterable[int]) -> None:
        """Delete everything that every sink has, or has refused: the disk is full."""
        floor = self._floor(present)
        while self._store.delete(upto_seq=floor, refused_too=True, whole_after=self._options.whole_after):
            pass

    def tidy(self, floor: int) -> None:
        """Delete what is too old, and the oldest of what is too large; of that also what sinks have refused."""
        now, whole = self._now(), self._options.whole_after
        before_ms = now - round(1000 * self._options.keep_s)
        while self._store.delete(upto_seq=floor, before_ms=before_ms, whole_after=whole):
            pass
        for kind, keep_s in self._options.keep_s_of.items():
            old_ms = now - round(1000 * keep_s)
            while self._store.delete(
                upto_seq=floor, before_ms=old_ms, refused_too=True, whole_after=whole, kind=kind
            ):
                pass
        for refused_too in (False, True):
            while self._is_large() and self._store.delete(
                upto_seq=floor, refused_too=refused_too, whole_after=whole
            ):
                pass
        last = floor if whole is None else min(floor, whole)
        self._store.forget_reasons(upto_seq=last, newest=_REASONS)
        self._store.shrink()

    def _is_large(self) -> bool:
        return self._store.used_bytes() > self._options.keep_bytes

    def _floor(self, present: Iterable[int]) -> int:
        """The slowest cursor, those of sinks that this run does not have among them."""
        return min([*(cursor.seq for cursor in self._store.cursors().values()), *present], default=0)
