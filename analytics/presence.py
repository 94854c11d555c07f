"""A grid over the picture: seconds of presence in each cell, and which way people went on from it."""

import math
from collections.abc import Iterator
from typing import Literal, get_args

from analytics.counting import FrameCounts
from analytics.floor import FloorPlan, floor_at
from analytics.snapshots import State
from domain.events import PresenceCell, PresenceFlow
from domain.events.presence import Toward
from domain.geometry import Point, area

_TOWARDS: tuple[Toward, ...] = get_args(Toward)
MICROSECONDS = 1e6
# Cells that somebody goes before it is told which way.
_STEP_CELLS = 2.0


class Grid(State):
    """Cells over a picture of that size.

    Attributes:
        width, height: Of the picture, pixels.
        columns, rows: How many cells.
    """

    version: Literal[1] = 1
    width: int
    height: int
    columns: int
    rows: int

    @classmethod
    def over(cls, width: int, height: int, columns: int) -> "Grid":
        """So many columns, and cells about as high as wide."""
        return cls(
            width=width, height=height, columns=columns, rows=max(1, round(columns * height / max(width, 1)))
        )

    def place(self, point: Point) -> Point:
        """A point of the picture in cells; what lies beyond the picture is at its edge."""
        x = min(max(point[0] / self.width, 0.0), 1.0 - 1e-9) * self.columns
        y = min(max(point[1] / self.height, 0.0), 1.0 - 1e-9) * self.rows
        return x, y

    def cell(self, place: Point) -> int:
        """Number of the cell in which a place lies, row by row."""
        return int(place[1]) * self.columns + int(place[0])

    def square_metres(self, cell: int, plan: FloorPlan) -> float | None:
        """Area on the floor; None where the camera is not calibrated, or the cell is not on the floor."""
        floor = floor_at(plan, self.width, self.height)
        row, column = divmod(cell, self.columns)
        wide, high = self.width / self.columns, self.height / self.rows
        corners = [
            floor.metres(((column + right) * wide, (row + down) * high))
            for right, down in ((0, 0), (1, 0), (1, 1), (0, 1))
        ]
        known = [corner for corner in corners if corner is not None]
        return (area(known) or None) if len(known) == 4 else None


class PresenceTally(State):
    """What has come together within an interval.

    Attributes:
        present_us: Microseconds of presence, by cell.
        went: How often people went from a cell, by cell times eight and direction.
        frames: Of the source.
        observed_us, dark_us: Time with and without a signal.
    """

    version: Literal[1] = 1
    present_us: dict[int, int]
    went: dict[int, int]
    frames: FrameCounts
    observed_us: int = 0
    dark_us: int = 0


def steps_between(before: Point, now: Point) -> Iterator[tuple[float, Point]]:
    """Places on the way from one to the other, in cells, about one in each cell, with the share of the time at each."""
    pieces = max(1, math.ceil(max(abs(now[0] - before[0]), abs(now[1] - before[1]))))
    for piece in range(pieces):
        share = (piece + 0.5) / pieces
        yield share, (before[0] + share * (now[0] - before[0]), before[1] + share * (now[1] - before[1]))


def direction(begin: Point, now: Point) -> int | None:
    """In which of eight directions somebody has gone; None for less than `_STEP_CELLS`."""
    if math.dist(begin, now) < _STEP_CELLS:
        return None
    return round(math.atan2(now[1] - begin[1], now[0] - begin[0]) / (math.pi / 4)) % 8


def cells_of(grid: Grid, tally: PresenceTally, plan: FloorPlan) -> tuple[PresenceCell, ...]:
    """For the event, row by row."""
    return tuple(
        PresenceCell(
            across=cell % grid.columns,
            down=cell // grid.columns,
            seconds=round(tally.present_us[cell] / MICROSECONDS, 3),
            square_metres=grid.square_metres(cell, plan),
        )
        for cell in sorted(tally.present_us)
    )


def flows_of(grid: Grid, tally: PresenceTally) -> tuple[PresenceFlow, ...]:
    """For the event, row by row."""
    return tuple(
        PresenceFlow(
            across=number // 8 % grid.columns,
            down=number // 8 // grid.columns,
            toward=_TOWARDS[number % 8],
            persons=tally.went[number],
        )
        for number in sorted(tally.went)
    )
