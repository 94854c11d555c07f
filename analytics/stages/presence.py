"""Where people stand and which way they go: the heat map and the usual ways of a camera, interval by interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AwareDatetime, Field

from analytics.aligned import Aligned
from analytics.counting import NO_FRAMES, FrameCounts, coverage
from analytics.presence import (
    MICROSECONDS,
    Grid,
    PresenceTally,
    cells_of,
    direction,
    flows_of,
    steps_between,
)
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Observation,
    Said,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from analytics.stages.ways import WayEnded, WaysBegun, WaysSeen
from analytics.timeline import ElapsedTime
from config.quantities import WindowSeconds
from domain.events import PresenceMapped
from domain.frame import TimeSource
from domain.geometry import Point

_MICROSECOND = timedelta(microseconds=1)

Columns: TypeAlias = Annotated[int, Field(ge=4, le=128)]


class PresenceSettings(StageSettings):
    """Where people stand and which way they go, on a grid over the picture: heat map and flow map."""

    once: ClassVar[bool] = True

    kind: Literal["presence"] = "presence"
    interval_s: WindowSeconds = Field(
        default=3600, description="One map is told for each interval of that length, aligned as windows are"
    )
    columns: Columns = Field(
        default=48,
        description="Cells from the left to the right edge of the picture, 4 to 128; they are about as high as wide",
    )

    def build(self, context: StageContext) -> "PresenceStage":
        """See `StageSettings.build`."""
        return PresenceStage(self, context)


class OpenIntervalState(State):
    """One open interval; see `OpenInterval`."""

    version: Literal[1] = 1
    start: AwareDatetime
    first_moment: AwareDatetime
    time_source: TimeSource
    grid: Grid
    tally: PresenceTally


class WalkerState(State):
    """Where a way was last, and from where it is told which way it goes, both in cells."""

    version: Literal[1] = 1
    way: int
    moment: AwareDatetime
    place: tuple[float, float]
    anchor: tuple[float, float]


class PresenceState(State):
    """Open intervals, and everybody who is in view."""

    version: Literal[1] = 1
    grid: Grid | None
    open: tuple[OpenIntervalState, ...]
    walkers: tuple[WalkerState, ...]
    closed_until: AwareDatetime | None
    turns: int = 0


@dataclass(slots=True, eq=False)
class OpenInterval:
    """An interval that is not over.

    Attributes:
        start: When it begins.
        first_moment: Of the first thing that was counted into it.
        time_source: Of that.
        grid: Over the picture as it was when it began.
        tally: So far.
    """

    start: datetime
    first_moment: datetime
    time_source: TimeSource
    grid: Grid
    tally: PresenceTally


@dataclass(slots=True, eq=False)
class _Walker:
    moment: datetime
    place: Point
    anchor: Point


class PresenceStage(Stage[PresenceState]):
    """Says `PresenceMapped` when an interval is over. What it remembers is bounded by the cells of the grid."""

    says = (PresenceMapped,)
    hears = (WaysBegun, WaysSeen, WayEnded)
    state_type = PresenceState

    def __init__(self, settings: PresenceSettings, context: StageContext) -> None:
        self._identity, self._plan = context.identity, context.plan
        self._length_s, self._columns = settings.interval_s, settings.columns
        self._settled_after = context.settled_after
        self._longest = timedelta(seconds=context.lost_after_s)
        self._grid: Grid | None = None
        self._intervals: Aligned[OpenInterval] = Aligned(timedelta(seconds=settings.interval_s))
        self._walkers: dict[int, _Walker] = {}

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Count everybody's time since the frame before. Nothing is said before `advance`."""
        frame = observation.frame
        size = self._grid and (self._grid.width, self._grid.height)
        if self._grid is None or size != (frame.width, frame.height):
            self._grid = Grid.over(frame.width, frame.height, self._columns)
            self._walkers = {}
        interval = self._at(frame.event_time, frame.time_source, self._grid)
        interval.tally = _with_frames(interval.tally, observation.counts)
        self._pass_time(observation.elapsed, frame.time_source)
        for note in observation.heard:
            if isinstance(note, WaysBegun | WaysSeen):
                for point in note.points:
                    self._go_on(point.way, point.place, note.moment, note.time_source)
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """The intervals that are over, oldest first."""
        self._pass_time(step.elapsed, step.time_source)
        self._forget(step.heard)
        return [self._event(one) for one in self._intervals.close(step.now - self._settled_after)]

    def finish(self, ending: Ending) -> Sequence[Said]:
        """All intervals, oldest first."""
        if self._grid is not None and ending.unparsed != NO_FRAMES:
            interval = self._at(ending.now, ending.time_source, self._grid)
            interval.tally = _with_frames(interval.tally, ending.unparsed)
        self._walkers = {}
        return [self._event(one) for one in self._intervals.close_all()]

    def snapshot(self) -> PresenceState:
        """Open intervals, and everybody who is in view."""
        return PresenceState(
            grid=self._grid,
            open=tuple(
                OpenIntervalState(
                    start=one.start, first_moment=one.first_moment, time_source=one.time_source, grid=one.grid,
                    tally=one.tally.model_copy(deep=True),
                )
                for one in self._intervals.open.values()
            ),
            walkers=tuple(
                WalkerState(way=way, moment=one.moment, place=one.place, anchor=one.anchor)
                for way, one in self._walkers.items()
            ),
            closed_until=self._intervals.closed_until,
            turns=self._intervals.turns,
        )  # fmt: skip

    def restore(self, state: PresenceState) -> None:
        """Open intervals, and everybody who is in view."""
        self._grid = state.grid
        self._intervals.closed_until, self._intervals.turns = state.closed_until, state.turns
        self._intervals.open = {
            one.start: OpenInterval(
                one.start, one.first_moment, one.time_source, one.grid, one.tally.model_copy(deep=True)
            )
            for one in state.open
        }
        self._walkers = {one.way: _Walker(one.moment, one.place, one.anchor) for one in state.walkers}

    def _go_on(self, way: int, point: Point, moment: datetime, time_source: TimeSource) -> None:
        if self._grid is None:
            return
        place, walker = self._grid.place(point), self._walkers.get(way)
        if walker is not None and moment <= walker.moment:
            return
        if walker is None or moment - walker.moment > self._longest:
            self._walkers[way] = _Walker(moment, place, place)
            return
        steps = list(steps_between(walker.place, place))
        passed = moment - walker.moment
        for share, where in steps:
            interval = self._at(walker.moment + share * passed, time_source, self._grid)
            present, cell = interval.tally.present_us, interval.grid.cell(where)
            present[cell] = present.get(cell, 0) + passed // _MICROSECOND // len(steps)
        went = direction(walker.anchor, place)
        if went is not None:
            interval = self._at(moment, time_source, self._grid)
            number = interval.grid.cell(walker.anchor) * 8 + went
            interval.tally.went[number] = interval.tally.went.get(number, 0) + 1
            walker.anchor = place
        walker.moment, walker.place = moment, place

    def _pass_time(self, elapsed: ElapsedTime | None, time_source: TimeSource) -> None:
        """What lies in intervals that are closed already is left out."""
        if elapsed is None or self._grid is None:
            return
        kind = "observed_us" if elapsed.signal else "dark_us"
        for begin, end in self._intervals.pieces(elapsed.begin, elapsed.end):
            interval = self._at(begin, time_source, self._grid)
            before = getattr(interval.tally, kind)
            interval.tally = interval.tally.model_copy(update={kind: before + (end - begin) // _MICROSECOND})

    def _at(self, moment: datetime, time_source: TimeSource, grid: Grid) -> OpenInterval:

        def begin(start: datetime, first: datetime) -> OpenInterval:
            empty = PresenceTally(present_us={}, went={}, frames=NO_FRAMES)
            return OpenInterval(start, first, time_source, grid, empty)

        return self._intervals.at(moment, begin)

    def _forget(self, heard: Sequence[Said]) -> None:
        for note in heard:
            if isinstance(note, WayEnded):
                self._walkers.pop(note.way, None)

    def _event(self, interval: OpenInterval) -> PresenceMapped:
        grid, tally = interval.grid, interval.tally
        return PresenceMapped(
            event_id=self._identity.event_id(
                "presence", *self._intervals.about(interval.start, interval.first_moment)
            ),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=interval.start + self._intervals.length,
            time_source=interval.time_source,
            interval_start=interval.start,
            interval_s=self._length_s,
            width=grid.width,
            height=grid.height,
            columns=grid.columns,
            rows=grid.rows,
            coverage=coverage(
                tally.frames, tally.observed_us / MICROSECONDS, tally.dark_us / MICROSECONDS, self._length_s
            ),
            cells=cells_of(grid, tally, self._plan),
            flows=flows_of(grid, tally),
        )


def _with_frames(tally: PresenceTally, frames: FrameCounts) -> PresenceTally:
    return tally.model_copy(update={"frames": tally.frames + frames})
