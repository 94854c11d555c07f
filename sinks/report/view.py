"""From the data of a run to what the template shows, section by section."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.events import ColorName, VisitEnded, WindowClosed
from domain.summary import RunSummary, SinkSummary, SiteCounts, StreamSummary
from sinks.report import words
from sinks.report.axis import TimeAxis
from sinks.report.charts import ClothingRow, PersonsChart, Timeline, clothing, persons_chart, timeline
from sinks.report.data import ReportData, Still
from sinks.report.floor import FloorView, floor_of
from sinks.report.lists import EventList, lists_of, not_kept
from sinks.report.swatches import SWATCHES
from sinks.report.windows import coarsen

# Windows in a chart, and in the table below it.
_COLUMNS_MAX, _ROWS_MAX = 1000, 60


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of the header."""

    title: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class StreamView:
    """One stream's section. `axis`, `persons`, `visits` and `floor` are None where nothing is known of them."""

    number: int
    summary: StreamSummary
    axis: TimeAxis | None
    period: str
    silent: str
    persons: PersonsChart | None
    visits: Timeline | None
    floor: FloorView | None
    table: Sequence[WindowClosed]
    speed: str
    parsed: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A still, as it goes into the page."""

    stream_id: str
    caption: str
    address: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole page. `lists` are those beside visits and signal, which have places of their own."""

    summary: RunSummary
    period: str
    cards: Sequence[Card]
    streams: Sequence[StreamView]
    clothing: Sequence[ClothingRow]
    colors: Sequence[ColorName]
    visits: EventList
    signal: EventList
    lists: Sequence[EventList]
    pictures: Sequence[Picture]
    troubled_sinks: Sequence[SinkSummary]
    not_kept: str


def view_of(data: ReportData) -> ReportView:
    """Everything the page says, in order."""
    streams, visits = data.summary.streams, data.visits
    # The summary counts every visit, also those that were never offered to the report.
    left_out = {**data.left_out, "visit": max(0, sum(stream.visits for stream in streams) - len(visits))}
    lists = lists_of(data.listed, [stream.stream_id for stream in streams], left_out)
    rows = clothing((stream.body for stream in streams), (stream.clothing for stream in streams))
    shown = {segment.color for row in rows for segment in row.segments}
    views = [_stream(number, stream, data) for number, stream in enumerate(streams, start=1)]
    return ReportView(
        summary=data.summary,
        period=_period([view.axis for view in views if view.axis is not None]),
        cards=_cards(data.summary, data.windows),
        streams=views,
        clothing=rows,
        colors=[color for color in SWATCHES if color in shown],
        visits=lists.pop("visit"),
        signal=lists.pop("health"),
        lists=[one for one in lists.values() if one.rows or one.left_out],
        pictures=[_picture(still) for still in data.stills],
        troubled_sinks=[sink for sink in data.summary.sinks if sink.problem or sink.events_undelivered],
        not_kept=not_kept(data.summary.events),
    )


def _visits_note(streams: Sequence[StreamSummary]) -> str:
    staff = sum(stream.staff_visits for stream in streams)
    visitors = sum(stream.visitors for stream in streams)
    notes = ["confirmed tracks"]
    if staff:
        notes.append(f"{words.number(staff)} of them staff")
    if visitors:
        notes.append(f"of about {words.counted(visitors, 'visitor')}")
    return ", ".join(notes)


def _cards(summary: RunSummary, windows: Sequence[WindowClosed]) -> list[Card]:
    streams = summary.streams
    fullest = max(streams, key=lambda stream: stream.persons_max, default=None)
    several = len(streams) > 1
    media = sum(stream.media_seconds for stream in streams)
    return [
        Card("Visits", words.number(sum(stream.visits for stream in streams)), _visits_note(streams)),
        *(_site_card(name, counts) for name, counts in summary.sites.items()),
        Card(
            "Most at once",
            words.number(fullest.persons_max if fullest else 0),
            f"persons in view of {fullest.stream_id}" if fullest and several else "persons in view",
        ),
        Card(
            "Observed",
            words.duration(media),
            f"media time of {words.counted(len(streams), 'stream')}" if several else "media time",
        ),
        _coverage_card(streams, windows),
        Card("Speed", _speed(streams), f"real time; parser {_parsers(streams)}"),
    ]


def _site_card(name: str, counts: SiteCounts) -> Card:
    """Estimated visitors before all cameras of a site. No range: who is in doubt bounds the error on neither side."""
    doubt = f", {words.number(counts.in_doubt)} of them in doubt" if counts.in_doubt else ""
    note = (
        f"a rough estimate from clothes{doubt}, of {words.counted(counts.visits, 'visit')}, "
        f"{words.counted(counts.tracks, 'track')}"
    )
    return Card(f"Visitors of {name}", f"about {words.number(counts.visitors)}", note)


def _coverage_card(streams: Sequence[StreamSummary], windows: Sequence[WindowClosed]) -> Card:
    """Share of the time with a signal, times shares of the sampled frames that were parsed and of the frames that are whole."""
    sampled = sum(stream.frames_sampled for stream in streams)
    parsed = sum(stream.frames_parsed for stream in streams)
    dropped = sum(stream.frames_dropped for stream in streams)
    silent = sum(window.coverage.seconds_without_signal for window in windows)
    observed = sum(window.coverage.seconds_observed for window in windows)
    signal = observed / (observed + silent) if observed + silent else 1.0
    read = sum(stream.frames_read for stream in streams)
    damaged = sum(stream.frames_damaged for stream in streams)
    whole = 1.0 - damaged / read if read else 1.0
    share = signal * (parsed / sampled) * whole if sampled else 0.0
    losses = [f"{words.counted(dropped, 'frame')} dropped"] if dropped else []
    losses += [f"{words.counted(damaged, 'frame')} damaged"] if damaged else []
    losses += [f"{words.duration(silent)} without signal"] if silent else []
    note = ", ".join(losses) or f"{words.counted(parsed, 'frame')} parsed, none dropped"
    return Card("Coverage", words.percent(share), note)


def _speed(streams: Sequence[StreamSummary]) -> str:
    factors = sorted({words.decimal(stream.realtime_factor) for stream in streams}, key=float)
    return "\u2013".join([factors[0], factors[-1]][: len(factors)]) + "\u00d7" if factors else "\u2013"


def _parsers(streams: Sequence[StreamSummary]) -> str:
    parsers = {
        f"{stream.parser.name} {stream.parser.version}, {stream.parser.precision}" for stream in streams
    }
    return "; ".join(sorted(parsers))


def _stream(number: int, stream: StreamSummary, data: ReportData) -> StreamView:
    windows = sorted(
        (window for window in data.windows if window.stream_id == stream.stream_id),
        key=lambda window: window.window_start,
    )
    visits = [visit for visit in data.visits if visit.stream_id == stream.stream_id]
    axis = _axis(windows, visits, data.spans.get(stream.stream_id))
    silent = sum(window.coverage.seconds_without_signal for window in windows)
    return StreamView(
        number=number,
        summary=stream,
        axis=axis,
        period=words.period(axis.start, axis.end) if axis else "",
        silent=words.duration(silent) if silent else "none",
        persons=persons_chart(coarsen(windows, _COLUMNS_MAX), axis) if axis and windows else None,
        visits=timeline(visits, axis) if axis and visits else None,
        floor=floor_of(stream.stream_id, data, windows),
        table=coarsen(windows, _ROWS_MAX),
        speed=words.decimal(stream.realtime_factor),
        parsed=words.percent(stream.frames_parsed / stream.frames_sampled)
        if stream.frames_sampled
        else "none",
    )


def _axis(
    windows: Sequence[WindowClosed], visits: Sequence[VisitEnded], span: tuple[datetime, datetime] | None
) -> TimeAxis | None:
    """From the first to the last moment; where a window began before the first picture or ended after the last, from there."""
    moments = _moments(windows, visits)
    if not moments or min(moments) == max(moments):
        return None
    start, end = min(moments), max(moments)
    if span is not None and windows:
        if windows[0].window_start <= span[0] <= windows[0].event_time:
            start = min([span[0], *(visit.started_at for visit in visits)])
        if windows[-1].window_start <= span[1] <= windows[-1].event_time:
            end = max([span[1], *(visit.event_time for visit in visits)])
    return TimeAxis(start, end) if start < end else TimeAxis(min(moments), max(moments))


def _period(axes: Sequence[TimeAxis]) -> str:
    return words.period(min(axis.start for axis in axes), max(axis.end for axis in axes)) if axes else ""


def _moments(windows: Sequence[WindowClosed], visits: Sequence[VisitEnded]) -> list[datetime]:
    ends = [moment for window in windows for moment in (window.window_start, window.event_time)]
    return ends + [moment for visit in visits for moment in (visit.started_at, visit.event_time)]


def _picture(still: Still) -> Picture:
    encoded = base64.b64encode(still.image).decode("ascii")
    return Picture(still.stream_id, still.caption, f"data:{still.media_type};base64,{encoded}")
