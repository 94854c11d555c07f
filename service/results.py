"""Pictures that were made, under names that nobody can guess, until they expire."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic


@dataclass(frozen=True, slots=True)
class Made:
    """A file that can be fetched.

    Attributes:
        content: Its bytes.
        media_type: What it is.
    """

    content: bytes
    media_type: str


class ResultStore:
    """Keeps them in memory, so that no name from outside reaches the file system. Any thread.

    Args:
        keep_s: How long, seconds.
        most_bytes: How many bytes together; the oldest go first.
        clock: Monotonic seconds.
    """

    def __init__(self, keep_s: float, most_bytes: int, clock: Callable[[], float] = monotonic) -> None:
        self._keep_s, self._most, self._clock = keep_s, most_bytes, clock
        self._lock = Lock()
        self._held: OrderedDict[str, tuple[float, Made]] = OrderedDict()
        self._bytes = 0

    def add(self, made: Made) -> str:
        """Keep it; its name has 192 random bits."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._held[name] = self._clock() + self._keep_s, made
            self._bytes += len(made.content)
            self._tidy()
        return name

    def get(self, name: str) -> Made | None:
        """What was kept under that name; None where there is none, or none any more."""
        with self._lock:
            self._tidy()
            held = self._held.get(name)
        return held[1] if held else None

    def _tidy(self) -> None:
        now = self._clock()
        while self._held:
            name, (until, made) = next(iter(self._held.items()))
            if until > now and self._bytes <= self._most:
                return
            del self._held[name]
            self._bytes -= len(made.content)
