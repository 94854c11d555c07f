"""Who of those seen is whom of those that are remembered."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from domain.parsing import UNTRACKED
from pipeline.privacy.held import FOLLOWED, GROWTH, Held, Seen
from pipeline.privacy.regions import Box, Region, tallness

# Two boxes that share that much of their union are one person's.
_SAME = 0.2
# How fast somebody comes by at most, in own heights a second.
_FASTEST = 2.5
# Whoever is where somebody was is surely that one if so much of the boxes' union is shared or, where both heads are known, if these
# are no further apart, as a share of the height. Else both are covered.
_SURELY, _ONE_HEAD = 0.5, 0.15
# Of two who may be one, the smaller is at least that tall, as a share of the other.
_AS_TALL = 0.75

_Floats: TypeAlias = npt.NDArray[np.float64]


def middle_of(regions: Sequence[Region]) -> _Floats:
    """Between all corners, shape (2,)."""
    points = np.concatenate([region.points for region in regions])
    return np.asarray((points.min(axis=0) + points.max(axis=0)) / 2, np.float64)


def _shift(before: Box, now: Box) -> float:
    """How far the middle of the upper edge went."""
    return float(np.hypot((now[0] + now[2] - before[0] - before[2]) / 2, now[1] - before[1]))


def paired(known: Sequence[Held], seen: Sequence[Seen], now_s: float) -> dict[int, int]:
    """Who of those seen is whom of those known, by position in both.

    First by place, because a track may have gone over to somebody else; then by track, because somebody may have walked far between
    two frames.
    """
    if not known or not seen:
        return {}
    pairs: dict[int, int] = {}
    overlaps = _overlaps([held.place(now_s) for held in known], [person.box for person in seen])
    for flat in np.argsort(-overlaps, axis=None, kind="stable"):
        old, new = divmod(int(flat), len(seen))
        if overlaps[old, new] < _SAME:
            break
        if new not in pairs and old not in pairs.values():
            pairs[new] = old
    for new, person in enumerate(seen):
        for old, held in enumerate(known):
            free = new not in pairs and old not in pairs.values()
            if free and person.track_id == held.track_id != UNTRACKED and _reaches(held, person, now_s):
                pairs[new] = old
    return pairs | _nearest(known, seen, now_s, pairs)


def _nearest(
    known: Sequence[Held], seen: Sequence[Seen], now_s: float, pairs: Mapping[int, int]
) -> dict[int, int]:
    """Of those whom nobody follows and who are left, whoever is about as tall and may have walked there, the nearest first."""
    candidates = sorted(
        (_shift(held.place(now_s), person.box), new, old)
        for old, held in enumerate(known)
        for new, person in enumerate(seen)
        if held.track_id == UNTRACKED
        and new not in pairs
        and old not in pairs.values()
        and _may_be(held, person, now_s)
    )
    found: dict[int, int] = {}
    for _, new, old in candidates:
        if new not in found and old not in found.values():
            found[new] = old
    return found


def _may_be(held: Held, person: Seen, now_s: float) -> bool:
    before, now = tallness(held.box), tallness(person.box)
    walked = FOLLOWED[0] * max(now_s - held.seen_s, 0.0) * before
    return min(before, now) >= _AS_TALL * max(before, now) and _shift(held.box, person.box) <= walked


def is_surely(held: Held, person: Seen, now_s: float) -> bool:
    """Whether somebody who may be that one surely is: else both places are covered."""
    if not (held.sure and person.covering.sure):
        return float(_overlaps([held.place(now_s)], [person.box])[0, 0]) >= _SURELY
    went = np.array(held.speed) * (now_s - held.covered_s)
    apart = middle_of(person.covering.regions) - middle_of(held.regions) - went
    # A pace that is not known yet may be any, and one that is known may change.
    free = FOLLOWED[0] if not held.steps else GROWTH
    reach = _ONE_HEAD + free * (now_s - held.covered_s)
    return float(np.hypot(*apart)) <= reach * tallness(person.box)


def _reaches(held: Held, person: Seen, now_s: float) -> bool:
    return _shift(held.box, person.box) <= _FASTEST * tallness(held.box) * max(now_s - held.seen_s, 0.0)


def _overlaps(first: Sequence[Box], second: Sequence[Box]) -> _Floats:
    """Intersection over union, shape (len(first), len(second))."""
    a, b = np.array(first, np.float64)[:, None], np.array(second, np.float64)[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    both = np.prod(np.maximum(sides, 0), axis=-1)
    areas = np.prod(a[..., 2:] - a[..., :2], axis=-1) + np.prod(b[..., 2:] - b[..., :2], axis=-1) - both
    result: _Floats = both / np.maximum(areas, 1e-9)
    return result
