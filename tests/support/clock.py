"""Time that passes when a test, or whoever waits, lets it."""

import threading


class FakeTime:
    """A clock and the matching wait: a wait with a limit ends at once, with the clock moved on by that limit."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._lock = threading.Lock()
        self.waits: list[float] = []

    def clock(self) -> float:
        """Seconds."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += seconds

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait for a notification, or move the clock on."""
        if seconds is None:
            condition.wait()
            return
        with self._lock:
            self.waits.append(seconds)
        condition.wait(0.001)  # lets the other threads have the lock
        self.advance(seconds)
