"""The floor of a camera's picture: lines, zones and rooms in pixels, and where a point lies in metres."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from pydantic import TypeAdapter

from config.cameras import CameraSettings
from config.floor import QueueSettings, RoomSettings, in_fractions
from domain.errors import SettingsError
from domain.geometry import Point, Polygon, distance_to_border, distance_to_line, distance_to_segment

Matrix: TypeAlias = tuple[float, ...]
"""3 by 3, row by row."""

_FORESHORTENED = 2.0

_NEAR_EDGE = 0.04
"""Part of the picture's shorter side: who is tracked from there on has been seen too late to be on both sides of a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A segment on the floor.

    Attributes:
        name: Of the line.
        begin, end: Its ends.
        inside: 1 where those who came in are to the right hand of who looks along it, -1 where to the left.
    """

    name: str
    begin: Point
    end: Point
    inside: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A piece of the floor; see `config.floor.ZoneSettings`."""

    name: str
    polygon: Polygon
    queue: QueueSettings | None
    leads_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """What the settings say of a camera's floor, in fractions or pixels as they were given.

    Attributes:
        lines, zones: In their order.
        rooms: Names and settings.
        picture, metres: Four points of the floor in the picture and in metres; empty where it is not calibrated.
    """

    lines: tuple[Line, ...] = ()
    zones: tuple[Zone, ...] = ()
    rooms: tuple[tuple[str, RoomSettings], ...] = ()
    picture: tuple[Point, ...] = ()
    metres: tuple[Point, ...] = ()


NO_PLAN = FloorPlan()
"""Where nothing is said."""

PLANS = TypeAdapter(FloorPlan)
"""To JSON and back. Made once: making it takes a thousand times as long as using it."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor in a picture of a known size. All points are pixels.

    Attributes:
        width, height: Of the picture.
        lines, zones: In their order.
        to_metres: Homography from pixels to metres; None where the camera is not calibrated.
    """

    width: int
    height: int
    lines: tuple[Line, ...] = ()
    zones: tuple[Zone, ...] = ()
    to_metres: Matrix | None = None

    def metres(self, point: Point) -> Point | None:
        """Where a point of the picture lies on the floor; None where the camera is not calibrated, or behind the horizon."""
        if self.to_metres is None:
            return None
        x, y = point
        a, b, c, d, e, f, g, h, i = self.to_metres
        depth = g * x + h * y + i
        if depth <= 1e-9:
            return None
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


NO_FLOOR = Floor(0, 0)
"""Where nothing is known."""


def plan_of(camera: CameraSettings) -> FloorPlan:
    """What a camera's settings say of its floor."""
    calibration = camera.calibration
    return FloorPlan(
        lines=tuple(
            Line(name, line.begin, line.end, 1 if line.hand == "right" else -1)
            for name, line in camera.lines.items()
        ),
        zones=tuple(
            Zone(name, zone.polygon, zone.queue, zone.leads_to) for name, zone in camera.zones.items()
        ),
        rooms=tuple(camera.rooms.items()),
        picture=calibration.picture if calibration else (),
        metres=calibration.metres if calibration else (),
    )


@lru_cache(maxsize=256)
def floor_at(plan: FloorPlan, width: int, height: int) -> Floor:
    """The floor in a picture of that size, in pixels.

    Raises:
        SettingsError: A point is given in pixels and lies outside the picture.
    """

    def placed(points: Sequence[Point], name: str) -> Polygon:
        return _in_pixels(points, width, height, name)

    lines = tuple(
        replace(line, begin=ends[0], end=ends[1])
        for line in plan.lines
        for ends in [placed((line.begin, line.end), f"lines.{line.name}")]
    )
    zones = tuple(
        replace(zone, polygon=placed(zone.polygon, f"zones.{zone.name}.polygon")) for zone in plan.zones
    )
    to_metres = (
        _homography(placed(plan.picture, "calibration.picture"), plan.metres) if plan.picture else None
    )
    return Floor(width, height, lines, zones, to_metres)


def warnings_of(plan: FloorPlan, width: int = 0, height: int = 0) -> list[str]:
    """What holds, and is likely not to count as it should, one line each.

    Args:
        plan: Of the camera.
        width: Of its picture; 0 where it is not known: then shapes in pixels are passed over.
        height: The same.
    """
    found = []
    for line in plan.lines:
        fractions = in_fractions((line.begin, line.end))
        if fractions or width:
            sizes = (1.0, 1.0) if fractions else (float(width), float(height))
            found += [
                f"lines.{line.name} lies along the {edge} edge of the picture: people are followed only from behind it on, so few "
                "can be seen on both its sides; move it towards the middle"
                for edge in _edges_near(line, sizes)
            ]
    return found


def _edges_near(line: Line, sizes: tuple[float, float]) -> list[str]:
    near = _NEAR_EDGE * min(sizes)
    names = (("left", "right"), ("upper", "lower"))
    return [
        names[axis][side]
        for axis in (0, 1)
        for side, edge in enumerate((0.0, sizes[axis]))
        if max(abs(line.begin[axis] - edge), abs(line.end[axis] - edge)) <= near
    ]


def _in_pixels(points: Sequence[Point], width: int, height: int, name: str) -> Polygon:
    if in_fractions(points):
        return tuple((x * width, y * height) for x, y in points)
    for x, y in points:
        if x > width or y > height:
            raise SettingsError(
                f"{name}: the point [{x:g}, {y:g}] is outside the picture, which is {width}x{height}; "
                "take one inside it, or fractions of the picture"
            )
    return tuple(points)


def _homography(picture: Polygon, metres: Polygon) -> Matrix:
    """From pixels to metres, with the sign by which depth is above 0 on the floor that is seen."""
    import cv2  # noqa: PLC0415 - settings are read without it

    matrix = cv2.getPerspectiveTransform(np.array(picture, np.float32), np.array(metres, np.float32)).astype(
        np.float64
    )
    x, y = np.mean(picture, axis=0)
    if matrix[2] @ np.array((x, y, 1.0)) < 0:
        matrix = -matrix
    return tuple(float(value) for value in matrix.reshape(-1))


def on_floor(point: Point) -> Point:
    """A point of the picture as if the floor were seen from above, pixels.

    What lies downwards counts double: a camera that looks down at about 30 degrees sees a metre away from it half as long as one to
    the side.
    """
    return point[0], _FORESHORTENED * point[1]


def side_of(line: Line, point: Point) -> float:
    """Signed distance from the endless line on the floor, pixels: above 0 is inside."""
    return line.inside * distance_to_line(on_floor(line.begin), on_floor(line.end), on_floor(point))


def distance_from(line: Line, point: Point) -> float:
    """Distance from the segment on the floor, pixels; 0 or more."""
    return distance_to_segment(on_floor(line.begin), on_floor(line.end), on_floor(point))


def distance_from_border(zone: Zone, point: Point) -> float:
    """Distance from the border of a zone on the floor, pixels; 0 or more."""
    return distance_to_border([on_floor(corner) for corner in zone.polygon], on_floor(point))
