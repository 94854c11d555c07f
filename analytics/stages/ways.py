"""Ways: where each person walks on the floor, from foot points, joined where a track breaks off and another goes on at once."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Note,
    Observation,
    Said,
    SeenPerson,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from config.quantities import Seconds
from domain.events import FootSeen
from domain.frame import TimeSource
from domain.geometry import Point

# A person's own height is about 1.7 m, so these are 0.7 m, and 1.4 m/s, a brisk walk.
_REACH, _REACH_A_SECOND = 0.4, 0.8
_ALIKE = 0.65
# Seconds over which speed is measured, at least.
_SPEED_OVER_S = 0.4


class WaysSettings(StageSettings):
    """Where people walk: what lines, zones, heat maps and groups stand on."""

    once: ClassVar[bool] = True

    kind: Literal["ways"] = "ways"
    join_s: Seconds = Field(
        default=1.0,
        description="Where a track is lost and within this time another begins close by, with nobody else in question, they are "
        "one way; 0 joins none",
    )

    def build(self, context: StageContext) -> "WaysStage":
        """See `StageSettings.build`."""
        return WaysStage(self, context)


@dataclass(frozen=True, slots=True)
class WayPoint:
    """One person of one frame on the floor.

    Attributes:
        way: Number of the way; unique within a run of a stream.
        track_id: The track that it stands on now.
        x, y: Pixels.
        height: Of the person there, pixels.
        foot: Whether the feet are seen.
        confidence: How far to trust the place.
        metres: On the floor; None where not calibrated.
        speed_m_s: Metres a second over the last half second or so; None where not calibrated, or not known yet.
        unseen_s: Time out of sight since the point before.
        joined: Whether another track has gone on here.
    """

    way: int
    track_id: int
    x: float
    y: float
    height: float
    foot: FootSeen
    confidence: float
    metres: Point | None
    speed_m_s: float | None
    unseen_s: float
    joined: bool

    @property
    def place(self) -> Point:
        """X and y."""
        return self.x, self.y


@dataclass(frozen=True, slots=True)
class WaysSeen(Note):
    """Everybody's place in one frame, in the order of the parser; nothing for a frame that came too late.

    Attributes:
        moment: Of the frame.
        time_source: What it rests on.
        points: Of whom it is known.
    """

    moment: datetime
    time_source: TimeSource
    points: tuple[WayPoint, ...]


@dataclass(frozen=True, slots=True)
class WayEnded(Note):
    """Somebody is gone.

    Attributes:
        way: Number of the way.
        reason: Whether the person was lost from view, or the stream ended.
    """

    way: int
    reason: Literal["lost", "stream-end"]


class WayState(State):
    """One way; see `Way`."""

    version: Literal[1] = 1
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


class WaysState(State):
    """All ways that go on, and how far time has come."""

    version: Literal[1] = 1
    open: tuple[WayState, ...]
    next_way: int
    newest: AwareDatetime | None


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


class WaysStage(Stage[WaysState]):
    """Says `WaysSeen` for every frame and `WayEnded` when somebody is gone. Publishes nothing."""

    says = (WaysSeen, WayEnded)
    state_type = WaysState

    def __init__(self, settings: WaysSettings, context: StageContext) -> None:
        self._join = timedelta(seconds=settings.join_s)
        self._lost_after = timedelta(seconds=context.lost_after_s)
        self._open: dict[int, Way] = {}
        self._next_way = 1
        self._newest: datetime | None = None

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Go on with each way. A frame that came too late is passed over: places are a matter of order."""
        frame = observation.frame
        before, moment = self._newest, frame.event_time
        if before is not None and moment <= before:
            return ()
        self._newest = moment
        elapsed = moment - before if before is not None else timedelta()
        if elapsed > self._lost_after:
            elapsed = timedelta()
        seen = [person for person in observation.persons if person.track_id is not None]
        joined = self._joined(seen, moment)
        points = []
        for person in seen:
            way = self._way_of(person, joined, moment, frame.time_source)
            point = self._point(way, person, observation, elapsed, joined=way.way in joined.values())
            if point is not None:
                points.append(point)
            way.last_seen, way.time_source = moment, frame.time_source
        return [WaysSeen(moment, frame.time_source, tuple(points))]

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Ways of people who have not been seen for too long, in the order of their ends."""
        gone = [
            way
            for way in self._open.values()
            if step.tracks_end or step.now - way.last_seen > self._lost_after
        ]
        return self._end(gone, "lost")

    def finish(self, ending: Ending) -> Sequence[Said]:
        """All of them."""
        ended = self._end(list(self._open.values()), ending.reason)
        self._newest = None
        return ended

    def snapshot(self) -> WaysState:
        """All that go on."""
        return WaysState(
            open=tuple(
                WayState(
                    way=way.way, track_id=way.track_id, last_seen=way.last_seen, last_point=way.last_point,
                    time_source=way.time_source, x=way.x, y=way.y, height=way.height,
                    from_moment=way.from_moment, from_metres=way.from_metres, speed_m_s=way.speed_m_s,
                )
                for way in self._open.values()
            ),
            next_way=self._next_way,
            newest=self._newest,
        )  # fmt: skip

    def restore(self, state: WaysState) -> None:
        """All that go on."""
        self._open = {
            saved.track_id: Way(
                way=saved.way, track_id=saved.track_id, last_seen=saved.last_seen, time_source=saved.time_source,
                last_point=saved.last_point, x=saved.x, y=saved.y, height=saved.height,
                from_moment=saved.from_moment, from_metres=saved.from_metres, speed_m_s=saved.speed_m_s,
            )
            for saved in state.open
        }  # fmt: skip
        self._next_way, self._newest = state.next_way, state.newest

    def _way_of(
        self, person: SeenPerson, joined: dict[int, int], moment: datetime, time_source: TimeSource
    ) -> Way:
        track_id = person.track_id
        if track_id is None:
            raise ValueError("a way stands on a track")
        if track_id in joined:
            old = next(way for way in self._open.values() if way.way == joined[track_id])
            del self._open[old.track_id]
            old.track_id = track_id
            self._open[track_id] = old
        elif track_id not in self._open:
            self._open[track_id] = Way(self._next_way, track_id, moment, time_source)
            self._next_way += 1
        return self._open[track_id]

    def _joined(self, seen: Sequence[SeenPerson], moment: datetime) -> dict[int, int]:
        """New tracks that go on with the way of a lost one, by the number of that way: where neither has another choice."""
        if not self._join:
            return {}
        here = {person.track_id for person in seen}
        new = [person for person in seen if person.track_id not in self._open and person.foot.known]
        lost = [
            way
            for way in self._open.values()
            if way.track_id not in here
            and way.last_point is not None
            and moment - way.last_seen <= self._join
        ]
        pairs = [(person, way) for person in new for way in lost if _may_be_one(person, way, moment)]
        return {
            person.track_id: way.way
            for person, way in pairs
            if person.track_id is not None
            and sum(one is person for one, _ in pairs) == 1
            and sum(other is way for _, other in pairs) == 1
        }

    def _point(
        self, way: Way, person: SeenPerson, observation: Observation, elapsed: timedelta, *, joined: bool
    ) -> WayPoint | None:
        foot, moment = person.foot, observation.frame.event_time
        if not foot.known:
            return None
        since = moment - (way.last_point or moment)
        metres = observation.floor.metres((foot.x, foot.y))
        point = WayPoint(
            way=way.way,
            track_id=way.track_id,
            x=foot.x,
            y=foot.y,
            height=foot.height,
            foot=foot.state,
            confidence=foot.confidence,
            metres=metres,
            speed_m_s=way.measure_speed(metres, moment),
            unseen_s=max(0.0, (since - elapsed).total_seconds()),
            joined=joined,
        )
        way.last_point, way.x, way.y, way.height = moment, float(foot.x), float(foot.y), float(foot.height)
        return point

    def _end(self, ways: Iterable[Way], reason: Literal["lost", "stream-end"]) -> list[WayEnded]:
        ended = sorted(ways, key=lambda way: (way.last_seen, way.way))
        for way in ended:
            del self._open[way.track_id]
        return [WayEnded(way.way, reason) for way in ended]


def _may_be_one(person: SeenPerson, way: Way, moment: datetime) -> bool:
    """Whether the one can be the other, who was lost just now: within a step's reach, and about as tall."""
    seconds = (moment - way.last_seen).total_seconds()
    reach = way.height * (_REACH + _REACH_A_SECOND * seconds)
    alike = _ALIKE <= person.foot.height / max(way.height, 1.0) <= 1 / _ALIKE
    return alike and math.dist((person.foot.x, person.foot.y), (way.x, way.y)) <= reach
