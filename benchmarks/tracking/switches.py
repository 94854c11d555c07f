"""What the identity switches of a tracker are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.tracking.clips import Ids, ParsedClip, TrueFrame
from benchmarks.tracking.measures import Follows
from domain.parsing import UNTRACKED
from pipeline.tracking.settings import ByteTrackSettings

Kind: TypeAlias = Literal["another's", "own again", "new", "new, late"]
"""The number of somebody else; an earlier one of one's own; one that nobody had, within `lost_after_s` and later."""

KINDS: tuple[Kind, ...] = get_args(Kind)

# Overlap from which a true person was found.
_FOUND = 0.5
# More than any sum of overlaps: a pair that goes on counts before all others.
_GOES_ON = 1000.0


@dataclass(slots=True)
class _Known:
    """A true person: the newest number and its media time, and those before."""

    track: int
    seen_s: float
    earlier: set[int]


def kinds_of(clip: ParsedClip, make: Callable[[], Follows]) -> Iterator[Kind]:
    """Follow the clip: one for each switch, in order. Pairs are those of MOTA (Bernardin and Stiefelhagen, 2008)."""
    tracker, known = make(), dict[int, _Known]()
    owned, going_on = set[int](), dict[int, int]()
    for (frame, parsed), truth in zip(clip.frames, clip.truth, strict=True):
        going_on = _pairs(truth, tracker.update(frame, parsed), going_on)
        for person, track in going_on.items():
            before = known.setdefault(person, _Known(track, frame.media_time_s, set()))
            if before.track != track:
                yield _kind(before, track, frame.media_time_s, owned)
                before.earlier.add(before.track)
            before.track, before.seen_s = track, frame.media_time_s
        owned |= set(going_on.values())


def _kind(before: _Known, track: int, now_s: float, owned: set[int]) -> Kind:
    if track in before.earlier:
        return "own again"
    if track in owned:
        return "another's"
    # Media times are sums of floating point.
    late = now_s - before.seen_s > ByteTrackSettings().lost_after_s + 1e-6
    return "new, late" if late else "new"


def _pairs(truth: TrueFrame, tracks: Ids, going_on: dict[int, int]) -> dict[int, int]:
    """The track of each true person that was found."""
    which = np.flatnonzero((tracks != UNTRACKED) & truth.judged)
    similar = np.where(truth.similarities[:, which] >= _FOUND, truth.similarities[:, which], 0.0)
    before = np.array([going_on.get(int(person), UNTRACKED) for person in truth.ids], np.int64)
    same = (before[:, None] == tracks[which][None]) & (similar > 0)
    rows, columns = linear_sum_assignment(-(similar + _GOES_ON * same))
    found = similar[rows, columns] > 0
    return {
        int(truth.ids[row]): int(tracks[which[column]])
        for row, column in zip(rows[found], columns[found], strict=True)
    }
