"""Pictures that were made, or can be, under names that nobody can guess, until they expire."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
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

    @property
    def held_bytes(self) -> int:
        """How much memory it takes."""
        return len(self.content)


@dataclass(frozen=True, slots=True, eq=False)
class ToMake:
    """A file that is made when somebody fetches it: most are fetched by nobody.

    Attributes:
        make: Makes it; called once.
        held_bytes: How much memory what it is made from takes.
    """

    make: Callable[[], Made]
    held_bytes: int


@dataclass(slots=True, eq=False)
class _Held:
    """One of them; `making` is held by whoever makes it."""

    until_s: float
    file: Made | ToMake
    making: Lock = field(default_factory=Lock)


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
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._bytes = 0

    def add(self, file: Made | ToMake) -> str:
        """Keep it; its name has 192 random bits."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._held[name] = _Held(self._clock() + self._keep_s, file)
            self._bytes += file.held_bytes
            self._tidy()
        return name

    def get(self, name: str) -> Made | None:
        """What was kept under that name; None where there is none, or none any more. Blocks while it is made."""
        with self._lock:
            self._tidy()
            held = self._held.get(name)
        if held is None:
            return None
        with held.making:
            return held.file if isinstance(held.file, Made) else self._made(name, held, held.file)

    def _made(self, name: str, held: _Held, order: ToMake) -> Made:
        made = order.make()
        with self._lock:
            held.file = made
            # It may have expired meanwhile.
            if name in self._held:
                self._bytes += made.held_bytes - order.held_bytes
                self._tidy()
        return made

    def _tidy(self) -> None:
        now = self._clock()
        while self._held:
            name, held = next(iter(self._held.items()))
            if held.until_s > now and self._bytes <= self._most:
                return
            del self._held[name]
            self._bytes -= held.file.held_bytes
