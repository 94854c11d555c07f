"""Groups: people who come in together and stay near each other.

Two belong together if they come within a few seconds of one another and keep near, at the same pace, for most of the time in which
both are seen: nearness and likeness of motion over time, as in McPhail and Wohlstein, "Using Film to Analyze Pedestrian Behavior"
(1982). A group is whoever is linked by such pairs, directly or through others (single linkage, as in Ge, Collins and Ruback,
"Vision-Based Analysis of Small Groups in Pedestrian Crowds", 2012).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Observation,
    RoleKnown,
    Said,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from analytics.stages.ways import WayEnded, WayPoint, WaysSeen
from analytics.walkers import Pair, PairState, Walker, WalkerState, keep_together
from config.quantities import Fraction, PositiveSeconds, Seconds
from domain.events import GroupEnded, GroupMember

_MICROSECOND = timedelta(microseconds=1)


class GroupsSettings(StageSettings):
    """Who came together."""

    once: ClassVar[bool] = True

    kind: Literal["groups"] = "groups"
    near_m: Annotated[float, Field(gt=0, le=10)] = Field(
        default=1.8,
        description="Metres between two who keep near; where the camera is not calibrated, a person's height stands for 1.7 m",
    )
    pace_m_s: Annotated[float, Field(gt=0, le=10)] = Field(
        default=0.4, description="Metres a second by which their motion may differ"
    )
    arrive_s: Seconds = Field(
        default=3.0, description="Who comes later than so long after another has come alone"
    )
    together_s: PositiveSeconds = Field(
        default=3.0, description="So long they must have kept together at least"
    )
    together_share: Annotated[Fraction, Field(gt=0)] = Field(
        default=0.7, description="Of the time in which both are seen, that part they must have kept together"
    )

    def build(self, context: StageContext) -> "GroupsStage":
        """See `StageSettings.build`."""
        return GroupsStage(self, context)


class GroupsState(State):
    """Everybody in view, and those who are gone from a group that is not."""

    version: Literal[1] = 1
    walkers: tuple[WalkerState, ...]
    pairs: tuple[PairState, ...]
    newest: AwareDatetime | None


class GroupsStage(Stage[GroupsState]):
    """Says `GroupEnded` when all of a group are gone. Staff are in no group."""

    says = (GroupEnded,)
    hears = (WaysSeen, WayEnded, RoleKnown)
    state_type = GroupsState

    def __init__(self, settings: GroupsSettings, context: StageContext) -> None:
        self._settings = settings
        self._identity = context.identity
        self._arrive = timedelta(seconds=settings.arrive_s)
        self._enough = timedelta(seconds=settings.together_s)
        self._lost_after = timedelta(seconds=context.lost_after_s)
        self._walkers: dict[int, Walker] = {}
        self._pairs: dict[tuple[int, int], Pair] = {}
        self._newest: datetime | None = None

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Take everybody's place, and count the time that any two have kept together."""
        for note in observation.heard:
            self._know(note)
            if isinstance(note, WaysSeen):
                before, self._newest = self._newest, note.moment
                passed = note.moment - before if before is not None else timedelta()
                self._see(note, passed if passed <= self._lost_after else timedelta())
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Groups of whom nobody is left, in the order of their ends."""
        return self._ended(step.heard)

    def finish(self, ending: Ending) -> Sequence[Said]:
        """All groups."""
        said = self._ended(ending.heard)
        self._walkers, self._pairs, self._newest = {}, {}, None
        return said

    def snapshot(self) -> GroupsState:
        """Everybody, and every pair."""
        return GroupsState(
            walkers=tuple(
                WalkerState(
                    way=way, track_id=one.track_id, started_at=one.started_at, last_seen=one.last_seen,
                    time_source=one.time_source, spot=one.spot, metres_each=one.metres_each, height=one.height,
                    from_moment=one.from_moment, from_spot=one.from_spot, motion=one.motion, gone=one.gone, staff=one.staff,
                )
                for way, one in self._walkers.items()
            ),
            pairs=tuple(
                PairState(
                    one=one, other=other, both_us=pair.both // _MICROSECOND, together_us=pair.together // _MICROSECOND
                )
                for (one, other), pair in self._pairs.items()
            ),
            newest=self._newest,
        )  # fmt: skip

    def restore(self, state: GroupsState) -> None:
        """Everybody, and every pair."""
        self._walkers = {
            saved.way: Walker(
                track_id=saved.track_id, started_at=saved.started_at, last_seen=saved.last_seen, time_source=saved.time_source,
                spot=saved.spot, metres_each=saved.metres_each, height=saved.height, from_moment=saved.from_moment,
                from_spot=saved.from_spot, motion=saved.motion, gone=saved.gone, staff=saved.staff,
            )
            for saved in state.walkers
        }  # fmt: skip
        self._pairs = {
            (saved.one, saved.other): Pair(saved.both_us * _MICROSECOND, saved.together_us * _MICROSECOND)
            for saved in state.pairs
        }
        self._newest = state.newest

    def _know(self, note: Said) -> None:
        if isinstance(note, RoleKnown) and note.way is not None and note.way in self._walkers:
            self._walkers[note.way].staff = note.role == "staff"

    def _see(self, seen: WaysSeen, passed: timedelta) -> None:
        for point in seen.points:
            if point.way in self._walkers:
                self._walkers[point.way].move(point, seen)
            else:
                self._begin(point, seen)
        for one, other in combinations(sorted(point.way for point in seen.points), 2):
            pair = self._pairs.get((one, other))
            if pair is not None:
                pair.both += passed
                if keep_together(
                    self._walkers[one], self._walkers[other], self._settings.near_m, self._settings.pace_m_s
                ):
                    pair.together += passed

    def _begin(self, point: WayPoint, seen: WaysSeen) -> None:
        new = Walker.at(point, seen)
        for way, other in self._walkers.items():
            if not other.gone and new.started_at - other.started_at <= self._arrive:
                self._pairs[min(way, point.way), max(way, point.way)] = Pair()
        self._walkers[point.way] = new

    def _is_link(self, pair: Pair) -> bool:
        return pair.together >= self._enough and pair.share >= self._settings.together_share

    def _ended(self, heard: Sequence[Said]) -> list[Said]:
        for note in heard:
            self._know(note)
            if isinstance(note, WayEnded) and note.way in self._walkers:
                self._walkers[note.way].gone = True
                self._drop_loose(note.way)
        over = [ways for ways in self._groups() if all(self._walkers[way].gone for way in ways)]
        events = [event for ways in over for event in self._said(ways)]
        for way in [way for ways in over for way in ways]:
            del self._walkers[way]
        self._pairs = {key: pair for key, pair in self._pairs.items() if self._walkers.keys() >= set(key)}
        events.sort(key=lambda event: (event.event_time, event.members[0].track_id))
        return [*events]

    def _drop_loose(self, way: int) -> None:
        """Forget the pairs of somebody who is gone that have come to nothing."""
        self._pairs = {
            key: pair for key, pair in self._pairs.items() if way not in key or self._is_link(pair)
        }

    def _groups(self) -> list[list[int]]:
        """Everybody, those who are linked with each other in one list."""
        groups = {way: [way] for way in self._walkers}
        for (one, other), pair in self._pairs.items():
            if self._is_link(pair) and groups[one] is not groups[other]:
                groups[one] += groups[other]
                for way in groups[other]:
                    groups[way] = groups[one]
        return [ways for way, ways in groups.items() if ways[0] == way]

    def _said(self, ways: Sequence[int]) -> Iterator[GroupEnded]:
        members = sorted(way for way in ways if not self._walkers[way].staff)
        links = [
            pair
            for (one, other), pair in self._pairs.items()
            if one in members and other in members and self._is_link(pair)
        ]
        if len(members) < 2 or not links:
            return
        yield self._event([self._walkers[way] for way in members], links)

    def _event(self, members: Sequence[Walker], links: Sequence[Pair]) -> GroupEnded:
        last = max(members, key=lambda one: one.last_seen)
        started_at = min(one.started_at for one in members)
        return GroupEnded(
            event_id=self._identity.event_id("group", members[0].track_id, started_at),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=last.last_seen,
            time_source=last.time_source,
            size=len(members),
            started_at=started_at,
            duration_s=(last.last_seen - started_at).total_seconds(),
            together_s=max(pair.together for pair in links).total_seconds(),
            confidence=min(1.0, sum(pair.share for pair in links) / len(links)),
            members=tuple(
                GroupMember(track_id=one.track_id, started_at=one.started_at, ended_at=one.last_seen)
                for one in members
            ),
        )
