"""Tracks that have gone over from one person to another, told by where the ways of both lead."""

import math
from collections.abc import Mapping
from datetime import timedelta

from analytics.floor import on_floor
from analytics.following import UNSURE, Stand, Way, may_be_one

# By so much nearer to the other's way tracks must be to have been swapped, and so far from their own, as a part of the height.
_SWAPPED = 0.35
_STRAYED = 0.4


def swapped(ways: Mapping[int, Way], here: Mapping[int, Stand], within: timedelta) -> list[tuple[int, int]]:
    """Tracks that have gone over from one person to another, as trackers let them where one hides another.

    A track has gone over where it stands far from where its own way leads, and right where that of another leads, who is missing
    or stands where the first leads in turn. Nobody is in two such pairs.

    Args:
        ways: By the track that each stands on.
        here: Where tracks stand in this frame; one that is not in it is missing.
        within: So long ago a way that is missing was seen at most.

    Returns:
        Pairs of tracks, the clearest first.
    """
    kept = {track: _off(ways[track], stand) for track, stand in here.items() if track in ways}
    pairs = {
        (min(one, other), max(one, other))
        for one, off in kept.items()
        if off >= _STRAYED
        for other, way in ways.items()
        if other != one and (other in here or here[one].moment - way.last_seen <= within)
    }
    ranked = sorted(
        (share, pair) for pair in pairs if (share := _share_if_swapped(ways, here, kept, pair)) <= _SWAPPED
    )
    chosen: list[tuple[int, int]] = []
    for _, (one, other) in ranked:
        if not any({one, other} & set(pair) for pair in chosen):
            chosen.append((one, other))
    return chosen


def _share_if_swapped(
    ways: Mapping[int, Way], here: Mapping[int, Stand], kept: Mapping[int, float], pair: tuple[int, int]
) -> float:
    """How far those who are seen are off with swapped tracks, as a part of how far off they are now; 1 where it cannot be."""
    seen = [(track, other) for track, other in (pair, pair[::-1]) if track in here]
    if not all(may_be_one(here[track], ways[other]) for track, other in seen):
        return 1.0
    now = sum(_off(ways[other], here[track]) for track, other in seen)
    before = sum(kept[track] for track, _ in seen)
    return (now + UNSURE * len(seen)) / (before + UNSURE * len(seen))


def _off(way: Way, stand: Stand) -> float:
    """From where somebody would be to where somebody stands on the floor, as a part of the height."""
    expected = on_floor(way.expected(stand.moment))
    return math.dist(expected, on_floor(stand.place)) / max(way.height, 1.0)
