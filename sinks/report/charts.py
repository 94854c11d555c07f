"""Charts as numbers: what the template only has to place. Positions are per cent of a chart's width and height."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from domain.events import (
    BodyWorn,
    ColorName,
    Count,
    CoveredPart,
    GarmentName,
    VisitEnded,
    WindowClosed,
    added,
)
from sinks.report import words
from sinks.report.axis import Tick, TimeAxis
from sinks.report.swatches import SWATCHES

Signal = Literal["full", "partial", "none"]
"""What a window rests on: all of its frames, some of them, or none."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A piece of the time axis, with what there is to say about it."""

    left: float
    width: float
    kind: Signal
    title: str


@dataclass(frozen=True, slots=True)
class PersonsChart:
    """Persons over time.

    Attributes:
        ticks: Of the time axis.
        levels: Of the vertical axis.
        band: SVG path from minimum to maximum, in a box of 100 by 100.
        mean: SVG path of the mean.
        windows: One span a window, to point at.
        signal: Runs of windows that rest on the same, for the strip below; and, where `kind` is none, for the gaps.
        label: The chart in one sentence.
    """

    ticks: Sequence[Tick]
    levels: Sequence[Tick]
    band: str
    mean: str
    windows: Sequence[Interval]
    signal: Sequence[Interval]
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One visit on the timeline; `lane` counts from 0."""

    left: float
    width: float
    lane: int
    color: ColorName
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Who was there when."""

    bars: Sequence[Bar]
    lanes: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Visits with a garment of one colour; `width` is per cent of the chart."""

    color: ColorName
    count: int
    width: float


@dataclass(frozen=True, slots=True)
class ClothingRow:
    """One garment, or what covers upper or lower body."""

    garment: GarmentName | CoveredPart
    total: int
    segments: Sequence[Segment]


def signal_of(window: WindowClosed) -> Signal:
    """What the counts of a window rest on."""
    coverage = window.coverage
    if not coverage.frames_parsed:
        return "none"
    lost = coverage.frames_dropped or coverage.frames_damaged or coverage.seconds_without_signal
    return "partial" if lost else "full"


def persons_chart(windows: Sequence[WindowClosed], axis: TimeAxis) -> PersonsChart:
    """Band, mean and signal of one stream's windows, in order of time; nothing is drawn where nothing was parsed."""
    seen = [window for window in windows if signal_of(window) != "none"]
    peak = max((window.persons_max for window in seen), default=0)
    top = max(1, peak)
    levels = [Tick(100 * level / top, str(level), minor=False) for level in _levels(top)]
    return PersonsChart(
        ticks=axis.ticks(),
        levels=levels,
        band=" ".join(_band(run, axis, top) for run in _unbroken(windows)),
        mean=" ".join(_mean(run, axis, top) for run in _unbroken(windows)),
        windows=[_window_interval(window, axis) for window in windows],
        signal=_signal(windows, axis),
        label=f"Persons in view over time, at most {peak}; the numbers are in the table below",
    )


def timeline(visits: Sequence[VisitEnded], axis: TimeAxis) -> Timeline:
    """A bar a visit, each in the first lane that is free."""
    free: list[float] = []
    bars = []
    for visit in sorted(visits, key=lambda visit: (visit.started_at, visit.track_id)):
        left, width = axis.span(visit.started_at, visit.event_time)
        left = min(left, 99.5)
        lane = next((lane for lane, end in enumerate(free) if end <= left), len(free))
        # A bar is at least half a per cent wide, so that it can be seen, and keeps that much distance.
        width = max(width, 0.5)
        free[lane : lane + 1] = [left + width + 0.5]
        bars.append(_bar(visit, left, width, lane))
    return Timeline(bars, len(free))


def clothing(
    body: Iterable[dict[CoveredPart, dict[ColorName, Count]]],
    garments: Iterable[dict[GarmentName, dict[ColorName, Count]]],
) -> list[ClothingRow]:
    """Groups and garments from the most to the least seen, their colours in the order of the swatches, `unknown` last."""
    counted = *added(body).items(), *added(garments).items()
    total: dict[GarmentName | CoveredPart, dict[ColorName, int]] = dict(counted)
    longest = max((sum(colors.values()) for colors in total.values()), default=0)
    rows = [
        _clothing_row(garment, colors, longest) for garment, colors in total.items() if any(colors.values())
    ]
    return sorted(rows, key=lambda row: (row.garment not in get_args(CoveredPart), -row.total, row.garment))


def upper_of(visit: VisitEnded) -> BodyWorn | None:
    """What covers the upper body."""
    return next((group for group in visit.body if group.part == "upper-body"), None)


def _clothing_row(
    garment: GarmentName | CoveredPart, colors: dict[ColorName, int], longest: int
) -> ClothingRow:
    segments = [
        Segment(color, colors[color], round(100 * colors[color] / longest, 3))
        for color in SWATCHES
        if colors.get(color)
    ]
    return ClothingRow(garment, sum(colors.values()), segments)


def _levels(top: int) -> list[int]:
    step = next(
        step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if top / step <= 5 or step == 1000
    )
    return list(range(0, top + 1, step))


def _unbroken(windows: Sequence[WindowClosed]) -> list[list[WindowClosed]]:
    """Runs of windows with parsed frames that follow each other without a gap."""
    runs: list[list[WindowClosed]] = []
    for window in windows:
        if signal_of(window) == "none":
            continue
        if runs and runs[-1][-1].event_time >= window.window_start:
            runs[-1].append(window)
        else:
            runs.append([window])
    return runs


def _band(run: Sequence[WindowClosed], axis: TimeAxis, top: int) -> str:
    upper = _steps(run, [window.persons_max for window in run], axis, top)
    lower = _steps(run, [window.persons_min for window in run], axis, top)
    return _path([*upper, *reversed(lower)]) + " Z"


def _mean(run: Sequence[WindowClosed], axis: TimeAxis, top: int) -> str:
    return _path(_steps(run, [window.persons_mean for window in run], axis, top))


def _steps(
    run: Sequence[WindowClosed], values: Sequence[float], axis: TimeAxis, top: int
) -> list[tuple[float, float]]:
    """Corners of a line that is level within each window."""
    points = []
    for window, value in zip(run, values, strict=True):
        height = 100 - 100 * value / top
        points += [(axis.at(window.window_start), height), (axis.at(window.event_time), height)]
    return points


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _window_interval(window: WindowClosed, axis: TimeAxis) -> Interval:
    left, width = axis.span(window.window_start, window.event_time)
    return Interval(left, width, signal_of(window), f"{_when([window])}: {_persons(window)}")


def _persons(window: WindowClosed) -> str:
    if signal_of(window) == "none":
        return "no picture"
    low, high = window.persons_min, window.persons_max
    persons = f"{low} to {high} persons" if low != high else words.counted(high, "person")
    return f"{persons}, {words.decimal(window.persons_mean)} on average"


def _signal(windows: Sequence[WindowClosed], axis: TimeAxis) -> list[Interval]:
    runs: list[list[WindowClosed]] = []
    for window in windows:
        before = runs[-1][-1] if runs else None
        if before and signal_of(before) == signal_of(window) and before.event_time >= window.window_start:
            runs[-1].append(window)
        else:
            runs.append([window])
    return sorted(
        [*(_signal_interval(run, axis) for run in runs), *_holes(windows, axis)], key=lambda span: span.left
    )


def _holes(windows: Sequence[WindowClosed], axis: TimeAxis) -> list[Interval]:
    """Time that no window tells of."""
    holes = [(a.event_time, b.window_start) for a, b in pairwise(windows) if a.event_time < b.window_start]
    return [
        Interval(
            *axis.span(*hole),
            "none",
            f"{words.moment(hole[0])}\u2013{words.moment(hole[1])}: nothing is known",
        )
        for hole in holes
    ]


def _signal_interval(run: Sequence[WindowClosed], axis: TimeAxis) -> Interval:
    kind = signal_of(run[0])
    left, width = axis.span(run[0].window_start, run[-1].event_time)
    said = "every sampled frame parsed" if kind == "full" else _losses(run)
    return Interval(left, width, kind, f"{_when(run)}: {said}")


def _losses(run: Sequence[WindowClosed]) -> str:
    silent = sum(window.coverage.seconds_without_signal for window in run)
    dropped = sum(window.coverage.frames_dropped for window in run)
    damaged = sum(window.coverage.frames_damaged for window in run)
    said = [f"{words.duration(silent)} without signal"] if silent else []
    said += [f"{words.counted(dropped, 'frame')} dropped"] if dropped else []
    said += [f"{words.counted(damaged, 'frame')} damaged"] if damaged else []
    return ", ".join(said) or "no frame parsed"


def _when(run: Sequence[WindowClosed]) -> str:
    return f"{words.moment(run[0].window_start)}\u2013{words.moment(run[-1].event_time)}"


def _bar(visit: VisitEnded, left: float, width: float, lane: int) -> Bar:
    upper = upper_of(visit)
    worn = [f"{group.part} {group.color}" for group in visit.body if group.garment == "unknown"]
    worn += [f"{item.part} {item.color}" for item in visit.outfit]
    outfit = ", ".join(worn) or "nothing recognised"
    when = f"{words.moment(visit.started_at)}, {words.duration(visit.duration_s)}"
    return Bar(
        left=left,
        width=width,
        lane=lane,
        color=upper.color if upper else "unknown",
        label=f"#{visit.track_id}",
        title=f"#{visit.track_id}: {when}; {outfit}",
    )
