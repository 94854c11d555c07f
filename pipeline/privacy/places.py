"""What of lines, zones and rooms is told, so that nothing is about fewer than k people.

Who came in less who went out is who is inside, so what is told of a room's doors tells of the room, and entries less stays that
have ended tell who is in a zone. Such counts are kept back together, and leave together with the first window at whose end each
of them is 0 or k at least, and so is who is inside then. They are added to that window, so sums over windows stay what they
are.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from analytics.snapshots import State
from domain.events import LineCounts, RoomCounts, WindowClosed, ZoneCounts
from domain.merging_places import merged_lines, merged_zones
from pipeline.privacy.cells import at_least, part_told

_Told = tuple[tuple[LineCounts, ...], tuple[ZoneCounts, ...], tuple[RoomCounts, ...]]


class PlaceGateState(State):
    """What is kept back.

    Attributes:
        lines, zones: Windows that hold nothing but what is kept back of each, as one.
        inside: Who is in each zone.
    """

    version: Literal[1] = 1
    lines: dict[str, WindowClosed] = Field(default_factory=dict)
    zones: dict[str, WindowClosed] = Field(default_factory=dict)
    inside: dict[str, int] = Field(default_factory=dict)


class PlaceGate:
    """Keeps back counts of lines, zones and rooms until they are about enough people.

    Args:
        least: Fewest people that a number may be about.
        doors: Lines of each room.
    """

    def __init__(self, least: int, doors: Mapping[str, Sequence[str]]) -> None:
        self._least = least
        self._doors = doors
        self._lines: dict[str, list[WindowClosed]] = {}
        self._zones: dict[str, list[WindowClosed]] = {}
        self._inside: dict[str, int] = {}

    def add(self, window: WindowClosed) -> None:
        """Keep a window's counts."""
        for line in window.lines:
            _keep(self._lines, line.line, window.model_copy(update={"lines": (line,), "zones": ()}))
        for zone in window.zones:
            _keep(self._zones, zone.zone, window.model_copy(update={"lines": (), "zones": (zone,)}))
            inside = self._inside.get(zone.zone, 0) + zone.entries - zone.ended
            self._inside[zone.zone] = max(0, inside)

    def release(self, window: WindowClosed) -> _Told:
        """What leaves with a window, to the end of which all was added."""
        rooms = {room.room: room.inside for room in window.rooms}
        free = {line.line for group in self._groups(window) if self._is_free(group, rooms) for line in group}
        lines = tuple(
            self._line(self._lines.pop(line.line, []), line) if line.line in free else _nothing_of_line(line)
            for line in window.lines
        )
        told_rooms = tuple(
            _room(room, self._least if free.issuperset(self._doors.get(room.room, ())) else None)
            for room in window.rooms
        )
        return lines, tuple(self._zone(zone) for zone in window.zones), told_rooms

    def snapshot(self) -> PlaceGateState:
        """What is kept back."""
        return PlaceGateState(
            lines={name: _as_one(windows) for name, windows in self._lines.items() if windows},
            zones={name: _as_one(windows) for name, windows in self._zones.items() if windows},
            inside=dict(self._inside),
        )

    def restore(self, state: PlaceGateState) -> None:
        """What is kept back."""
        self._lines = {name: [window] for name, window in state.lines.items()}
        self._zones = {name: [window] for name, window in state.zones.items()}
        self._inside = dict(state.inside)

    def _groups(self, window: WindowClosed) -> list[list[LineCounts]]:
        """Lines that tell of each other, since they are doors of one room."""
        groups: list[list[LineCounts]] = []
        for line in window.lines:
            rooms = self._rooms_of([line.line])
            near = [group for group in groups if rooms & self._rooms_of(one.line for one in group)]
            groups = [group for group in groups if group not in near]
            groups.append([line, *(one for group in near for one in group)])
        return groups

    def _rooms_of(self, lines: Iterable[str]) -> set[str]:
        return {room for line in lines for room, doors in self._doors.items() if line in doors}

    def _is_free(self, group: Sequence[LineCounts], inside: Mapping[str, int]) -> bool:
        kept = [merged_lines(self._lines.get(line.line, []))[0] for line in group if line.line in self._lines]
        counts = [count for line in kept for count in (line.came_in, line.went_out)]
        counts += [inside.get(room, 0) for room in self._rooms_of(line.line for line in group)]
        return self._all_safe(counts)

    def _all_safe(self, counts: Iterable[int]) -> bool:
        return all(count == 0 or count >= self._least for count in counts)

    def _line(self, windows: Sequence[WindowClosed], now: LineCounts) -> LineCounts:
        line = merged_lines(windows)[0] if windows else now
        return LineCounts(
            line=line.line,
            came_in=line.came_in,
            went_out=line.went_out,
            staff_in=line.staff_in if part_told(line.staff_in, line.came_in, self._least) else 0,
            staff_out=line.staff_out if part_told(line.staff_out, line.went_out, self._least) else 0,
            uncertain_in=at_least(line.uncertain_in, self._least),
            uncertain_out=at_least(line.uncertain_out, self._least),
        )

    def _zone(self, now: ZoneCounts) -> ZoneCounts:
        windows = self._zones.get(now.zone, [])
        zone = merged_zones(windows)[0] if windows else now
        least = self._least
        if not self._all_safe((zone.entries, zone.ended, self._inside.get(now.zone, 0))) or not zone.entries:
            return _nothing_of_zone(now)
        self._zones.pop(now.zone, None)
        return ZoneCounts(
            zone=zone.zone,
            entries=zone.entries,
            staff_entries=zone.staff_entries if part_told(zone.staff_entries, zone.entries, least) else 0,
            ended=zone.ended,
            occupancy_min=at_least(zone.occupancy_min, least),
            occupancy_mean=zone.occupancy_mean,
            occupancy_max=at_least(zone.occupancy_max, least),
            # So many stays on both sides of it, so that it is nobody's own.
            dwell_median_s=zone.dwell_median_s if zone.ended >= 2 * least else None,
            dwell_p90_s=zone.dwell_p90_s if zone.ended >= 10 * least else None,
        )


def _keep(kept: dict[str, list[WindowClosed]], name: str, window: WindowClosed) -> None:
    windows = kept.setdefault(name, [])
    windows.append(window)
    if len(windows) > 1:
        kept[name] = [_as_one(windows)]


def _as_one(windows: Sequence[WindowClosed]) -> WindowClosed:
    """Nothing but the places and the time that they are weighted with."""
    first = windows[0]
    if len(windows) == 1:
        return first
    observed_s = sum(window.coverage.seconds_observed for window in windows)
    return first.model_copy(
        update={
            "lines": merged_lines(windows),
            "zones": merged_zones(windows),
            "coverage": first.coverage.model_copy(update={"seconds_observed": observed_s}),
        }
    )


def _nothing_of_line(line: LineCounts) -> LineCounts:
    return LineCounts(line=line.line, came_in=0, went_out=0)


def _nothing_of_zone(zone: ZoneCounts) -> ZoneCounts:
    return ZoneCounts(
        zone=zone.zone, entries=0, ended=0, occupancy_min=0, occupancy_mean=0.0, occupancy_max=0
    )


def _room(room: RoomCounts, least: int | None) -> RoomCounts:
    """Who is inside at the end, and no more: what lies between two ends would tell of single crossings. None tells nothing."""
    inside = 0 if least is None else at_least(room.inside, least)
    return RoomCounts(room=room.room, inside=inside, inside_max=inside, drift=0)
