"""Ways: where each person walks on the floor, from foot points, joined where a track breaks off and another goes on at once."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from analytics.floor import Floor
from analytics.following import (
    Sprouts,
    Stand,
    StandState,
    Way,
    WayState,
    any_of_those_side_by_side,
    clear_pairs,
    may_be_one,
)
from analytics.foot import Foot
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
from analytics.swapping import swapped
from config.quantities import Seconds
from domain.events import FootSeen
from domain.frame import TimeSource
from domain.geometry import Point


class WaysSettings(StageSettings):
    """Where people walk: what lines, zones, heat maps and groups stand on."""

    once: ClassVar[bool] = True

    kind: Literal["ways"] = "ways"
    join_s: Seconds = Field(
        default=1.5,
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


@dataclass(frozen=True, slots=True)
class WaysBegun(Note):
    """Places of before, of those whose tracks are confirmed in this frame; one for each of these moments, before `WaysSeen`.

    Attributes:
        moment: Of the frame in which they stood there.
        time_source: What it rests on.
        points: Of each.
    """

    moment: datetime
    time_source: TimeSource
    points: tuple[WayPoint, ...]


@dataclass(frozen=True, slots=True)
class TrackJoined(Note):
    """A way goes on under another track.

    Attributes:
        before, now: The tracks.
    """

    before: int
    now: int


@dataclass(frozen=True, slots=True)
class TracksSwapped(Note):
    """Each of two tracks has gone over to the other's person: their ways go on under the other's track.

    Attributes:
        one, other: The tracks. One of them may be missing for now.
    """

    one: int
    other: int


class WaysState(State):
    """All ways that go on, and how far time has come."""

    version: Literal[2] = 2
    open: tuple[WayState, ...]
    next_way: int
    newest: AwareDatetime | None
    sprouts: tuple[tuple[StandState, ...], ...]
    joined: tuple[int, ...]


class WaysStage(Stage[WaysState]):
    """Says `WaysSeen` for every frame, and what has become of tracks, ways that begin and ways that end. Publishes nothing."""

    says = (TracksSwapped, TrackJoined, WaysBegun, WaysSeen, WayEnded)
    state_type = WaysState

    def __init__(self, settings: WaysSettings, context: StageContext) -> None:
        self._join_within = timedelta(seconds=settings.join_s)
        self._lost_after = timedelta(seconds=context.lost_after_s)
        self._open: dict[int, Way] = {}
        self._joined: set[int] = set()
        self._sprouts = Sprouts()
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
            self._sprouts.grow([])
        tracked = [person for person in observation.persons if person.track_id is not None]
        said: list[Said] = []
        said += self._swap(tracked, moment, elapsed)
        begun = self._begun(tracked, moment, elapsed)
        said += self._join(begun, {person.track_id for person in tracked}, moment)
        points: dict[datetime, list[WayPoint]] = {}
        for person in tracked:
            self._go_on(person, begun.get(person.track_id or 0, ()), observation, (elapsed, points))
        self._sprouts.grow(
            [
                _stand(person, moment, elapsed)
                for person in observation.persons
                if person.track_id is None and person.foot.known
            ]
        )
        now = points.pop(moment, [])
        said += [WaysBegun(when, frame.time_source, tuple(points[when])) for when in sorted(points)]
        return [*said, WaysSeen(moment, frame.time_source, tuple(now))]

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
        self._newest, self._sprouts = None, Sprouts()
        return ended

    def snapshot(self) -> WaysState:
        """All that go on."""
        return WaysState(
            open=tuple(way.snapshot() for way in self._open.values()),
            next_way=self._next_way,
            newest=self._newest,
            joined=tuple(sorted(self._joined)),
            sprouts=tuple(tuple(map(StandState.of, chain)) for chain in self._sprouts.now),
        )

    def restore(self, state: WaysState) -> None:
        """All that go on."""
        self._open = {saved.track_id: Way.restored(saved) for saved in state.open}
        self._next_way, self._newest, self._joined = state.next_way, state.newest, set(state.joined)
        self._sprouts = Sprouts([tuple(saved.stand() for saved in chain) for chain in state.sprouts])

    def _swap(
        self, tracked: Sequence[SeenPerson], moment: datetime, elapsed: timedelta
    ) -> list[TracksSwapped]:
        """Let ways go on under one another's tracks, where these have been swapped."""
        here = {
            person.track_id: _stand(person, moment, elapsed)
            for person in tracked
            if person.track_id is not None and person.foot.state == "seen"
        }
        doubtful = {person.track_id for person in tracked} - here.keys()
        known = {
            track_id: way
            for track_id, way in self._open.items()
            if way.last_point is not None and track_id not in doubtful
        }
        said = []
        for one, other in swapped(known, here, self._join_within):
            first, second = self._open[one], self._open[other]
            first.track_id, second.track_id = other, one
            self._open[one], self._open[other] = second, first
            self._joined |= {one, other}
            said.append(TracksSwapped(one, other))
        return said

    def _begun(
        self, tracked: Sequence[SeenPerson], moment: datetime, elapsed: timedelta
    ) -> dict[int, tuple[Stand, ...]]:
        """Of each new track where it was before it was one, and where it is now."""
        new = [
            (person.track_id, _stand(person, moment, elapsed))
            for person in tracked
            if person.track_id is not None and person.track_id not in self._open and person.foot.known
        ]
        before = self._sprouts.of([stand for _, stand in new])
        return {track_id: (*chain, stand) for (track_id, stand), chain in zip(new, before, strict=True)}

    def _join(
        self, begun: Mapping[int, tuple[Stand, ...]], here: Collection[int | None], moment: datetime
    ) -> list[TrackJoined]:
        """Let new tracks go on with the ways of lost ones, where it is clear whose."""
        lost = [
            way
            for way in self._open.values()
            if way.track_id not in here
            and way.last_point is not None
            and moment - way.last_seen <= self._join_within + self._confirming(begun, moment)
        ]
        new = list(begun.items())
        distances = {
            (i, j): math.dist(stands[0].place, way.expected(stands[0].moment))
            for i, (_, stands) in enumerate(new)
            for j, way in enumerate(lost)
            if self._may_join(stands[0], way)
        }
        said = []
        pairs = clear_pairs(distances, [stands[0].foot.height for _, stands in new])
        doubtful = {
            (i, j): distance
            for (i, j), distance in distances.items()
            if i not in pairs and j not in pairs.values()
        }
        pairs |= any_of_those_side_by_side(doubtful, lost, moment)
        for i, j in sorted(pairs.items()):
            track_id, way = new[i][0], lost[j]
            said.append(TrackJoined(way.track_id, track_id))
            del self._open[way.track_id]
            way.track_id = track_id
            self._open[track_id] = way
            self._joined.add(track_id)
        return said

    def _confirming(self, begun: Mapping[int, tuple[Stand, ...]], moment: datetime) -> timedelta:
        """For how long a new track was there before it was one, at most."""
        return max((moment - stands[0].moment for stands in begun.values()), default=timedelta())

    def _may_join(self, begun: Stand, way: Way) -> bool:
        since = begun.moment - way.last_seen
        return timedelta() < since <= self._join_within and may_be_one(begun, way)

    def _go_on(
        self,
        person: SeenPerson,
        begun: tuple[Stand, ...],
        observation: Observation,
        passed: tuple[timedelta, dict[datetime, list[WayPoint]]],
    ) -> None:
        elapsed, points = passed
        frame, track_id = observation.frame, person.track_id
        if track_id is None:
            raise ValueError("a way stands on a track")
        if track_id not in self._open:
            self._open[track_id] = Way(self._next_way, track_id, frame.event_time, frame.time_source)
            self._next_way += 1
        way = self._open[track_id]
        stands = begun or ((_stand(person, frame.event_time, elapsed),) if person.foot.known else ())
        for stand in stands:
            point = self._point(way, stand, observation.floor)
            if point is not None:
                points.setdefault(stand.moment, []).append(point)
        way.last_seen, way.time_source = frame.event_time, frame.time_source

    def _point(self, way: Way, stand: Stand, floor: Floor) -> WayPoint | None:
        since = stand.moment - (way.last_point or stand.moment)
        foot = way.take(stand)
        if foot is None:
            return None
        joined = way.track_id in self._joined
        self._joined.discard(way.track_id)
        metres = floor.metres((foot.x, foot.y))
        return WayPoint(
            way=way.way,
            track_id=way.track_id,
            x=foot.x,
            y=foot.y,
            height=foot.height,
            foot=foot.state,
            confidence=foot.confidence,
            metres=metres,
            speed_m_s=way.measure_speed(metres, stand.moment),
            unseen_s=max(0.0, (since - stand.elapsed).total_seconds()),
            joined=joined,
        )

    def _end(self, ways: Iterable[Way], reason: Literal["lost", "stream-end"]) -> list[WayEnded]:
        ended = sorted(ways, key=lambda way: (way.last_seen, way.way))
        for way in ended:
            del self._open[way.track_id]
            self._joined.discard(way.track_id)
        return [WayEnded(way.way, reason) for way in ended]


def _stand(person: SeenPerson, moment: datetime, elapsed: timedelta) -> Stand:
    foot = person.foot
    plain = Foot(foot.state, float(foot.x), float(foot.y), float(foot.confidence), float(foot.height))
    return Stand(moment, elapsed, plain, float(person.view.top))
