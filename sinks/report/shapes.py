"""Lines and zones of a stream, as the report draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.geometry import Point


@dataclass(frozen=True, slots=True)
class LineShape:
    """A line.

    Attributes:
        name: Of the line.
        begin, end: Its ends, as fractions of the picture.
        inside: 1 where those who came in are to the right hand of who looks along it, -1 where to the left.
    """

    name: str
    begin: Point
    end: Point
    inside: int


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """A zone: its name, and its corners as fractions of the picture."""

    name: str
    polygon: Sequence[Point]


@dataclass(frozen=True, slots=True)
class FloorShapes:
    """What is drawn on the floor of a stream."""

    lines: Sequence[LineShape] = ()
    zones: Sequence[ZoneShape] = ()
