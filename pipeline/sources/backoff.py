"""How long to wait before trying again."""

import random
from collections.abc import Callable


class Backoff:
    """Waits that double from try to try, with jitter, so that cameras behind one switch are not asked all at once.

    Args:
        shortest_s: First wait at most, seconds, above 0.
        longest_s: Any wait at most, seconds.
        chance: A number from 0 to 1; 0 halves a wait, 1 leaves it whole.
    """

    def __init__(
        self, shortest_s: float, longest_s: float, chance: Callable[[], float] = random.random
    ) -> None:
        self._shortest_s = shortest_s
        self._longest_s = longest_s
        self._chance = chance
        self._next_s = shortest_s

    def wait_s(self) -> float:
        """Seconds to wait now; the next wait is twice as long."""
        whole_s = self._next_s
        self._next_s = min(2.0 * whole_s, self._longest_s)
        return whole_s * (0.5 + 0.5 * self._chance())

    def reset(self) -> None:
        """It worked: begin with the shortest wait again."""
        self._next_s = self._shortest_s
