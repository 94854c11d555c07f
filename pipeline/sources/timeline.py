"""Media time: seconds that start at 0 and never run back, whatever the time stamps of a stream do."""

from collections.abc import Callable

LONGEST_STEP_S = 3_600.0
"""A longer step between two frames is taken for a clock that was set, not for an hour without a picture: recorders that pause begin
a new file long before. The analytics take such a step in the same way."""

_JITTER_S = 1.0
_MOST_HELD = 25
_ROUNDING_S = 1e-6


class MediaClock:
    """Turns the time stamps of a stream into media time.

    The first frame is at 0, whatever its stamp. A frame without a stamp follows its predecessor by one step. A stamp up to a second
    behind holds the time still (rounding, reordered frames). A stamp further back, or more than an hour ahead, is a stray if the
    next one fits the old line again, and a new line (two recordings joined, a counter that wrapped) if the next one fits it.

    Args:
        on_leap: Called with the media time and the seconds of the leap whenever a new line begins.
    """

    def __init__(self, on_leap: Callable[[float, float], None] = lambda _at_s, _leap_s: None) -> None:
        self._on_leap = on_leap
        self._last_s: float | None = None
        self._offset_s: float | None = None
        self._new_offset_s: float | None = None
        self._held = 0

    def at(self, stamp_s: float | None, step_s: float) -> float:
        """Media time of the next frame in seconds, never below that of the one before.

        Args:
            stamp_s: Its time stamp in seconds, None where it has none.
            step_s: Usual distance between two frames in seconds.
        """
        self._last_s = self._next(stamp_s, step_s)
        return self._last_s

    def peek(self, stamp_s: float | None) -> float | None:
        """Media time of that stamp in seconds, without moving on; None where it does not fit the present line."""
        if stamp_s is None or self._offset_s is None or self._last_s is None:
            return None
        time_s = stamp_s + self._offset_s
        return time_s if abs(time_s - self._last_s) <= LONGEST_STEP_S else None

    def restart(self, gap_s: float) -> None:
        """The stamps begin anew: the next frame, whatever its stamp, comes `gap_s` seconds and one step after the last one."""
        if self._last_s is not None:
            self._last_s += max(0.0, gap_s)
        self._offset_s = self._new_offset_s = None
        self._held = 0

    def _next(self, stamp_s: float | None, step_s: float) -> float:
        if self._last_s is None:
            self._offset_s = None if stamp_s is None else -stamp_s
            return 0.0
        expected_s = self._last_s + step_s
        if stamp_s is None:
            return expected_s
        if self._offset_s is None:
            self._offset_s = expected_s - stamp_s
            return expected_s
        return self._on_line(stamp_s, stamp_s + self._offset_s, self._last_s, expected_s)

    def _on_line(self, stamp_s: float, time_s: float, last_s: float, expected_s: float) -> float:
        if last_s < time_s <= last_s + LONGEST_STEP_S:
            self._held, self._new_offset_s = 0, None
            return time_s
        if last_s - _JITTER_S <= time_s <= last_s and self._held < _MOST_HELD:
            self._held += 1
            return last_s
        # Stamps that stand still are no stamps: the frames that were held have each taken a step.
        caught_up_s = expected_s + self._held * (expected_s - last_s)
        self._held = 0
        return self._off_line(stamp_s, last_s, caught_up_s)

    def _off_line(self, stamp_s: float, last_s: float, expected_s: float) -> float:
        if self._new_offset_s is not None:
            time_s = stamp_s + self._new_offset_s
            if last_s + _ROUNDING_S < time_s <= last_s + LONGEST_STEP_S:
                if self._offset_s is not None:
                    self._on_leap(last_s, self._offset_s - self._new_offset_s)
                self._offset_s, self._new_offset_s, self._held = self._new_offset_s, None, 0
                return time_s
        self._new_offset_s = expected_s - stamp_s
        return expected_s
