"""What is drawn on the floor of a camera's picture: lines, zones, rooms, and where its points lie in metres."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import time
from itertools import combinations, pairwise, product
from typing import Annotated, Any, Literal, Protocol, TypeAlias, runtime_checkable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, create_model, model_validator

from config.quantities import Count, Number, PositiveSeconds, Seconds, Section
from domain.geometry import Point, area, crosses_itself, turn

Hand: TypeAlias = Literal["left", "right"]
"""Of who looks along a line from `from` to `to` on the screen."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Of the shorter side of the picture, or pixels: below it, feet cannot be told to be on one side or the other.
_LEAST_FRACTION, _LEAST_PIXELS = 0.01, 4.0


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(
            f"{text!r} is no name: take 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or a digit"
        )
    return text


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"has {name} twice; list each once")
    return names


def _named(shapes: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in shapes:
        _name(name)
    for one, other in combinations(shapes, 2):
        if one.lower() == other.lower():
            raise ValueError(f"{one} and {other} are the same name; each needs one of its own")
    return shapes


def in_fractions(points: Sequence[Point]) -> bool:
    """Whether the points are fractions of the picture; otherwise they are pixels."""
    return all(value <= 1 for point in points for value in point)


def _one_unit(points: Sequence[Point]) -> None:
    numbers = [value for point in points for value in point]
    if max(numbers) > 1 and any(0 < value < 1 for value in numbers):
        raise ValueError(
            "mixes fractions of the picture (0 to 1) with numbers above 1; write all as fractions, or all as whole pixels"
        )


def _least(points: Sequence[Point]) -> float:
    return _LEAST_FRACTION if in_fractions(points) else _LEAST_PIXELS


def _flat(points: Sequence[Point]) -> bool:
    """Whether all of them lie so near to one line that they enclose no area to speak of, in whatever order."""
    first = points[0]
    furthest = max(points, key=lambda point: math.dist(first, point))
    return all(abs(turn(first, furthest, point)) < _least(points) ** 2 / 2 for point in points)


def _a_polygon(points: tuple[Point, ...]) -> tuple[Point, ...]:
    if len(points) < 3:
        raise ValueError(f"has {len(points)} points; a zone needs at least 3")
    _one_unit(points)
    for one, other in pairwise([*points, points[0]]):
        if one == other:
            raise ValueError(
                f"has the corner [{one[0]:g}, {one[1]:g}] twice in a row; list each once, the last is joined to the first"
            )
    flat = _flat(points)
    if not flat and crosses_itself(points):
        raise ValueError("crosses itself; list its corners in the order in which you walk around it")
    if flat or area(points) < _least(points) ** 2:
        raise ValueError("has no area; its corners lie on one line or on one point")
    return points


def _four(points: tuple[Point, Point, Point, Point]) -> tuple[Point, Point, Point, Point]:
    if crosses_itself(points):
        raise ValueError("crosses itself; list the four corners in the order in which you walk around them")
    size = max(abs(value) for point in points for value in point)
    for three in combinations(points, 3):
        if abs(turn(*three)) <= 1e-6 * size**2:
            raise ValueError(
                "three of the four points lie on one line; take the corners of a large rectangle of the floor"
            )
    return points


def _in_picture(
    points: tuple[Point, Point, Point, Point],
) -> tuple[Point, Point, Point, Point]:
    _one_unit(points)
    return _four(points)


def _clock(value: Any) -> Any:
    # YAML reads 4:00 as 240, in sixties, and 0:25 as text; so what is below 60 was no time of day.
    if isinstance(value, int) and not isinstance(value, bool) and 60 <= value < 1440:
        return time(value // 60, value % 60)
    if isinstance(value, str) and re.fullmatch(r"\d:\d\d", value):
        return f"0{value}"
    if not isinstance(value, str | time):
        raise ValueError('must be a time of day, as in "04:00"')
    return value


def _zone_of_the_world(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a time zone, as in Europe/Berlin or UTC") from None
    return name


Coordinate: TypeAlias = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False), Number]
"""0 to 1: a fraction of the picture's width or height; above 1: pixels."""

Metres: TypeAlias = Annotated[float, Field(ge=-10_000, le=10_000, allow_inf_nan=False), Number]
"""On the floor, from any corner."""

PicturePoint: TypeAlias = tuple[Coordinate, Coordinate]
FloorPoint: TypeAlias = tuple[Metres, Metres]

ShapeName: TypeAlias = Annotated[str, AfterValidator(_name)]
ShapeNames: TypeAlias = Annotated[tuple[ShapeName, ...], AfterValidator(_each_once)]
TimeOfDay: TypeAlias = Annotated[time, BeforeValidator(_clock)]
TimeZone: TypeAlias = Annotated[str, AfterValidator(_zone_of_the_world)]

# Two of its keys are words of Python, so they cannot be written as fields of a class.
_KEYS: dict[str, Any] = {
    "from": (
        PicturePoint,
        Field(description="Where it begins: x and y, as fractions of the picture or as pixels"),
    ),
    "to": (PicturePoint, Field(description="Where it ends")),
    "in": (
        Hand,
        Field(
            description="On which hand of who looks along it, from `from` to `to` on the screen, those are who came in"
        ),
    ),
}
_LineKeys = create_model("_LineKeys", __base__=Section, **_KEYS)


class LineSettings(_LineKeys):
    """A line on the floor; who crosses it comes in or goes out."""

    @model_validator(mode="after")
    def _has_length(self) -> "LineSettings":
        points = self.begin, self.end
        _one_unit(points)
        length = max(abs(self.begin[0] - self.end[0]), abs(self.begin[1] - self.end[1]))
        if length < _least(points):
            raise ValueError("has no length: from and to are the same point, or nearly so")
        return self

    @property
    def begin(self) -> Point:
        """`from`."""
        point: Point = getattr(self, "from")
        return point

    @property
    def end(self) -> Point:
        """`to`."""
        point: Point = self.__dict__["to"]
        return point

    @property
    def hand(self) -> Hand:
        """`in`."""
        hand: Hand = getattr(self, "in")
        return hand


class QueueSettings(Section):
    """People wait in this zone."""

    length_max: Count | None = Field(
        default=None, description="An alert where more wait at once; without it there is none"
    )
    wait_max_s: PositiveSeconds | None = Field(
        default=None, description="An alert where somebody has waited for longer; without it there is none"
    )
    hold_s: Seconds = Field(
        default=10.0,
        description="So long it must hold before an alert is raised, and be over before it is cleared",
    )


class ZoneSettings(Section):
    """A piece of the floor in which people stay."""

    polygon: Annotated[tuple[PicturePoint, ...], AfterValidator(_a_polygon)] = Field(
        description="Its corners in order, x and y each, as fractions of the picture or as pixels"
    )
    queue: QueueSettings | None = Field(default=None, description="People wait here in a queue")
    leads_to: ShapeNames = Field(
        default=(),
        description="People pass by here, and some come in by these lines: windows count how many did (the capture rate)",
    )


class RoomSettings(Section):
    """A room, of which all doors are lines of this camera."""

    doors: Annotated[ShapeNames, Field(min_length=1)] = Field(
        description="Lines by which one comes in and goes out"
    )
    reset_at: TimeOfDay | None = Field(
        default=None,
        description="When nobody is inside any more: then the count begins at 0 again, and its drift is told",
    )
    time_zone: TimeZone = Field(default="UTC", description="Whose clock `reset_at` is read by")


class CalibrationSettings(Section):
    """Four points of the floor, in the picture and in metres."""

    picture: Annotated[
        tuple[PicturePoint, PicturePoint, PicturePoint, PicturePoint], AfterValidator(_in_picture)
    ] = Field(description="Where they are in the picture, as fractions of it or as pixels")
    metres: Annotated[tuple[FloorPoint, FloorPoint, FloorPoint, FloorPoint], AfterValidator(_four)] = Field(
        description="The same points on the floor, metres from any corner"
    )


Lines: TypeAlias = Annotated[Mapping[str, LineSettings], AfterValidator(_named)]
Zones: TypeAlias = Annotated[Mapping[str, ZoneSettings], AfterValidator(_named)]
Rooms: TypeAlias = Annotated[Mapping[str, RoomSettings], AfterValidator(_named)]


@runtime_checkable
class NamesZones(Protocol):
    """Settings of a stage that name zones of the camera."""

    @property
    def zones_named(self) -> tuple[str, ...]:
        """The names."""
        ...


def check_stages(stages: Mapping[str, Any], zones: Mapping[str, ZoneSettings]) -> None:
    """Whether every zone that a stage names is there.

    Raises:
        ValueError: One line that names the thing and the cure.
    """
    known = f"there are {', '.join(zones)}" if zones else "the camera has no zones"
    for name, stage in stages.items():
        for zone in stage.zones_named if isinstance(stage, NamesZones) else ():
            if zone not in zones:
                raise ValueError(f"analytics.{name} names the zone {zone}, which is not there; {known}")


def check_names(
    lines: Mapping[str, Any], zones: Mapping[str, ZoneSettings], rooms: Mapping[str, RoomSettings]
) -> None:
    """Whether every line that is named is there, and no line has the name of a zone.

    Raises:
        ValueError: One line that names the thing and the cure.
    """
    for line, zone in product(lines, zones):
        if line.lower() == zone.lower():
            raise ValueError(f"lines.{line} and zones.{zone} have the same name; each needs one of its own")
    known = f"there are {', '.join(lines)}" if lines else "there are no lines"
    named = [(f"zones.{name}.leads_to", zone.leads_to) for name, zone in zones.items()]
    named += [(f"rooms.{name}.doors", room.doors) for name, room in rooms.items()]
    for place, wanted in named:
        for line in wanted:
            if line not in lines:
                raise ValueError(f"{place} names the line {line}, which is not there; {known}")
