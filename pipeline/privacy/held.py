"""Somebody who was covered a moment ago, as is remembered, and as values fit for JSON."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self, TypeAlias

import numpy as np
from pydantic import Field

from analytics.snapshots import State
from pipeline.privacy.regions import Box, Covering, Region, tallness, upper_part

FOLLOWED = (1.5, 1.0)
"""How fast the cover follows, across and down, in own heights a second."""

GROWTH = 0.4
"""How much wider the cover is after a second without its person whose pace is known, as a share of the height."""

# At once; after a second if the pace is not known; and at most.
_WIDER, _GROWTH_ANYWHERE, _WIDEST = 0.04, 0.6, 0.3

_Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
_Pair: TypeAlias = tuple[_Number, _Number]


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
        growth = GROWTH if self.steps > 1 else _GROWTH_ANYWHERE
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
