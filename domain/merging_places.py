"""Lines, zones and rooms of several windows as one."""

from collections import defaultdict
from collections.abc import Sequence

from domain.events.window import WindowClosed
from domain.events.window_places import LineCounts, RoomCounts, ZoneCounts


def merged_lines(windows: Sequence[WindowClosed]) -> tuple[LineCounts, ...]:
    """Sums of each line."""
    found: defaultdict[str, list[LineCounts]] = defaultdict(list)
    for window in windows:
        for line in window.lines:
            found[line.line].append(line)
    names = [name for name in LineCounts.model_fields if name != "line"]
    return tuple(
        LineCounts.model_validate(
            {"line": line, **{name: sum(getattr(one, name) for one in parts) for name in names}}
        )
        for line, parts in found.items()
    )


def merged_zones(windows: Sequence[WindowClosed]) -> tuple[ZoneCounts, ...]:
    """Sums and extremes of each zone; means weighted by time, dwell by stays: what is between windows is not known any more."""
    found: defaultdict[str, list[tuple[float, ZoneCounts]]] = defaultdict(list)
    for window in windows:
        for zone in window.zones:
            found[zone.zone].append((window.coverage.seconds_observed, zone))
    return tuple(_zone(name, parts) for name, parts in found.items())


def merged_rooms(windows: Sequence[WindowClosed]) -> tuple[RoomCounts, ...]:
    """Each room as it is at the end, with the most and all that was uncertain."""
    found: defaultdict[str, list[RoomCounts]] = defaultdict(list)
    for window in windows:
        for room in window.rooms:
            found[room.room].append(room)
    return tuple(
        parts[-1].model_copy(
            update={
                "inside_max": max(one.inside_max for one in parts),
                "uncertain": sum(one.uncertain for one in parts),
            }
        )
        for parts in found.values()
    )


def _zone(name: str, parts: Sequence[tuple[float, ZoneCounts]]) -> ZoneCounts:
    zones = [zone for _, zone in parts]
    seconds = sum(weight for weight, _ in parts)
    captured = [zone.captured for zone in zones if zone.captured is not None]
    return ZoneCounts(
        zone=name,
        entries=sum(zone.entries for zone in zones),
        staff_entries=sum(zone.staff_entries for zone in zones),
        ended=sum(zone.ended for zone in zones),
        occupancy_min=min(zone.occupancy_min for zone in zones),
        occupancy_mean=sum(weight * zone.occupancy_mean for weight, zone in parts) / seconds
        if seconds
        else 0.0,
        occupancy_max=max(zone.occupancy_max for zone in zones),
        dwell_median_s=_weighted([(zone.ended, zone.dwell_median_s) for zone in zones]),
        dwell_p90_s=_weighted([(zone.ended, zone.dwell_p90_s) for zone in zones]),
        captured=sum(captured) if captured else None,
    )


def _weighted(values: Sequence[tuple[int, float | None]]) -> float | None:
    known = [(weight, value) for weight, value in values if value is not None and weight]
    total = sum(weight for weight, _ in known)
    return sum(weight * value for weight, value in known) / total if total else None
