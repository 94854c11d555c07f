"""What was covered a moment ago, of people whom the parser does not see now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from analytics.snapshots import State
from domain.parsing import UNTRACKED
from pipeline.privacy.regions import Box, Covering, Region, tallness, upper_part

# Two boxes that share that much of their union are one person's.
_SAME = 0.2
# How fast somebody comes by at most, in own heights a second; how fast the cover follows, across and down; how soon a change of
# pace is believed.
_FASTEST, _FOLLOWED, _TRUST = 2.5, (1.5, 1.0), 0.5
# How much wider the cover is without its person, as a share of the height: at once, in a second if the pace is known, in a second
# if it is not, and at most.
_WIDER, _GROWTH, _GROWTH_ANYWHERE, _WIDEST = 0.04, 0.4, 0.6, 0.3
# How long the cover stays of whom it is likely that nobody is there any more, seconds: it went on with somebody else, or walked out
# of the picture.
_DOUBTED_S = 0.6
# Whoever is where somebody was is surely that one if so much of the boxes' union is shared or, where both heads are known, if these
# are no further apart, as a share of the height. Else both are covered.
_SURELY, _ONE_HEAD = 0.5, 0.15
# A head that is smaller than that share of what it was a moment ago has lost a piece.
_SMALLER = 0.85

_Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
_Pair: TypeAlias = tuple[_Number, _Number]
_Floats: TypeAlias = npt.NDArray[np.float64]


class RegionState(State):
    """A `Region`."""

    version: Literal[1] = 1
    points: tuple[_Pair, ...]
    radius: _Number

    @classmethod
    def of(cls, region: Region) -> Self:
        """From one."""
        return cls(points=tuple((float(x), float(y)) for x, y in region.points), radius=region.radius)

    def region(self) -> Region:
        """Back."""
        return Region(np.array(self.points, np.float32).reshape(-1, 2), self.radius)


class HeldState(State):
    """A `Held`."""

    version: Literal[1] = 1
    track_id: int
    box: tuple[_Number, _Number, _Number, _Number]
    seen_s: _Number
    until_s: _Number
    regions: tuple[RegionState, ...]
    covered_s: _Number
    sure: bool
    shaped_s: _Number
    speed: _Pair
    steps: Annotated[int, Field(ge=0)]

    @classmethod
    def of(cls, held: "Held") -> Self:
        """From one."""
        regions = tuple(RegionState.of(region) for region in held.regions)
        return cls(**{name: getattr(held, name) for name in _PLAIN}, regions=regions)

    def held(self) -> "Held":
        """Back."""
        regions = tuple(state.region() for state in self.regions)
        return Held(**{name: getattr(self, name) for name in _PLAIN}, regions=regions)


_PLAIN = ("track_id", "box", "seen_s", "until_s", "covered_s", "sure", "shaped_s", "speed", "steps")


class CovererState(State):
    """What a `Coverer` remembers."""

    version: Literal[1] = 1
    held: tuple[HeldState, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Somebody, and what covered this person when the parser was sure last.

    Attributes:
        track_id: UNTRACKED while there is none.
        box: Where this person was seen last, pixels.
        seen_s: Media time of that.
        until_s: Media time when this is forgotten if nobody is seen again.
        regions: What covered this person when the parser was sure, or at first.
        covered_s: Media time of that.
        sure: Whether the parser ever was.
        shaped_s: Media time of when it was as large as that.
        speed: Pixels a second, across and down.
        steps: From how many steps that is known.
    """

    track_id: int
    box: Box
    seen_s: float
    until_s: float
    regions: tuple[Region, ...]
    covered_s: float
    sure: bool
    shaped_s: float
    speed: tuple[float, float] = (0.0, 0.0)
    steps: int = 0

    def place(self, now_s: float) -> Box:
        """Where the box is now if it went on."""
        across, down = (speed * (now_s - self.seen_s) for speed in self.speed)
        left, top, right, bottom = self.box
        return left + across, top + down, right + across, bottom + down

    def shown(self, now_s: float) -> list[Region]:
        """What covers this person while the parser is not sure: from where it was to where it may be, and more the longer it is."""
        shown = [self._spread(region, now_s - self.covered_s) for region in self.regions]
        if self.covered_s < self.seen_s < now_s:
            # Since then it was not sure where in the box the head was.
            shown.append(self._spread(upper_part(self.box), now_s - self.seen_s))
        return shown

    def _spread(self, region: Region, passed: float) -> Region:
        growth = _GROWTH if self.steps > 1 else _GROWTH_ANYWHERE
        wider = min(_WIDEST, _WIDER + growth * passed) * tallness(self.box)
        return region.swept(self.speed[0] * passed, self.speed[1] * passed, wider)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Somebody in the picture now.

    Attributes:
        track_id: UNTRACKED where there is none.
        box: Pixels.
        covering: What the picture alone says.
    """

    track_id: int
    box: Box
    covering: Covering


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
        pairs = _paired(known, seen, now_s)
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
        found = {old for new, old in pairs.items() if _is_surely(known[old], seen[new], now_s)}
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
    passed, middle = now_s - held.covered_s, _middle(covering.regions)
    step = middle - _middle(held.regions)
    surely = _is_surely(held, person, now_s)
    if not surely:
        now = replace(now, speed=(0.0, 0.0), steps=0)
    elif passed > 0 and covering.sure == held.sure:
        limits = (most * tallness(person.box) for most in _FOLLOWED)
        trust, pace = (
            max(_TRUST, 1 / (held.steps + 1)),
            zip(held.speed, (step / passed).tolist(), limits, strict=True),
        )
        across, down = (old + trust * (max(-most, min(most, new)) - old) for old, new, most in pace)
        now = replace(now, speed=(across, down), steps=held.steps + 1)
    now = replace(now, regions=covering.regions, covered_s=now_s, sure=covering.sure)
    if surely and _is_smaller(person, held) and now_s - held.shaped_s <= hold_s:
        return replace(
            now, regions=(*covering.regions, *(one.moved(*step.tolist()) for one in held.regions[:1]))
        )
    return replace(now, shaped_s=now_s)


def _middle(regions: Sequence[Region]) -> _Floats:
    """Between all corners, shape (2,)."""
    points = np.concatenate([region.points for region in regions])
    return np.asarray((points.min(axis=0) + points.max(axis=0)) / 2, np.float64)


def _extent(regions: Sequence[Region]) -> float:
    points = np.concatenate([region.points for region in regions])
    return float(np.prod(points.max(axis=0) - points.min(axis=0)))


def _is_smaller(person: Seen, before: Held) -> bool:
    """Whether less is seen of this person than a moment ago."""
    return before.sure and _extent(person.covering.regions) < _SMALLER * _extent(before.regions)


def _shift(before: Box, now: Box) -> float:
    """How far the middle of the upper edge went."""
    return float(np.hypot((now[0] + now[2] - before[0] - before[2]) / 2, now[1] - before[1]))


def _paired(known: Sequence[Held], seen: Sequence[Seen], now_s: float) -> dict[int, int]:
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
    return pairs


def _leaves(held: Held, width: int) -> bool:
    """Whether somebody was at the side of the picture, and did not walk into it."""
    left, _, right, _ = held.box
    return (left <= 1 and held.speed[0] <= 0) or (right >= width - 1 and held.speed[0] >= 0)


def _is_surely(held: Held, person: Seen, now_s: float) -> bool:
    if not (held.sure and person.covering.sure):
        return float(_overlaps([held.place(now_s)], [person.box])[0, 0]) >= _SURELY
    went = np.array(held.speed) * (now_s - held.covered_s)
    apart = _middle(person.covering.regions) - _middle(held.regions) - went
    # A pace that is not known yet may be any, and one that is known may change.
    free = _FOLLOWED[0] if not held.steps else _GROWTH
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
