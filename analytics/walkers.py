"""People who walk over the floor, and pairs of them: who keeps near whom, at the same pace."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from analytics.snapshots import State
from analytics.stages.ways import WayPoint, WaysSeen
from domain.frame import TimeSource
from domain.geometry import Point

# What a person's height in the picture stands for, metres.
_PERSON_M = 1.7
# Of two who stand equally far from the camera; where one is smaller than that, one is further away.
_ALIKE = 0.75
# Seconds over which motion is measured.
_MOTION_S = 0.6


@dataclass(slots=True, eq=False)
class Walker:
    """Somebody on the floor.

    Attributes:
        track_id: The track, the latest where several were joined.
        started_at, last_seen: Of the first and the last place.
        time_source: What that rests on.
        spot: The last place, metres where the camera is calibrated, else pixels.
        metres_each: So many metres is one of these.
        height: Pixels.
        from_moment, from_spot: What motion is measured from.
        motion: Metres a second in both directions; None until it is known.
        gone: Whether this one's way has ended.
        staff: Whether this one is known to be staff.
    """

    track_id: int
    started_at: datetime
    last_seen: datetime
    time_source: TimeSource
    spot: Point
    metres_each: float
    height: float
    from_moment: datetime
    from_spot: Point
    motion: Point | None = None
    gone: bool = False
    staff: bool = False

    @classmethod
    def at(cls, point: WayPoint, seen: WaysSeen) -> "Walker":
        """Somebody new."""
        spot, metres_each = _spot(point)
        moment = seen.moment
        return cls(
            point.track_id, moment, moment, seen.time_source, spot, metres_each, point.height, moment, spot
        )

    def move(self, point: WayPoint, seen: WaysSeen) -> None:
        """Take the next place."""
        spot, metres_each = _spot(point)
        if (metres_each == 1) != (self.metres_each == 1):
            self.from_moment, self.from_spot, self.motion = seen.moment, spot, None
        self.track_id, self.last_seen, self.time_source = point.track_id, seen.moment, seen.time_source
        self.spot, self.metres_each, self.height = spot, metres_each, point.height
        seconds = (seen.moment - self.from_moment).total_seconds()
        if seconds >= _MOTION_S:
            scale = metres_each / seconds
            self.motion = (spot[0] - self.from_spot[0]) * scale, (spot[1] - self.from_spot[1]) * scale
            self.from_moment, self.from_spot = seen.moment, spot


class WalkerState(State):
    """See `Walker`."""

    version: Literal[1] = 1
    way: int
    track_id: int
    started_at: AwareDatetime
    last_seen: AwareDatetime
    time_source: TimeSource
    spot: tuple[float, float]
    metres_each: float
    height: float
    from_moment: AwareDatetime
    from_spot: tuple[float, float]
    motion: tuple[float, float] | None
    gone: bool
    staff: bool


class PairState(State):
    """Two who came within a few seconds of one another.

    Attributes:
        one, other: Numbers of their ways, the smaller first.
        both_us: Time in which both were seen, microseconds.
        together_us: Of this, time in which they kept together.
    """

    version: Literal[1] = 1
    one: int
    other: int
    both_us: int
    together_us: int


@dataclass(slots=True, eq=False)
class Pair:
    """See `PairState`."""

    both: timedelta = timedelta()
    together: timedelta = timedelta()

    @property
    def share(self) -> float:
        """Part of the time in which both were seen that they kept together."""
        return self.together / self.both if self.both else 0.0


def keep_together(one: Walker, other: Walker, near_m: float, pace_m_s: float) -> bool:
    """Whether they are that near to each other now, and move alike.

    Args:
        one: Somebody.
        other: Somebody else.
        near_m: Metres between them at most.
        pace_m_s: Metres a second by which their motions may differ.
    """
    calibrated = one.metres_each == 1
    if calibrated != (other.metres_each == 1):
        return False
    if not calibrated and min(one.height, other.height) < _ALIKE * max(one.height, other.height):
        return False
    metres = math.dist(one.spot, other.spot) * (one.metres_each + other.metres_each) / 2
    return metres <= near_m and _differ(one.motion, other.motion) <= pace_m_s


def _spot(point: WayPoint) -> tuple[Point, float]:
    """Somebody's place, and how many metres is one of its units."""
    if point.metres is not None:
        return point.metres, 1.0
    return point.place, _PERSON_M / max(point.height, 1.0)


def _differ(one: Point | None, other: Point | None) -> float:
    """Of two motions; nothing is held against whose motion is not known yet."""
    return 0.0 if one is None or other is None else math.dist(one, other)
