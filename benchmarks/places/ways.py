"""People on known ways: where each is at every moment, who truly crosses a line, and who truly stays in a zone.

All places are metres on the floor of `pipeline.sources.synthetic.stage.GroundCamera`: x to the right, z away from it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from domain.geometry import Point, Polygon, along, contains, distance_to_border, distance_to_line
from pipeline.sources.synthetic.walkers import Place, Walker

STEP_S = 0.02
BEYOND_M = 0.25
"""Whoever is further behind a line than this has crossed it, and whoever is deeper in a zone is inside."""

UNCLEAR_M = (0.15, 0.35)
"""Nobody could say whether who turns at that distance behind a line has crossed it; no scene has such a one."""


@dataclass(frozen=True, slots=True)
class TimedWalker(Walker):
    """Somebody who is at given places at given times, and walks straight from one to the next.

    Attributes:
        times: Seconds, rising, one for each place of `way`.
    """

    times: tuple[float, ...] = ()

    @property
    def end_s(self) -> float:
        """When the last place is reached."""
        return self.times[-1]

    def at(self, time_s: float) -> Place | None:
        """Where this walker is; None before and after the way. Who stands goes on looking where the last steps went."""
        if not self.times[0] <= time_s <= self.times[-1]:
            return None
        walked, heading = 0.0, 0.0
        legs = zip(pairwise(self.times), pairwise(self.way), strict=True)
        for (begin, end), ((x0, z0), (x1, z1)) in legs:
            length = math.dist((x0, z0), (x1, z1))
            if length > 0.02:
                heading = math.atan2(x1 - x0, z0 - z1)
            if time_s <= end:
                share = (time_s - begin) / (end - begin) if end > begin else 1.0
                return Place(x0 + share * (x1 - x0), z0 + share * (z1 - z0), heading, walked + share * length)
            walked += length
        return None


@dataclass(slots=True)
class Route:
    """A way in the making: where somebody goes, how fast, and where somebody stands.

    Attributes:
        start_s: When it begins.
        places, times: So far.
    """

    start_s: float
    places: list[Point]
    times: list[float]

    @classmethod
    def beginning(cls, place: Point, start_s: float) -> "Route":
        """Somebody comes."""
        return cls(start_s, [place], [start_s])

    def to(self, place: Point, speed: float) -> "Route":
        """Walk there, metres a second."""
        self.times.append(self.times[-1] + max(math.dist(self.places[-1], place) / speed, 1e-3))
        self.places.append(place)
        return self

    def stand(self, seconds: float) -> "Route":
        """Stay where it is."""
        self.times.append(self.times[-1] + seconds)
        self.places.append(self.places[-1])
        return self


@dataclass(frozen=True, slots=True)
class TrueCrossing:
    """Somebody has crossed the line for good.

    Attributes:
        who: Position of the walker.
        direction: `in` where the distance rises above 0.
        moment_s: When the line was met last.
    """

    who: int
    direction: Literal["in", "out"]
    moment_s: float


@dataclass(frozen=True, slots=True)
class TrueStay:
    """Somebody was in the zone, deeper than `BEYOND_M` at some moment if `sure`; else it was a touch that counts neither way."""

    who: int
    begin_s: float
    end_s: float
    sure: bool


def moments(walker: Walker, until_s: float) -> list[tuple[float, Point]]:
    """Where somebody is, every `STEP_S` seconds of the picture's time."""
    begin, end = max(0.0, walker.start_s), min(until_s, walker.end_s)
    times = np.arange(math.ceil(begin / STEP_S), math.floor(end / STEP_S) + 1) * STEP_S
    return [(float(time_s), (place.x, place.z)) for time_s in times if (place := walker.at(float(time_s)))]


def crossings(
    who: int, way: Sequence[tuple[float, Point]], line: tuple[Point, Point], seen: Callable[[Point], bool]
) -> list[TrueCrossing]:
    """Crossings of a segment: from clear of it on one side to clear of it on the other, with an odd number of meetings between.

    Args:
        who: Position of the walker.
        way: Times and places.
        line: Its ends; who is to its right hand is inside.
        seen: Whether a place is in the picture.
    """
    found: list[TrueCrossing] = []
    side, met, met_s = 0, 0, 0.0
    before: tuple[float, Point] | None = None
    for time_s, place in way:
        distance = distance_to_line(*line, place)
        changes = before is not None and (distance_to_line(*line, before[1]) > 0) != (distance > 0)
        if changes and 0 <= along(*line, place) <= 1:
            met, met_s = met + 1, time_s
        before = time_s, place
        if abs(distance) > BEYOND_M and seen(place):
            now = 1 if distance > 0 else -1
            if side not in {0, now} and met % 2:
                found.append(TrueCrossing(who, "in" if now > 0 else "out", met_s))
            side, met = now, 0
    return found


def turns_unclear(way: Sequence[tuple[float, Point]], line: tuple[Point, Point]) -> bool:
    """Whether somebody turns at a distance behind the line at which nobody could say whether it was crossed."""
    distances = [distance_to_line(*line, place) for _, place in way]
    furthest, sign = 0.0, 0
    for distance in [*distances, -math.copysign(1.0, distances[-1])]:
        now = 1 if distance > 0 else -1
        if now != sign:
            if UNCLEAR_M[0] < furthest < UNCLEAR_M[1]:
                return True
            furthest, sign = 0.0, now
        furthest = max(furthest, abs(distance))
    return False


def stays(who: int, way: Sequence[tuple[float, Point]], zone: Polygon) -> list[TrueStay]:
    """Stays in a zone, from where the border was met to where it was met last before leaving it for good."""
    found: list[TrueStay] = []
    begin_s: float | None = None
    last_s, sure = 0.0, False
    for time_s, place in way:
        inside, depth = contains(zone, place), distance_to_border(zone, place)
        if inside:
            begin_s = time_s if begin_s is None else begin_s
            last_s, sure = time_s, sure or depth > BEYOND_M
        elif begin_s is not None and depth > BEYOND_M:
            found.append(TrueStay(who, begin_s, last_s, sure))
            begin_s, sure = None, False
    if begin_s is not None:
        found.append(TrueStay(who, begin_s, last_s, sure))
    return found
