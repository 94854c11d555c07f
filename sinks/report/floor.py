"""The floor picture of a stream: lines and zones with their counts, heat map, usual ways, and what they add up to."""

import base64
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.events import LineCounts, WindowClosed, ZoneCounts, ZoneVisitEnded
from domain.geometry import Point
from domain.merging_places import merged_lines, merged_zones
from sinks.report import words
from sinks.report.data import ReportData
from sinks.report.heat import TOWARDS, HeatMap
from sinks.report.shapes import FloorShapes, LineShape, ZoneShape

# The picture is drawn in a box of that width; its height follows from the picture's.
WIDTH = 1000
# Opacity of the hottest cell.
_HOTTEST = 0.75
# Arrows of a flow map, the strongest first.
_FLOWS_MAX = 60
# Width of a letter of a label, height of its two rows, and how far their middle is below where the first is written.
_LETTER, _ROWS, _ABOVE = 11, 48, 5
_DWELL_STEPS_S = (2, 5, 10, 20, 30, 60, 120, 300, 600)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A rectangle of the picture; `opacity` 0 to 1, `about` is said when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    opacity: float
    about: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one point of the picture to another, so wide."""

    begin: Point
    end: Point
    width: float
    opacity: float
    about: str


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line with its arrow inwards and its counts."""

    name: str
    begin: Point
    end: Point
    arrow: Arrow
    label: Point
    counts: str


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A zone with its counts."""

    name: str
    points: str
    label: Point
    counts: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: its label, the value, its share of the highest, and a second value beside it."""

    label: str
    value: int
    share: float
    other: int = 0
    other_share: float = 0.0


@dataclass(frozen=True, slots=True)
class FloorView:
    """Everything that the report says of a stream's floor.

    Attributes:
        height: Of the drawing, whose width is `WIDTH`.
        background: Address of a picture with nothing drawn over it, empty without one.
        heat, flows, lines, zones: What is drawn over it.
        heat_note: What the heat map rests on.
        line_counts, zone_counts: Sums over the run.
        hours: Who came in and went out, hour by hour.
        dwells: Stays by their length.
        dwell_note: What these rest on.
    """

    height: int
    background: str
    heat: Sequence[HeatCell]
    flows: Sequence[Arrow]
    lines: Sequence[DrawnLine]
    zones: Sequence[DrawnZone]
    heat_note: str
    line_counts: Sequence[LineCounts]
    zone_counts: Sequence[ZoneCounts]
    hours: Sequence[Bar]
    dwells: Sequence[Bar]
    dwell_note: str


def floor_of(stream_id: str, data: ReportData, windows: Sequence[WindowClosed]) -> FloorView | None:
    """Of one stream; None where nothing is known of its floor."""
    shapes, heat = data.shapes.get(stream_id, FloorShapes()), data.heat.get(stream_id)
    lines, zones = merged_lines(windows), merged_zones(windows)
    if heat is None and not lines and not zones:
        return None
    height = _height(heat, data.sizes.get(stream_id))
    by_line, by_zone = {line.line: line for line in lines}, {zone.zone: zone for zone in zones}
    stays = [one for one in data.listed if isinstance(one, ZoneVisitEnded) and one.stream_id == stream_id]
    left_out = data.left_out.get("zone_visit", 0)
    return FloorView(
        height=height,
        background=_background(stream_id, data),
        heat=_cells(heat, height) if heat else (),
        flows=_flows(heat, height) if heat else (),
        lines=[_line(line, by_line.get(line.name), height) for line in shapes.lines],
        zones=[_zone(zone, by_zone.get(zone.name), height) for zone in shapes.zones],
        heat_note=_heat_note(heat) if heat else "",
        line_counts=lines,
        zone_counts=zones,
        hours=_hours(windows) if lines else (),
        dwells=_dwells(stays),
        dwell_note=f"the latest {words.counted(len(stays), 'stay')}" if left_out else "",
    )


def _height(heat: HeatMap | None, size: tuple[int, int] | None) -> int:
    width, height = (heat.width, heat.height) if heat else size or (16, 9)
    return round(WIDTH * height / max(width, 1))


def _background(stream_id: str, data: ReportData) -> str:
    still = data.floors.get(stream_id)
    if still is None:
        return ""
    return f"data:{still.media_type};base64,{base64.b64encode(still.image).decode('ascii')}"


def _cells(heat: HeatMap, height: int) -> list[HeatCell]:
    wide, high = WIDTH / heat.columns, height / heat.rows
    known = {place: _density(heat, place) for place in heat.seconds}
    hottest = max(known.values(), default=0.0)
    return [
        HeatCell(
            round(across * wide, 2),
            round(down * high, 2),
            round(wide, 2),
            round(high, 2),
            # The root shows where few have been, too; what was seen in part only is fainter.
            round(_HOTTEST * heat.coverage * math.sqrt(value / hottest), 3),
            _heat_words(heat, (across, down)),
        )
        for (across, down), value in sorted(known.items())
        if hottest and value > 0
    ]


def _density(heat: HeatMap, place: tuple[int, int]) -> float:
    """Seconds a square metre where all cells are known in metres, seconds otherwise."""
    if heat.square_metres.keys() >= heat.seconds.keys():
        return heat.seconds[place] / heat.square_metres[place]
    return heat.seconds[place]


def _heat_words(heat: HeatMap, place: tuple[int, int]) -> str:
    seconds = heat.seconds[place]
    if heat.square_metres.keys() >= heat.seconds.keys():
        return f"{seconds / heat.square_metres[place]:.1f} s a square metre"
    return f"{seconds:.1f} s"


def _heat_note(heat: HeatMap) -> str:
    total = words.duration(sum(heat.seconds.values()))
    unit = ", by the square metre" if heat.square_metres.keys() >= heat.seconds.keys() else ""
    seen = f"; seen {words.percent(heat.coverage)} of the time" if heat.coverage < 0.995 else ""
    return f"{total} of presence{unit}{seen}"


def _flows(heat: HeatMap, height: int) -> list[Arrow]:
    wide, high = WIDTH / heat.columns, height / heat.rows
    strongest = sorted(heat.went.items(), key=lambda item: (-item[1], item[0]))[:_FLOWS_MAX]
    most = max((count for _, count in strongest), default=1)
    arrows = []
    for (across, down, toward), count in strongest:
        angle = TOWARDS.index(toward) * math.pi / 4
        x, y = (across + 0.5) * wide, (down + 0.5) * high
        end = x + 1.7 * wide * math.cos(angle), y + 1.7 * high * math.sin(angle)
        share = count / most
        arrows.append(
            Arrow(
                (round(x, 1), round(y, 1)),
                (round(end[0], 1), round(end[1], 1)),
                round(1.5 + 4.5 * share, 2),
                round((0.35 + 0.65 * share) * heat.coverage, 3),
                f"{words.counted(count, 'person')} {toward}",
            )
        )
    return arrows


def _line(line: LineShape, counts: LineCounts | None, height: int) -> DrawnLine:
    begin, end = _placed(line.begin, height), _placed(line.end, height)
    middle = (begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2
    x, y = end[0] - begin[0], end[1] - begin[1]
    length = math.hypot(x, y) or 1.0
    inwards = -y / length * line.inside, x / length * line.inside
    tip = middle[0] + 42 * inwards[0], middle[1] + 42 * inwards[1]
    said = f"{counts.came_in} in, {counts.went_out} out" if counts else ""
    # So far that its two rows, of which the longer is that wide, do not lie on the line.
    aside = 12 + _ROWS / 2 * abs(inwards[1]) + _LETTER / 2 * max(len(line.name), len(said)) * abs(inwards[0])
    label = _inside((middle[0] - aside * inwards[0], middle[1] - aside * inwards[1] - _ABOVE), height)
    return DrawnLine(line.name, begin, end, Arrow(middle, tip, 3, 1, "in"), label, said)


def _zone(zone: ZoneShape, counts: ZoneCounts | None, height: int) -> DrawnZone:
    corners = [_placed(corner, height) for corner in zone.polygon]
    label = (
        sum(x for x, _ in corners) / len(corners),
        sum(y for _, y in corners) / len(corners),
    )
    said = f"{counts.entries} entered" if counts else ""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return DrawnZone(zone.name, points, _inside(label, height), said)


def _placed(point: Point, height: int) -> Point:
    return round(point[0] * WIDTH, 1), round(point[1] * height, 1)


def _inside(point: Point, height: int) -> Point:
    """Far enough from the edges for a label."""
    return round(min(max(point[0], 90.0), WIDTH - 90.0), 1), round(min(max(point[1], 24.0), height - 34.0), 1)


def _hours(windows: Sequence[WindowClosed]) -> list[Bar]:
    """Crossings by the hour of the day, all lines and days together; hours between the first and the last are shown."""
    came: dict[int, int] = defaultdict(int)
    went: dict[int, int] = defaultdict(int)
    for window in windows:
        hour = window.window_start.hour
        came[hour] += sum(line.came_in for line in window.lines)
        went[hour] += sum(line.went_out for line in window.lines)
    most = max([*came.values(), *went.values(), 1])
    return [
        Bar(f"{hour:02d}", came[hour], came[hour] / most, went[hour], went[hour] / most)
        for hour in range(min(came, default=0), max(came, default=-1) + 1)
    ]


def _dwells(stays: Sequence[ZoneVisitEnded]) -> list[Bar]:
    if not stays:
        return []
    counts: Mapping[int, int] = Counter(
        next((i for i, step in enumerate(_DWELL_STEPS_S) if stay.dwell_s < step), len(_DWELL_STEPS_S))
        for stay in stays
    )
    most = max(counts.values())
    return [
        Bar(_step_label(step), counts.get(step, 0), counts.get(step, 0) / most)
        for step in range(max(counts) + 1)
    ]


def _step_label(step: int) -> str:
    if step == len(_DWELL_STEPS_S):
        return f"{_DWELL_STEPS_S[-1] // 60} min or more"
    end = _DWELL_STEPS_S[step]
    return f"below {end} s" if end < 60 else f"below {end // 60} min"
