"""Where people stood and which way they went, over a whole run, in bounded memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from domain.events import PresenceMapped
from domain.events.presence import Toward

TOWARDS: tuple[Toward, ...] = get_args(Toward)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The maps of a stream, added up.

    Attributes:
        width, height: Of the picture, pixels.
        columns, rows: Of the grid.
        seconds: Of presence, by column and row.
        square_metres: Of the cells of which it is known.
        went: How often people went from a cell in a direction, by column, row and direction.
        coverage: Share of the time that was seen, 0 to 1.
    """

    width: int
    height: int
    columns: int
    rows: int
    seconds: Mapping[tuple[int, int], float]
    square_metres: Mapping[tuple[int, int], float]
    went: Mapping[tuple[int, int, Toward], int]
    coverage: float


@dataclass(slots=True)
class HeatSum:
    """Adds the maps of one stream up. What comes on another grid is put into the cells of the first."""

    first: PresenceMapped
    latest: datetime | None = None
    seconds: dict[tuple[int, int], float] = field(default_factory=dict)
    square_metres: dict[tuple[int, int], float] = field(default_factory=dict)
    went: dict[tuple[int, int, Toward], int] = field(default_factory=dict)
    seen_s: float = 0.0
    whole_s: float = 0.0

    def add(self, event: PresenceMapped) -> None:
        """One more; one that has been here before is passed over."""
        if self.latest is not None and event.interval_start <= self.latest:
            return
        self.latest = event.interval_start
        for cell in event.cells:
            place = self._place(event, cell.across, cell.down)
            self.seconds[place] = self.seconds.get(place, 0.0) + cell.seconds
            if cell.square_metres is not None:
                self.square_metres[place] = cell.square_metres
        for flow in event.flows:
            where = (*self._place(event, flow.across, flow.down), flow.toward)
            self.went[where] = self.went.get(where, 0) + flow.persons
        coverage = event.coverage
        parsed = coverage.frames_parsed / coverage.frames_sampled if coverage.frames_sampled else 1.0
        damaged = coverage.frames_damaged / coverage.frames_read if coverage.frames_read else 0.0
        self.seen_s += coverage.seconds_observed * min(1.0, parsed) * max(0.0, 1.0 - damaged)
        self.whole_s += coverage.seconds_observed + coverage.seconds_without_signal

    def result(self) -> HeatMap:
        """So far."""
        first = self.first
        return HeatMap(
            first.width,
            first.height,
            first.columns,
            first.rows,
            dict(self.seconds),
            dict(self.square_metres),
            dict(self.went),
            self.seen_s / self.whole_s if self.whole_s else 1.0,
        )

    def _place(self, event: PresenceMapped, across: int, down: int) -> tuple[int, int]:
        first = self.first
        if (event.columns, event.rows) == (first.columns, first.rows):
            return across, down
        return (
            int((across + 0.5) / event.columns * first.columns),
            int((down + 0.5) / event.rows * first.rows),
        )
