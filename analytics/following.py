"""How ways are followed from frame to frame: whether a place can be reached in time, and who goes on with whose way."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import Literal

from pydantic import AwareDatetime

from analytics.foot import Foot
from analytics.snapshots import State
from domain.events import FootSeen
from domain.frame import TimeSource
from domain.geometry import Point

# A person's own height is about 1.7 m, so these are 0.7 m, and 1.4 m/s, a brisk walk.
_REACH, _REACH_A_SECOND = 0.4, 0.8
# Who runs does 3 m/s.
_RUNS = 1.8
# Where feet are estimated: nearer than that, or the estimate is to be seen twice.
_REACH_ESTIMATED = 0.15
_ALIKE = 0.65
# Seconds over which speed is measured, at least.
_SPEED_OVER_S = 0.4
# Share of the newest step in the velocity that is expected to go on.
_FRESH = 0.5
# Frames before a track is one that are remembered.
_LONGEST = 10
# By so much the second best must be worse: the ratio test of Lowe (2004).
_CLEARLY = 0.5
# Parts of the height, and of it a second, by which those who walk side by side are apart and differ in pace.
_BESIDE = 0.5
_AT_ONE_PACE = 0.5
UNSURE = 0.08
"""Of the height, added to all distances before they are compared: where a place is not known better."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where somebody stood in one frame.

    Attributes:
        moment: Of the frame.
        elapsed: Time since the frame before, as far as people were followed.
        foot: The place.
        top: Of what is seen of the person, pixels.
    """

    moment: datetime
    elapsed: timedelta
    foot: Foot
    top: float

    @property
    def place(self) -> Point:
        """X and y."""
        return self.foot.x, self.foot.y


class StandState(State):
    """See `Stand`."""

    version: Literal[1] = 1
    moment: AwareDatetime
    elapsed: timedelta
    foot: FootSeen
    x: float
    y: float
    confidence: float
    height: float
    top: float

    @classmethod
    def of(cls, stand: Stand) -> "StandState":
        """Saved."""
        foot = stand.foot
        return cls(
            moment=stand.moment, elapsed=stand.elapsed, foot=foot.state, x=foot.x, y=foot.y,
            confidence=foot.confidence, height=foot.height, top=stand.top,
        )  # fmt: skip

    def stand(self) -> Stand:
        """As it was."""
        foot = Foot(self.foot, self.x, self.y, self.confidence, self.height)
        return Stand(self.moment, self.elapsed, foot, self.top)


class WayState(State):
    """One way; see `Way`."""

    version: Literal[2] = 2
    way: int
    track_id: int
    last_seen: AwareDatetime
    last_point: AwareDatetime | None
    time_source: TimeSource
    x: float
    y: float
    height: float
    from_moment: AwareDatetime | None
    from_metres: tuple[float, float] | None
    speed_m_s: float | None
    velocity: tuple[float, float]
    strayed: tuple[float, float] | None
    tall: float | None


@dataclass(slots=True, eq=False)
class Way:
    """A way that goes on.

    Attributes:
        way, track_id: Its number, and the track it stands on.
        last_seen: When the person was seen last, in whatever place.
        last_point: When the place was known last; None as long as it never was.
        time_source: What that rests on.
        x, y, height: Of the last point.
        from_moment, from_metres: Where its speed is measured from.
        speed_m_s: Measured last.
        velocity: Pixels a second, to the right and downwards.
        strayed: A place too far away to be walked to, seen in the frame before.
        tall: Height when the feet were seen last; None as long as they never were.
    """

    way: int
    track_id: int
    last_seen: datetime
    time_source: TimeSource
    last_point: datetime | None = None
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0
    from_moment: datetime | None = None
    from_metres: Point | None = None
    speed_m_s: float | None = None
    velocity: Point = (0.0, 0.0)
    strayed: Point | None = None
    tall: float | None = None

    def take(self, stand: Stand) -> Foot | None:
        """Go on to there; None where that is too far away to be true, unless it is seen there twice."""
        foot, before = self._likelier(stand), self.last_point
        if before is not None:
            seconds = (stand.moment - before).total_seconds()
            reach = _reach_of(foot, self.height, seconds)
            if math.dist((self.x, self.y), (foot.x, foot.y)) > reach:
                again = self.strayed is not None and math.dist(self.strayed, (foot.x, foot.y)) <= reach
                if not again:
                    self.strayed = float(foot.x), float(foot.y)
                    return None
            self._measure_velocity(foot, seconds)
        self.strayed = None
        self.last_point = stand.moment
        self.x, self.y, self.height = float(foot.x), float(foot.y), float(foot.height)
        if foot.state == "seen":
            self.tall = self.height
        return foot

    def expected(self, moment: datetime) -> Point:
        """Where it would be now, if it goes on as it did."""
        seconds = (moment - (self.last_point or moment)).total_seconds()
        return self.x + self.velocity[0] * seconds, self.y + self.velocity[1] * seconds

    def measure_speed(self, metres: Point | None, moment: datetime) -> float | None:
        """Metres a second over half a second or more."""
        if metres is None:
            return None
        if self.from_moment is None or self.from_metres is None:
            self.from_moment, self.from_metres = moment, metres
            return self.speed_m_s
        seconds = (moment - self.from_moment).total_seconds()
        if seconds >= _SPEED_OVER_S:
            self.speed_m_s = math.dist(metres, self.from_metres) / seconds
            self.from_moment, self.from_metres = moment, metres
        return self.speed_m_s

    def snapshot(self) -> WayState:
        """Saved."""
        return WayState(
            way=self.way, track_id=self.track_id, last_seen=self.last_seen, last_point=self.last_point,
            time_source=self.time_source, x=self.x, y=self.y, height=self.height, from_moment=self.from_moment,
            from_metres=self.from_metres, speed_m_s=self.speed_m_s, velocity=self.velocity, strayed=self.strayed,
            tall=self.tall,
        )  # fmt: skip

    @classmethod
    def restored(cls, saved: WayState) -> "Way":
        """As it was."""
        return cls(
            way=saved.way, track_id=saved.track_id, last_seen=saved.last_seen, time_source=saved.time_source,
            last_point=saved.last_point, x=saved.x, y=saved.y, height=saved.height, from_moment=saved.from_moment,
            from_metres=saved.from_metres, speed_m_s=saved.speed_m_s, velocity=saved.velocity, strayed=saved.strayed,
            tall=saved.tall,
        )  # fmt: skip

    def _likelier(self, stand: Stand) -> Foot:
        """Of two estimates, by the camera's perspective and by the height seen before, the one that is less of a step."""
        foot = stand.foot
        if foot.state != "estimated" or self.last_point is None or self.tall is None:
            return foot
        own = stand.top + self.tall
        if abs(own - self.y) >= abs(foot.y - self.y):
            return foot
        return replace(foot, y=own, height=self.tall)

    def _measure_velocity(self, foot: Foot, seconds: float) -> None:
        if seconds <= 0:
            return
        step = (foot.x - self.x) / seconds, (foot.y - self.y) / seconds
        self.velocity = (
            float(self.velocity[0] + _FRESH * (step[0] - self.velocity[0])),
            float(self.velocity[1] + _FRESH * (step[1] - self.velocity[1])),
        )


@dataclass(slots=True, eq=False)
class Sprouts:
    """Where people have stood who have no track yet, frame after frame. One thread.

    Who gets one has been there before: those places are the beginning of the way, so that nothing is missed that happened there.
    """

    now: list[tuple[Stand, ...]] = field(default_factory=list)

    def grow(self, stands: Sequence[Stand]) -> None:
        """Those who have no track in this frame, and no others: who is missed once begins anew."""
        self.now = [
            (*before, stand)[-_LONGEST:] for stand, before in zip(stands, self._before(stands), strict=True)
        ]

    def of(self, stands: Sequence[Stand]) -> list[tuple[Stand, ...]]:
        """Where those were before who have got a track in this frame; nothing for whom that is not sure. Before `grow`."""
        return self._before(stands)

    def _before(self, stands: Sequence[Stand]) -> list[tuple[Stand, ...]]:
        pairs = {
            (i, j): math.dist(stand.place, chain[-1].place)
            for i, stand in enumerate(stands)
            for j, chain in enumerate(self.now)
            if _is_step(chain[-1], stand)
        }
        chosen = clear_pairs(pairs, [stand.foot.height for stand in stands])
        return [self.now[chosen[i]] if i in chosen else () for i in range(len(stands))]


def _is_step(before: Stand, now: Stand) -> bool:
    seconds = (now.moment - before.moment).total_seconds()
    near = math.dist(before.place, now.place) <= _reach_of(now.foot, before.foot.height, seconds)
    return near and _are_alike(before.foot.height, now.foot.height)


def may_be_one(begun: Stand, way: Way) -> bool:
    """Whether who begins there can be who was lost: within a step's reach, and about as tall."""
    seconds = (begun.moment - way.last_seen).total_seconds()
    reach = way.height * (_REACH + _REACH_A_SECOND * seconds)
    near = math.dist(begun.place, (way.x, way.y)) <= reach
    return near and _are_alike(way.height, begun.foot.height)


def clear_pairs(distances: dict[tuple[int, int], float], heights: Sequence[float]) -> dict[int, int]:
    """Whom to join: pairs that are the nearest to each other, by far.

    Args:
        distances: Pixels, by the positions of those who begin and of those who were lost: pairs that may be.
        heights: Of those who begin.

    Returns:
        By the one's position the other's.
    """
    chosen = {}
    for (i, j), distance in distances.items():
        own = distance + UNSURE * heights[i]
        others = [other + UNSURE * heights[k] for (k, m), other in distances.items() if (k == i) != (m == j)]
        if all(own <= _CLEARLY * other for other in others):
            chosen[i] = j
    return chosen


def any_of_those_side_by_side(
    distances: Mapping[tuple[int, int], float], lost: Sequence[Way], moment: datetime
) -> dict[int, int]:
    """Whom to join where it is not clear to whom, and makes no difference: those in question walked side by side, and at one pace.

    Args:
        distances: As of `clear_pairs`, of those who are left after it.
        lost: Those who were lost.
        moment: Now.

    Returns:
        By the position of who begins that of who was lost, the nearest first; nobody where more begin than were lost.
    """
    chosen: dict[int, int] = {}
    begun = sorted({i for i, _ in distances})
    for i in begun:
        question = {j for k, j in distances if k == i}
        rivals = {k for k, j in distances if j in question}
        pairs = combinations(sorted(question), 2)
        if len(rivals) > len(question) or not all(_side_by_side(lost[a], lost[b], moment) for a, b in pairs):
            continue
        left = question - set(chosen.values())
        if left:
            _, chosen[i] = min((distances[i, j], j) for j in left)
    return chosen


def _side_by_side(one: Way, other: Way, moment: datetime) -> bool:
    height = max(1.0, (one.height + other.height) / 2)
    apart = math.dist(one.expected(moment), other.expected(moment)) / height
    return apart <= _BESIDE and math.dist(one.velocity, other.velocity) / height <= _AT_ONE_PACE


def _reach_of(foot: Foot, height: float, seconds: float) -> float:
    seen = foot.state == "seen"
    return max(height, 1.0) * (
        _REACH + _RUNS * seconds if seen else _REACH_ESTIMATED + _REACH_A_SECOND * seconds
    )


def _are_alike(one: float, other: float) -> bool:
    return _ALIKE <= other / max(one, 1.0) <= 1 / _ALIKE
