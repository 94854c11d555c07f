"""What was covered a moment ago, of people whom the parser does not see now."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from domain.parsing import UNTRACKED
from pipeline.privacy.held import FOLLOWED, CovererState, Held, HeldState, Seen
from pipeline.privacy.pairing import is_surely, middle_of, paired
from pipeline.privacy.regions import Region, tallness

# How soon a change of pace is believed.
_TRUST = 0.5
# How long the cover stays of whom it is likely that nobody is there any more, seconds: it went on with somebody else, or walked out
# of the picture.
_DOUBTED_S = 0.6
# A head that is smaller than that share of what it was a moment ago has lost a piece.
_SMALLER = 0.85


class Memory:
    """Who was covered, and where. Nothing in it changes: each frame makes another.

    Args:
        held: Everybody.
        hold_s: Who has not been seen for longer is gone, and a shape that is older is of no use, seconds of media time.
    """

    def __init__(self, held: Sequence[Held], hold_s: float) -> None:
        self._held, self._hold_s = tuple(held), hold_s

    def after(self, seen: Sequence[Seen], now_s: float, width: int) -> tuple["Memory", list[Region]]:
        """What is remembered after a frame, and everything that is to be covered in it.

        Whoever was there and is not among `seen` is held. Who is, and of whom the parser is not sure now or sees less than before,
        is covered besides by what it was sure of a moment ago, moved along.

        Args:
            seen: Everybody in the picture, and who may be.
            now_s: Its media time.
            width: Of the picture, pixels.
        """
        known = [held for held in self._held if held.seen_s <= now_s <= held.until_s]
        pairs = paired(known, seen, now_s)
        regions, after = [region for person in seen for region in person.covering.regions], []
        for number, person in enumerate(seen):
            before = known[pairs[number]] if number in pairs else None
            if before is None:
                after.append(_new(person, now_s, self._hold_s))
                continue
            now = _followed(before, person, now_s, self._hold_s)
            after.append(now)
            if now.covered_s == now_s:
                regions += now.regions
            elif now_s - now.covered_s <= self._hold_s:
                regions += now.shown(now_s)
        found = {old for new, old in pairs.items() if is_surely(known[old], seen[new], now_s)}
        missing = [
            replace(held, until_s=min(held.until_s, held.seen_s + _DOUBTED_S))
            if number in pairs.values() or _leaves(held, width)
            else held
            for number, held in enumerate(known)
            if number not in found
        ]
        regions += [region for held in missing for region in held.shown(now_s)]
        return Memory([*after, *missing], self._hold_s), regions

    def state(self) -> CovererState:
        """As values fit for JSON."""
        return CovererState(held=tuple(HeldState.of(held) for held in self._held))

    @classmethod
    def of(cls, state: CovererState, hold_s: float) -> Self:
        """Back."""
        return cls([held.held() for held in state.held], hold_s)


def _new(person: Seen, now_s: float, hold_s: float) -> Held:
    covering = person.covering
    return Held(
        person.track_id, person.box, now_s, now_s + hold_s, covering.regions, now_s, covering.sure, now_s
    )


def _followed(held: Held, person: Seen, now_s: float, hold_s: float) -> Held:
    """The same person, now here, with what is known of the cover by now: the newest that is sure, or as large as a moment ago."""
    now = replace(
        held,
        track_id=person.track_id if person.track_id != UNTRACKED else held.track_id,
        box=person.box,
        seen_s=now_s,
        until_s=now_s + hold_s,
    )
    covering = person.covering
    if held.sure and not covering.sure and now_s - held.covered_s <= hold_s:
        return now
    passed, step = now_s - held.covered_s, middle_of(covering.regions) - middle_of(held.regions)
    surely = is_surely(held, person, now_s)
    if not surely:
        now = replace(now, speed=(0.0, 0.0), steps=0)
    elif passed > 0 and covering.sure == held.sure:
        pace = _pace(held, (step / passed).tolist(), tallness(person.box))
        now = replace(now, speed=pace, steps=held.steps + 1)
    now = replace(now, regions=covering.regions, covered_s=now_s, sure=covering.sure)
    if surely and _is_smaller(person, held) and now_s - held.shaped_s <= hold_s:
        return replace(
            now, regions=(*covering.regions, *(one.moved(*step.tolist()) for one in held.regions[:1]))
        )
    return replace(now, shaped_s=now_s)


def _pace(held: Held, newest: Sequence[float], tall: float) -> tuple[float, float]:
    """Pixels a second, across and down: what was known, and as much of the newest step as is believed."""
    trust = max(_TRUST, 1 / (held.steps + 1))
    limits = (most * tall for most in FOLLOWED)
    across, down = (
        old + trust * (max(-most, min(most, new)) - old)
        for old, new, most in zip(held.speed, newest, limits, strict=True)
    )
    return across, down


def _extent(regions: Sequence[Region]) -> float:
    points = np.concatenate([region.points for region in regions])
    return float(np.prod(points.max(axis=0) - points.min(axis=0)))


def _is_smaller(person: Seen, before: Held) -> bool:
    """Whether less is seen of this person than a moment ago."""
    return before.sure and _extent(person.covering.regions) < _SMALLER * _extent(before.regions)


def _leaves(held: Held, width: int) -> bool:
    """Whether somebody was at the side of the picture, and did not walk into it."""
    left, _, right, _ = held.box
    return (left <= 1 and held.speed[0] <= 0) or (right >= width - 1 and held.speed[0] >= 0)
