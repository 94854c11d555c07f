"""Stays in zones, and queues that are too long."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal, TypeAlias

from pydantic import AwareDatetime, Field

from analytics.floor import Zone, distance_from_border
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Note,
    Observation,
    RoleKnown,
    Said,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from analytics.stages.ways import WayEnded, WayPoint, WaysBegun, WaysSeen
from config.floor import QueueSettings
from config.quantities import Fraction
from domain.events import AlertChanged, Role, ZoneVisitEnded
from domain.frame import TimeSource
from domain.geometry import area, contains

Quantity: TypeAlias = Literal["length", "wait"]
AlertState: TypeAlias = Literal["raised", "cleared"]
EndedBy: TypeAlias = Literal["left", "lost", "stream-end"]


class ZonesSettings(StageSettings):
    """Who stays in the zones of the camera, and for how long."""

    once: ClassVar[bool] = True

    kind: Literal["zones"] = "zones"
    clear_share: Fraction = Field(
        default=0.12,
        description="Somebody is inside or outside for certain from that part of the own height from the border on (0.12 is about "
        "20 cm on the floor); twice as far where the feet are estimated",
    )

    def build(self, context: StageContext) -> "ZonesStage":
        """See `StageSettings.build`."""
        return ZonesStage(self, context)


@dataclass(frozen=True, slots=True)
class ZoneEntered(Note):
    """A stay has begun.

    Attributes:
        zone: Name of the zone.
        track_id: Whose.
        moment: When.
        time_source: What that rests on.
        role: Who it is, as far as is known.
    """

    zone: str
    track_id: int
    moment: datetime
    time_source: TimeSource
    role: Role


class StayState(State):
    """How a way stands to a zone; see `Stay`."""

    version: Literal[1] = 1
    way: int
    zone: str
    inside: bool
    was_inside: bool
    since: AwareDatetime | None
    flipped_at: AwareDatetime | None
    began_by: Literal["entered", "appeared"]
    unseen_s: float
    confidence: float
    points: int
    track_id: int
    last_seen: AwareDatetime
    time_source: TimeSource


class AlarmState(State):
    """How a limit of a queue stands."""

    version: Literal[1] = 1
    raised: bool = False
    other_since: AwareDatetime | None = None


class ZonesState(State):
    """Who is where."""

    version: Literal[1] = 1
    stays: tuple[StayState, ...]
    alarms: dict[str, dict[Quantity, AlarmState]]
    roles: dict[int, Role]
    time_source: TimeSource


@dataclass(slots=True, eq=False)
class Stay:
    """How a way stands to a zone.

    Attributes:
        track_id: The way's track.
        last_seen, time_source: Of its last point.
        inside: Whether it is inside, by what was certain last.
        was_inside: Whether its last point was inside.
        since: When the stay began.
        flipped_at: When it met the border last.
        began_by: How the stay began.
        unseen_s: Time out of sight during the stay.
        confidence, points: Sum and number of the points of the stay.
    """

    track_id: int
    last_seen: datetime
    time_source: TimeSource
    inside: bool = False
    was_inside: bool = False
    since: datetime | None = None
    flipped_at: datetime | None = None
    began_by: Literal["entered", "appeared"] = "entered"
    unseen_s: float = 0.0
    confidence: float = 0.0
    points: int = 0


class ZonesStage(Stage[ZonesState]):
    """Says `ZoneEntered`, `ZoneVisitEnded` and `AlertChanged`."""

    says = (ZoneEntered, ZoneVisitEnded, AlertChanged)
    hears = (WaysBegun, WaysSeen, WayEnded, RoleKnown)
    state_type = ZonesState

    def __init__(self, settings: ZonesSettings, context: StageContext) -> None:
        self._settings = settings
        self._identity = context.identity
        self._names = tuple(zone.name for zone in context.plan.zones)
        self._queues = {zone.name: zone.queue for zone in context.plan.zones if zone.queue is not None}
        self._stays: dict[tuple[int, str], Stay] = {}
        self._alarms: dict[str, dict[Quantity, AlarmState]] = {name: {} for name in self._queues}
        self._roles: dict[int, Role] = {}
        self._time_source: TimeSource = "file"

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Take everybody's place."""
        said: list[Said] = []
        if not self._names:
            return said
        for note in observation.heard:
            if isinstance(note, RoleKnown):
                self._roles |= {note.way: note.role} if note.way is not None else {}
            elif isinstance(note, WaysBegun | WaysSeen):
                self._time_source = note.time_source
                for point in note.points:
                    for zone in observation.floor.zones:
                        said += self._go_on(point, note, zone)
        return said

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Stays of those who are gone; then what becomes of the queues."""
        said = self._ended(step.heard)
        for name, queue in self._queues.items():
            said += self._watch(name, queue, step.now)
        return said

    def finish(self, ending: Ending) -> Sequence[Said]:
        """All stays; then every alert that is raised is cleared, since nobody watches the queue any more."""
        waiting = {name: self._waiting(name, ending.now) for name in self._queues}
        said = self._ended(ending.heard)
        for name, alarms in self._alarms.items():
            for quantity, alarm in alarms.items():
                if alarm.raised:
                    said.append(self._closing(name, quantity, ending.now, waiting[name][quantity]))
        self._stays, self._roles = {}, {}
        self._alarms = {name: {} for name in self._queues}
        return said

    def snapshot(self) -> ZonesState:
        """Who is where."""
        return ZonesState(
            stays=tuple(
                StayState(
                    way=way, zone=zone, inside=stay.inside, was_inside=stay.was_inside, since=stay.since,
                    flipped_at=stay.flipped_at, began_by=stay.began_by, unseen_s=stay.unseen_s, confidence=stay.confidence,
                    points=stay.points, track_id=stay.track_id, last_seen=stay.last_seen, time_source=stay.time_source,
                )
                for (way, zone), stay in self._stays.items()
            ),
            alarms={name: dict(alarms) for name, alarms in self._alarms.items()},
            roles=dict(self._roles),
            time_source=self._time_source,
        )  # fmt: skip

    def restore(self, state: ZonesState) -> None:
        """Who is where."""
        self._stays = {
            (saved.way, saved.zone): Stay(
                track_id=saved.track_id, last_seen=saved.last_seen, time_source=saved.time_source, inside=saved.inside,
                was_inside=saved.was_inside, since=saved.since, flipped_at=saved.flipped_at, began_by=saved.began_by,
                unseen_s=saved.unseen_s, confidence=saved.confidence, points=saved.points,
            )
            for saved in state.stays
        }  # fmt: skip
        self._alarms = {name: dict(alarms) for name, alarms in state.alarms.items()}
        self._roles, self._time_source = dict(state.roles), state.time_source

    def _go_on(self, point: WayPoint, note: WaysBegun | WaysSeen, zone: Zone) -> Iterator[Said]:
        key = point.way, zone.name
        inside = contains(zone.polygon, point.place)
        if key not in self._stays:
            self._stays[key] = Stay(point.track_id, note.moment, note.time_source, was_inside=inside)
            if inside:
                yield self._enter(point, self._stays[key], zone.name, note.moment, "appeared")
        stay = self._stays[key]
        if inside != stay.was_inside:
            stay.flipped_at = stay.last_seen + (note.moment - stay.last_seen) / 2
        if inside != stay.inside and self._is_clear(point, zone):
            moment = stay.flipped_at or note.moment
            if inside:
                yield self._enter(point, stay, zone.name, moment, "entered")
            else:
                yield self._visit(point.way, zone.name, stay, moment, "left")
        stay.was_inside, stay.track_id = inside, point.track_id
        stay.last_seen, stay.time_source = note.moment, note.time_source
        if stay.inside:
            stay.unseen_s += point.unseen_s
            stay.confidence, stay.points = stay.confidence + point.confidence, stay.points + 1

    def _is_clear(self, point: WayPoint, zone: Zone) -> bool:
        unsure = 1.0 if point.foot == "seen" else 2.0
        clear = min(self._settings.clear_share * point.height * unsure, 0.25 * math.sqrt(area(zone.polygon)))
        return distance_from_border(zone, point.place) >= clear

    def _enter(
        self, point: WayPoint, stay: Stay, zone: str, moment: datetime, how: Literal["entered", "appeared"]
    ) -> ZoneEntered:
        stay.inside, stay.since, stay.began_by = True, moment, how
        stay.unseen_s, stay.confidence, stay.points = 0.0, 0.0, 0
        return ZoneEntered(
            zone, point.track_id, moment, stay.time_source, self._roles.get(point.way, "visitor")
        )

    def _ended(self, heard: Sequence[Said]) -> list[Said]:
        said: list[Said] = []
        for note in heard:
            if isinstance(note, RoleKnown):
                self._roles |= {note.way: note.role} if note.way is not None else {}
            elif isinstance(note, WayEnded):
                for zone in self._names:
                    stay = self._stays.pop((note.way, zone), None)
                    if stay is not None and stay.inside:
                        said.append(self._visit(note.way, zone, stay, stay.last_seen, note.reason))
                self._roles.pop(note.way, None)
        return said

    def _visit(self, way: int, zone: str, stay: Stay, moment: datetime, how: EndedBy) -> ZoneVisitEnded:
        entered = stay.since or moment
        stay.inside = False
        dwell_s = max(0.0, (moment - entered).total_seconds())
        return ZoneVisitEnded(
            event_id=self._identity.event_id("zone_visit", zone, stay.track_id, entered),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=max(moment, entered),
            time_source=stay.time_source,
            zone=zone,
            track_id=stay.track_id,
            entered_at=entered,
            dwell_s=dwell_s,
            unseen_s=min(stay.unseen_s, dwell_s),
            began_by=stay.began_by,
            ended_by=how,
            role=self._roles.get(way, "visitor"),
            foot_confidence=min(1.0, stay.confidence / stay.points) if stay.points else 0.0,
        )

    def _waiting(self, zone: str, now: datetime) -> dict[Quantity, float]:
        """How many wait in a queue, and for how long the first has. Staff do not wait."""
        since = [
            stay.since
            for (way, name), stay in self._stays.items()
            if name == zone and stay.inside and stay.since and self._roles.get(way) != "staff"
        ]
        longest_s = max(((now - one).total_seconds() for one in since), default=0.0)
        return {"length": float(len(since)), "wait": max(0.0, longest_s)}

    def _watch(self, zone: str, queue: QueueSettings, now: datetime) -> Iterator[AlertChanged]:
        """Raise or clear the alerts of a queue."""
        for quantity, value in self._waiting(zone, now).items():
            limit = _limit(queue, quantity)
            if limit is None:
                continue
            alarm = self._alarms[zone].get(quantity, AlarmState())
            if (value > limit) == alarm.raised:
                self._alarms[zone][quantity] = AlarmState(raised=alarm.raised)
                continue
            since = alarm.other_since or now
            held = now - since >= timedelta(seconds=queue.hold_s)
            self._alarms[zone][quantity] = AlarmState(
                raised=alarm.raised != held, other_since=None if held else since
            )
            if held:
                state: AlertState = "raised" if value > limit else "cleared"
                yield self._alert(zone, quantity, state, (since, now), (value, limit))

    def _closing(self, zone: str, quantity: Quantity, now: datetime, value: float) -> AlertChanged:
        limit = _limit(self._queues[zone], quantity)
        return self._alert(zone, quantity, "cleared", (now, now), (value, limit or 0.0))

    def _alert(
        self,
        zone: str,
        quantity: Quantity,
        state: AlertState,
        times: tuple[datetime, datetime],
        figures: tuple[float, float],
    ) -> AlertChanged:
        (since, now), (value, limit) = times, figures
        return AlertChanged(
            event_id=self._identity.event_id("alert", zone, quantity, state, now),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=now,
            time_source=self._time_source,
            zone=zone,
            quantity=quantity,
            state=state,
            since=since,
            value=value,
            allowed=limit,
        )


def _limit(queue: QueueSettings, quantity: Quantity) -> float | None:
    if quantity == "wait":
        return queue.wait_max_s
    return None if queue.length_max is None else float(queue.length_max)
