"""Which frames of a stream are taken."""

import math

_EARLY_SHARE = 0.4
"""A frame may come early by this part of the distance between frames. Half would be the nearest frame, and a tie would be decided
by rounding noise; 0.4 leaves room for containers that round time stamps to milliseconds (3 % of the distance at 30 fps)."""


class TimeSampler:
    """Picks frames by their time stamps, so that variable frame rates, gaps and lost frames make no difference.

    The time line is divided into slots of 1 / sample_fps seconds; of the frames around its beginning the nearest is taken.
    In n seconds at most n * sample_fps + 1.5 frames are taken, evenly spaced where the frames are; a stream slower than
    `sample_fps` is taken whole. Time that jumps back counts as no time at all.

    Args:
        sample_fps: Frames a second to take at most, above 0.

    Raises:
        ValueError: `sample_fps` is not a positive number.
    """

    def __init__(self, sample_fps: float) -> None:
        if not (math.isfinite(sample_fps) and sample_fps > 0):
            raise ValueError(f"sample_fps must be a positive number, got {sample_fps}")
        self._fps = sample_fps
        self._elapsed_s = 0.0
        self._previous_s: float | None = None
        self._slot = -1

    def take(self, time_s: float) -> bool:
        """Whether to take the frame of that time, in seconds; called once for each frame, in order."""
        step_s = 0.0 if self._previous_s is None else max(0.0, time_s - self._previous_s)
        self._previous_s = time_s
        self._elapsed_s += step_s
        early_s = _EARLY_SHARE * min(step_s, 1.0 / self._fps)
        slot = math.floor((self._elapsed_s + early_s) * self._fps + 1e-9)
        if slot <= self._slot:
            return False
        self._slot = slot
        return True
