"""How far apart the pictures of a stream are, and what follows from it for who counts as lost."""

import logging

_log = logging.getLogger(__name__)

# Somebody may be missed in one picture.
_DISTANCES = 2.0
_CONVINCED_AFTER = 3
# Of so many pictures that were sampled, at least that part should be parsed.
_JUDGED, _KEPT = 300, 0.8


def lost_after(wanted_s: float, step_s: float, stream_id: str) -> float:
    """After how many seconds unseen a person counts as lost: what is wanted, but not before two pictures have come.

    Where pictures are further apart, everybody would be lost between any two of them, and there would be no visits.

    Args:
        wanted_s: As it is set, seconds.
        step_s: Distance of the pictures, seconds.
        stream_id: For the log.
    """
    least_s = _DISTANCES * step_s
    if least_s <= wanted_s:
        return wanted_s
    _log.warning(
        "%s: its pictures are %.1f s apart; a person counts as lost after %.1f s instead of %g s, so visits are counted coarsely",
        stream_id,
        step_s,
        least_s,
        wanted_s,
    )
    return least_s


class PaceWatch:
    """Says once when pictures turn out to be so far apart that nobody can be followed, and once when many are dropped.

    Args:
        stream_id: For the log.
        lost_after_s: After how many seconds unseen a person counts as lost.
        cheaper: Words for what would cost less, to stand before "sample fewer"; empty where there is nothing else.
    """

    def __init__(self, stream_id: str, lost_after_s: float, *, cheaper: str = "") -> None:
        self._stream_id = stream_id
        self._lost_after_s = lost_after_s
        self._cheaper = cheaper
        self._last_s: float | None = None
        self._too_far = 0
        self._said = self._said_dropped = False
        self._parsed, self._since = 0, -1

    def see(self, media_time_s: float, sample_index: int) -> None:
        """A picture of that time has been parsed, which is that one of those sampled, from 0."""
        self._see_distance(media_time_s)
        if self._since < 0:
            self._since = sample_index
        self._parsed += 1
        sampled = sample_index + 1 - self._since
        if sampled < _JUDGED:
            return
        if self._parsed < _KEPT * sampled and not self._said_dropped:
            self._said_dropped = True
            _log.warning(
                "%s: %.0f of 100 pictures are dropped, since this machine does not keep up: %ssample fewer (sampling.fps)",
                self._stream_id,
                100 * (1 - self._parsed / sampled),
                self._cheaper,
            )
        self._parsed, self._since = 0, sample_index + 1

    def _see_distance(self, media_time_s: float) -> None:
        step_s = 0.0 if self._last_s is None else media_time_s - self._last_s
        self._last_s = media_time_s
        self._too_far = self._too_far + 1 if step_s > self._lost_after_s else 0
        if self._too_far == _CONVINCED_AFTER and not self._said:
            self._said = True
            _log.warning(
                "%s: pictures are parsed %.1f s apart, and a person counts as lost after %g s: visits cannot be counted; "
                "sample more pictures, or raise tracking.lost_after_s above %.0f",
                self._stream_id,
                step_s,
                self._lost_after_s,
                2 * step_s,
            )
