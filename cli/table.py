"""What a run has counted, as tables for a terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.summary import RunSummary, StreamSummary


def print_summary(console: Console, summary: RunSummary) -> None:
    """Print a table of the streams, one of the clothing, and a line for everything that went wrong."""
    console.print(_streams(summary.streams))
    for site, counts in summary.sites.items():
        doubt = f", {counts.in_doubt} of them in doubt" if counts.in_doubt else ""
        console.out(
            f"{site}: {counts.tracks} tracks, {counts.visits} visits, about {counts.visitors} visitors{doubt}; a rough estimate, "
            "by clothes",
            highlight=False,
        )
    clothing = _clothing(summary.streams)
    if clothing.row_count:
        console.print(clothing)
    if summary.privacy_note:
        console.out(summary.privacy_note, highlight=False)
    for problem in problems(summary):
        console.out(problem, style="yellow", highlight=False)


def problems(summary: RunSummary) -> list[str]:
    """One line for everything that keeps the numbers from being whole."""
    lines = [f"{stream.stream_id}: {stream.problem}" for stream in summary.streams if stream.problem]
    lines += [
        f"{stream.stream_id}: {stream.frames_damaged} of {stream.frames_read} pictures are damaged and were not counted"
        for stream in summary.streams
        if stream.frames_damaged
    ]
    lines += [
        f"{stream.stream_id}: began again after {stream.faults} fault{'' if stream.faults == 1 else 's'} of Footfall's own; "
        "the log says where"
        for stream in summary.streams
        if stream.faults and not stream.problem
    ]
    lines += [
        f"{stream.stream_id}: {files}"
        for stream in summary.streams
        for files in (*stream.left_out, *stream.in_part)
    ]
    lines += [
        f"{stream.stream_id}: its pictures lack {stream.pictures_missing_s:.1f} s, because the run was cut off and gone on with; "
        "its numbers are whole"
        for stream in summary.streams
        if stream.pictures_missing_s
    ]
    for sink in summary.sinks:
        if sink.problem or sink.events_undelivered:
            lost = f"{sink.events_undelivered} events not delivered" if sink.events_undelivered else ""
            kept = f"{sink.events_waiting} events wait until the next run or footfall deliver sends them"
            words = (lost, kept if sink.events_waiting else "", sink.problem)
            lines.append(f"{sink.name}: " + ", ".join(filter(None, words)))
    return lines


def _streams(streams: Iterable[StreamSummary]) -> Table:
    table = Table(title="Foot traffic", title_justify="left")
    table.add_column("stream", overflow="fold")
    for name in (
        "length",
        "visits",
        "persons\nmost",
        "persons\nmean",
        "frames\nparsed",
        "frames\ndropped",
        "speed",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for stream in streams:
        table.add_row(
            Text(stream.stream_id),
            f"{stream.media_seconds:.1f} s",
            _visits(stream),
            str(stream.persons_max),
            f"{stream.persons_mean:.2f}",
            str(stream.frames_parsed),
            str(stream.frames_dropped),
            f"{stream.realtime_factor:.1f}x",
        )
    return table


def _visits(stream: StreamSummary) -> str:
    more = [f"{stream.staff_visits} staff"] if stream.staff_visits else []
    more += [f"about {stream.visitors} visitors"] if stream.visitors else []
    return f"{stream.visits} ({', '.join(more)})" if more else str(stream.visits)


def _clothing(streams: Iterable[StreamSummary]) -> Table:
    table = Table(title="Clothing, by visits", title_justify="left")
    for name in ("stream", "garment", "colours"):
        table.add_column(name, overflow="fold")
    for stream in streams:
        for part, colors in [*stream.body.items(), *stream.clothing.items()]:
            ranked = sorted(colors.items(), key=lambda item: (-item[1], item[0]))
            table.add_row(
                Text(stream.stream_id), part, ", ".join(f"{color} {count}" for color, count in ranked)
            )
    return table
