"""Room for pictures of requests in memory: thirty at a time are let in, and a file of a few bytes may be a picture of gigabytes."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock


@dataclass(slots=True, eq=False)
class _Guest:
    """One who waits, or is in."""

    pixels: int
    may: Event = field(default_factory=Event)


class PictureRoom:
    """Lets in pictures up to so many pixels together, in the order in which they came. Any thread.

    Args:
        most: Pixels; a larger picture is let in by itself.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._waiting: deque[_Guest] = deque()
        self._taken = 0

    @contextmanager
    def taken(self, pixels: int) -> Iterator[None]:
        """Within it, there is room for a picture. Blocks until there is.

        Args:
            pixels: Of the picture.
        """
        guest = _Guest(pixels)
        try:
            with self._lock:
                self._waiting.append(guest)
                self._let_in()
            guest.may.wait()
            yield
        finally:
            with self._lock:
                if guest.may.is_set():
                    self._taken -= pixels
                else:
                    self._waiting.remove(guest)
                self._let_in()

    def _let_in(self) -> None:
        while self._waiting and (not self._taken or self._taken + self._waiting[0].pixels <= self._most):
            guest = self._waiting.popleft()
            self._taken += guest.pixels
            guest.may.set()
