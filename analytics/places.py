"""Lines, zones and rooms over time: what a window says of them.

A stay is known to be over only a while after its end. So boundaries of stays wait until nothing more is expected for their time,
and are then dealt with in their order: occupancy is what was, and not what was believed.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from analytics.floor import FloorPlan
from analytics.snapshots import State
from analytics.timeline import ElapsedTime
from config.floor import RoomSettings
from domain.events import LineCounts, LineCrossed, RoomCounts, ZoneCounts, ZoneVisitEnded

_MICROSECOND = timedelta(microseconds=1)


class LineTally(State):
    """Sums of one line."""

    version: Literal[1] = 1
    came_in: int = 0
    went_out: int = 0
    staff_in: int = 0
    staff_out: int = 0
    uncertain_in: int = 0
    uncertain_out: int = 0

    def with_one(self, crossing: LineCrossed) -> "LineTally":
        """One more crossing."""
        inwards = crossing.direction == "in"
        if not crossing.counts:
            names = ["uncertain_in" if inwards else "uncertain_out"]
        else:
            names = ["came_in" if inwards else "went_out"]
            if crossing.role == "staff":
                names.append("staff_in" if inwards else "staff_out")
        return self.model_copy(update={name: getattr(self, name) + 1 for name in names})


class ZoneTally(State):
    """Sums of one zone. Times are microseconds; `dwells` counts stays by their length in tenths of a second."""

    version: Literal[1] = 1
    entries: int = 0
    staff_entries: int = 0
    ended: int = 0
    dwells: dict[int, int] = Field(default_factory=dict)
    present_us: int = 0
    observed_us: int = 0
    least: int | None = None
    most: int = 0
    captured: int = 0


class RoomTally(State):
    """What one room has come to within a window; `inside` is None as long as no time with a signal has passed in it."""

    version: Literal[1] = 1
    inside: int | None = None
    inside_max: int = 0
    drift: int = 0
    uncertain: int = 0


class PlaceTallies(State):
    """What has happened within one open window."""

    version: Literal[1] = 1
    lines: dict[str, LineTally] = Field(default_factory=dict)
    zones: dict[str, ZoneTally] = Field(default_factory=dict)
    rooms: dict[str, RoomTally] = Field(default_factory=dict)


class Boundary(State):
    """Something that changes how many there are: a stay that begins or ends, or a crossing of a room's door."""

    version: Literal[1] = 1
    moment: AwareDatetime
    what: Literal["zone", "room"]
    name: str
    by: int


class Span(State):
    """Time with a signal."""

    version: Literal[1] = 1
    begin: AwareDatetime
    end: AwareDatetime


class RoomState(State):
    """Who is inside a room.

    Attributes:
        inside: Persons.
        drift: What was left at the last reset, and what would have gone below 0 since.
        day: On which day it was reset last, by the room's own clock.
    """

    version: Literal[1] = 1
    inside: int = 0
    drift: int = 0
    day: date | None = None


class Piece(State):
    """Time with a signal during which nothing changes.

    Attributes:
        zones: Persons in each.
        rooms: Each.
    """

    version: Literal[1] = 1
    begin: AwareDatetime
    end: AwareDatetime
    zones: dict[str, int]
    rooms: dict[str, RoomState]


class LedgerState(State):
    """What waits to be settled, and how many there are at the moment up to which all is settled."""

    version: Literal[1] = 1
    boundaries: tuple[Boundary, ...]
    spans: tuple[Span, ...]
    zones: dict[str, int]
    rooms: dict[str, RoomState]


class PlaceLedger:
    """Puts boundaries and time with a signal in order, and gives the pieces between them. One thread."""

    def __init__(self, plan: FloorPlan) -> None:
        self._rooms_plan = dict(plan.rooms)
        self._boundaries: list[Boundary] = []
        self._spans: list[Span] = []
        self._zones = {zone.name: 0 for zone in plan.zones}
        self._rooms = {name: RoomState() for name in self._rooms_plan}

    @property
    def rooms(self) -> dict[str, RoomState]:
        """As they are at the moment up to which all is settled."""
        return dict(self._rooms)

    def pass_time(self, elapsed: ElapsedTime) -> None:
        """Time has passed; what passed without a signal counts for nothing."""
        if elapsed.signal and (self._zones or self._rooms):
            self._spans.append(Span(begin=elapsed.begin, end=elapsed.end))

    def change(self, moment: datetime, what: Literal["zone", "room"], name: str, by: int) -> None:
        """There are so many more from that moment on."""
        self._boundaries.append(Boundary(moment=moment, what=what, name=name, by=by))

    def doors(self, line: str) -> list[str]:
        """The rooms of which that line is a door."""
        return [name for name, room in self._rooms_plan.items() if line in room.doors]

    def settle(self, until: datetime) -> list[Piece]:
        """Nothing more is expected before that moment: the pieces up to it, in order."""
        due = sorted((one for one in self._boundaries if one.moment <= until), key=lambda one: one.moment)
        self._boundaries = [one for one in self._boundaries if one.moment > until]
        pieces = []
        while self._spans and self._spans[0].begin < until:
            span = self._spans.pop(0)
            end = min(span.end, until)
            if end < span.end:
                self._spans.insert(0, Span(begin=end, end=span.end))
            pieces += self._cut(span.begin, end, due)
        if not self._spans:
            self._take(due, until)
        else:
            self._boundaries = [*due, *self._boundaries]
        return pieces

    def settle_all(self) -> list[Piece]:
        """Everything, at the end; then nobody is in a zone, and the rooms stay."""
        pieces = self.settle(max((span.end for span in self._spans), default=_LATEST))
        self._boundaries, self._spans = [], []
        self._zones = dict.fromkeys(self._zones, 0)
        return pieces

    def snapshot(self) -> LedgerState:
        """All that it remembers."""
        return LedgerState(
            boundaries=tuple(self._boundaries),
            spans=tuple(self._spans),
            zones=dict(self._zones),
            rooms=dict(self._rooms),
        )

    def restore(self, state: LedgerState) -> None:
        """Remember that, and nothing else."""
        self._boundaries, self._spans = list(state.boundaries), list(state.spans)
        self._zones, self._rooms = dict(state.zones), dict(state.rooms)

    def _cut(self, begin: datetime, end: datetime, due: list[Boundary]) -> list[Piece]:
        pieces = []
        while begin < end:
            self._take(due, begin)
            until = min(end, due[0].moment) if due else end
            pieces.append(Piece(begin=begin, end=until, zones=dict(self._zones), rooms=dict(self._rooms)))
            begin = until
        return pieces

    def _take(self, due: list[Boundary], until: datetime) -> None:
        """Let happen what happens up to that moment."""
        while due and due[0].moment <= until:
            one = due.pop(0)
            if one.what == "zone":
                self._zones[one.name] = max(0, self._zones[one.name] + one.by)
            else:
                self._rooms[one.name] = _changed(self._begun_anew(one.name, one.moment), one.by)
        for name in self._rooms:
            self._rooms[name] = self._begun_anew(name, until)

    def _begun_anew(self, name: str, moment: datetime) -> RoomState:
        room, settings = self._rooms[name], self._rooms_plan[name]
        if settings.reset_at is None or moment is _LATEST:
            return room
        day = _day_of(moment, settings)
        if room.day is None:
            return room.model_copy(update={"day": day})
        return RoomState(inside=0, drift=room.inside, day=day) if day > room.day else room


_LATEST = datetime.max.replace(tzinfo=UTC)


def _day_of(moment: datetime, room: RoomSettings) -> date:
    """The day that a moment belongs to, when days begin at the hour of the reset."""
    local = moment.astimezone(ZoneInfo(room.time_zone))
    reset_at = room.reset_at
    early = reset_at is not None and local.time() < reset_at
    return local.date() - timedelta(days=1) if early else local.date()


def _changed(room: RoomState, by: int) -> RoomState:
    inside = room.inside + by
    return room.model_copy(update={"inside": max(0, inside), "drift": room.drift + min(0, inside)})


def with_piece(tallies: PlaceTallies, piece: Piece) -> PlaceTallies:
    """A window's tallies with one more piece, which lies within it."""
    length = (piece.end - piece.begin) // _MICROSECOND
    zones, rooms = dict(tallies.zones), dict(tallies.rooms)
    for name, count in piece.zones.items():
        old = zones.get(name, ZoneTally())
        zones[name] = old.model_copy(
            update={
                "present_us": old.present_us + count * length,
                "observed_us": old.observed_us + length,
                "least": count if old.least is None else min(old.least, count),
                "most": max(old.most, count),
            }
        )
    for name, room in piece.rooms.items():
        before = rooms.get(name, RoomTally())
        rooms[name] = before.model_copy(
            update={
                "inside": room.inside,
                "inside_max": max(before.inside_max, room.inside),
                "drift": room.drift,
            }
        )
    return tallies.model_copy(update={"zones": zones, "rooms": rooms})


def with_crossing(tallies: PlaceTallies, crossing: LineCrossed, rooms: Iterable[str]) -> PlaceTallies:
    """A window's tallies with one more crossing of a line, which is a door of those rooms."""
    line = tallies.lines.get(crossing.line, LineTally()).with_one(crossing)
    changed = dict(tallies.rooms)
    for name in rooms if not crossing.counts else ():
        old = changed.get(name, RoomTally())
        changed[name] = old.model_copy(update={"uncertain": old.uncertain + 1})
    return tallies.model_copy(update={"lines": {**tallies.lines, crossing.line: line}, "rooms": changed})


def with_zone(tallies: PlaceTallies, name: str, **more: int) -> PlaceTallies:
    """A window's tallies with so many more of a zone's sums."""
    old = tallies.zones.get(name, ZoneTally())
    new = old.model_copy(update={key: getattr(old, key) + count for key, count in more.items()})
    return tallies.model_copy(update={"zones": {**tallies.zones, name: new}})


def with_stay(tallies: PlaceTallies, stay: ZoneVisitEnded) -> PlaceTallies:
    """A window's tallies with one more stay that ended in it."""
    old = tallies.zones.get(stay.zone, ZoneTally())
    tenths = round(stay.dwell_s * 10)
    dwells = {**old.dwells, tenths: old.dwells.get(tenths, 0) + 1}
    new = old.model_copy(update={"ended": old.ended + 1, "dwells": dwells})
    return tallies.model_copy(update={"zones": {**tallies.zones, stay.zone: new}})


def line_counts(plan: FloorPlan, tallies: PlaceTallies) -> tuple[LineCounts, ...]:
    """For the window's event, every line of the plan."""
    tally = {line.name: tallies.lines.get(line.name, LineTally()) for line in plan.lines}
    return tuple(LineCounts(line=name, **one.model_dump(exclude={"version"})) for name, one in tally.items())


def zone_counts(plan: FloorPlan, tallies: PlaceTallies) -> tuple[ZoneCounts, ...]:
    """For the window's event, every zone of the plan."""
    return tuple(
        _zone_counts(zone.name, tallies.zones.get(zone.name, ZoneTally()), captures=bool(zone.leads_to))
        for zone in plan.zones
    )


def room_counts(
    plan: FloorPlan, tallies: PlaceTallies, rooms: Mapping[str, RoomState]
) -> tuple[RoomCounts, ...]:
    """For the window's event, every room of the plan; `rooms` is as they are now, and holds where the window saw nothing."""
    return tuple(
        _room_counts(name, tallies.rooms.get(name, RoomTally()), rooms.get(name, RoomState()))
        for name, _ in plan.rooms
    )


def _room_counts(name: str, tally: RoomTally, now: RoomState) -> RoomCounts:
    if tally.inside is None:
        as_now = {"inside": now.inside, "inside_max": now.inside, "drift": now.drift}
        tally = tally.model_copy(update=as_now)
    return RoomCounts(room=name, **tally.model_dump(exclude={"version"}))


def _zone_counts(name: str, tally: ZoneTally, *, captures: bool) -> ZoneCounts:
    return ZoneCounts(
        zone=name,
        entries=tally.entries,
        staff_entries=tally.staff_entries,
        ended=tally.ended,
        occupancy_min=tally.least or 0,
        occupancy_mean=tally.present_us / tally.observed_us if tally.observed_us else 0.0,
        occupancy_max=tally.most,
        dwell_median_s=quantile(tally.dwells, 0.5),
        dwell_p90_s=quantile(tally.dwells, 0.9),
        captured=tally.captured if captures else None,
    )


def quantile(counts: dict[int, int], share: float) -> float | None:
    """Seconds that so many of the stays, counted by tenths of a second, did not exceed; None without any (nearest rank)."""
    total = sum(counts.values())
    wanted, passed = -(-share * total // 1), 0
    for tenths in sorted(counts):
        passed += counts[tenths]
        if passed >= wanted:
            return tenths / 10
    return None
