"""Pauses of a recording: stretches for which it has no pictures."""

from collections import deque
from dataclasses import dataclass

_SHORTEST_S = 5.0
_STEPS = 10.0
"""A pause is so many times longer than the distance of the pictures: some cameras take one every few seconds."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch without pictures.

    Attributes:
        begin_s: Media time at which the last picture before it was over, seconds.
        end_s: Media time of the first picture after it, seconds.
    """

    begin_s: float
    end_s: float


class PauseWatch:
    """Finds the pauses among the pictures of a recording, damaged ones included. One thread.

    Args:
        step_s: Usual distance of the pictures, seconds.
    """

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self._newest_s: float | None = None
        self._pauses: deque[Pause] = deque()

    def see(self, media_s: float) -> None:
        """There is a picture at that media time, seconds; of those that are reordered the newest counts."""
        newest_s = media_s if self._newest_s is None else self._newest_s
        if media_s - newest_s > max(_SHORTEST_S, _STEPS * self._step_s):
            self._pauses.append(Pause(newest_s + self._step_s, media_s))
        self._newest_s = max(media_s, newest_s)

    def until(self, media_s: float) -> tuple[Pause, ...]:
        """The pauses that are over by then, each once, in order."""
        over: list[Pause] = []
        while self._pauses and self._pauses[0].end_s <= media_s:
            over.append(self._pauses.popleft())
        return tuple(over)
