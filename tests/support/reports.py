"""A run as the report gets it: two streams, six visits, a lost signal, dropped frames and a sink that is down."""

from collections.abc import Sequence
from datetime import timedelta

import cv2

from domain.events import (
    Coverage,
    DerivedLengths,
    OutfitItem,
    StreamHealth,
    VisitEnded,
    WindowClosed,
    event_id,
)
from domain.summary import ParserSummary, RunSummary, SinkSummary, StreamSummary
from pipeline.compositor import Compositor
from sinks.report.data import ReportData, Still
from tests.support.events import START
from tests.support.figures import COAT, PANTS, SHIRT, Figure, scene

NORTH, SOUTH = "entrance north", "window-south"
_LITE = ParserSummary(name="lite", version="1", precision="bf16")

# Stream, track, begin and end in seconds, outfit.
VISITS = [
    (NORTH, 1, 6.1, 19.7, [("coat", "grey"), ("pants", "black"), ("shoe", "brown")]),
    (NORTH, 2, 22.8, 44.9, [("coat", "black"), ("pants", "black"), ("hat", "red")]),
    (NORTH, 3, 40.2, 79.9, [("upper-clothes", "white"), ("skirt", "blue"), ("bag", "beige")]),
    (NORTH, 5, 92.1, 120.0, [("dress", "yellow"), ("shoe", "unknown")]),
    (SOUTH, 1, 31.0, 96.5, [("upper-clothes", "unknown"), ("pants", "green")]),
    (SOUTH, 2, 118.0, 140.0, [("coat", "purple"), ("pants", "pink"), ("scarf", "orange")]),
]


def example_run() -> ReportData:
    """All of it."""
    visits = [_visit(*visit) for visit in VISITS]
    windows = [*_windows(NORTH, visits, silent=()), *_windows(SOUTH, visits, silent=(5, 6, 7))]
    return ReportData(
        summary=RunSummary(
            footfall_version="0.1.0",
            interrupted=False,
            streams=(_stream(NORTH, "north.mp4", visits), _stream(SOUTH, "rtsp://cam/south", visits)),
            sinks=(
                SinkSummary(name="sql", events_stored=1432, events_undelivered=0),
                SinkSummary(
                    name="kafka",
                    events_stored=1120,
                    events_undelivered=312,
                    problem="no broker answered at kafka.example:9092",
                ),
            ),
        ),
        windows=windows,
        listed=[*visits, _health("signal-lost", 50, None), _health("signal-restored", 80, 29.6)],
        stills=[_still(NORTH, 12.4), _still(SOUTH, 61.0)],
    )


def _visit(
    stream_id: str, track_id: int, begin: float, end: float, worn: Sequence[tuple[str, str]]
) -> VisitEnded:
    return VisitEnded(
        event_id=event_id(stream_id, "visit", str(track_id)),
        stream_id=stream_id,
        event_time=START + timedelta(seconds=end),
        time_source="file",
        track_id=track_id,
        started_at=START + timedelta(seconds=begin),
        duration_s=end - begin,
        frames=round((end - begin) * 5),
        ended_by="stream-end" if end >= 140 else "lost",
        outfit=tuple(
            OutfitItem.model_validate(
                {"part": part, "color": color, "share": 0.9, "color_share": 0.8, "confidence": 0.7}
            )
            for part, color in worn
        ),
        derived=DerivedLengths(sleeves="long" if track_id % 2 else "unknown", trousers="long"),
    )


def _windows(stream_id: str, visits: Sequence[VisitEnded], silent: Sequence[int]) -> list[WindowClosed]:
    mine = [visit for visit in visits if visit.stream_id == stream_id]
    return [_window(stream_id, number, mine, silent=number in silent) for number in range(14)]


def _window(stream_id: str, number: int, visits: Sequence[VisitEnded], *, silent: bool) -> WindowClosed:
    start = START + timedelta(seconds=10 * number)
    end = start + timedelta(seconds=10)
    moments = [start + timedelta(seconds=step / 5) for step in range(50)]
    counts = [sum(visit.started_at <= at < visit.event_time for visit in visits) for at in moments]
    dropped = 12 if number == 9 else 0
    return WindowClosed(
        event_id=event_id(stream_id, "window", str(number)),
        stream_id=stream_id,
        event_time=end,
        time_source="file",
        window_start=start,
        window_s=10,
        persons_min=0 if silent else min(counts),
        persons_mean=0 if silent else sum(counts) / len(counts),
        persons_max=0 if silent else max(counts),
        visits_begun=sum(start <= visit.started_at < end for visit in visits),
        visits_ended=sum(start <= visit.event_time < end for visit in visits),
        garments={},
        coverage=Coverage(
            frames_read=0 if silent else 100,
            frames_sampled=0 if silent else 50,
            frames_parsed=0 if silent else 50 - dropped,
            frames_dropped=dropped,
            seconds_observed=0 if silent else 10,
            seconds_without_signal=10 if silent else 0,
            share=0 if silent else 1 - dropped / 50,
        ),
    )


def _stream(stream_id: str, source: str, visits: Sequence[VisitEnded]) -> StreamSummary:
    mine = [visit for visit in visits if visit.stream_id == stream_id]
    clothing: dict[str, dict[str, int]] = {}
    for visit in mine:
        for item in visit.outfit:
            colors = clothing.setdefault(item.part, {})
            colors[item.color] = colors.get(item.color, 0) + 1
    return StreamSummary.model_validate(
        {
            "stream_id": stream_id,
            "source": source,
            "media_seconds": 140.0,
            "frames_read": 1400,
            "frames_sampled": 700,
            "frames_parsed": 688,
            "frames_dropped": 12,
            "persons_max": 2,
            "persons_mean": 0.74,
            "visits": len(mine),
            "clothing": clothing,
            "parser": _LITE,
            "wall_seconds": 13.2 if stream_id == NORTH else 140.0,
            "realtime_factor": 10.6 if stream_id == NORTH else 1.0,
        }
    )


def _health(status: str, seconds: float, gap_s: float | None) -> StreamHealth:
    return StreamHealth.model_validate(
        {
            "event_id": event_id(SOUTH, "health", f"{status} {seconds}"),
            "stream_id": SOUTH,
            "event_time": START + timedelta(seconds=seconds),
            "time_source": "camera",
            "status": status,
            "message": "the camera closed the connection" if gap_s is None else "",
            "gap_s": gap_s,
            "frames_read": 500,
            "frames_sampled": 250,
            "frames_parsed": 250,
            "frames_dropped": 0,
        }
    )


def _still(stream_id: str, media_time_s: float) -> Still:
    figures = [
        Figure((250, 60, 350, 400), 2, (COAT, PANTS)),
        Figure((470, 90, 560, 420), 3, (SHIRT,)),
    ]
    drawn = scene(768, 432, figures, stream_id, media_time_s)
    overlay = Compositor().draw(drawn.frame, drawn.parsed, drawn.observed)
    _, jpeg = cv2.imencode(".jpg", overlay)
    return Still(stream_id, f"at {media_time_s:g} s, 2 persons", jpeg.tobytes())
