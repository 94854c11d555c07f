"""Crossings of a line through the middle of the one-by-one clip, beside what was seen by eye (`tests/golden`)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.building import build_analytics
from analytics.floor import FloorPlan, Line
from config.floor import LineSettings
from domain.events import Event, LineCrossed
from domain.frame import Frame
from pipeline.parsers.base import HumanParser
from pipeline.sources.file import FileSource
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings

_FPS = 5.0
_BEFORE_S, _AFTER_S = 5.0, 2.0


@dataclass(frozen=True, slots=True)
class Golden:
    """What was seen.

    Attributes:
        clip: Name of the file.
        plan: The line.
        crossings: Direction, and between which seconds.
    """

    clip: str
    plan: FloorPlan
    crossings: tuple[tuple[str, float, float], ...]

    @classmethod
    def read(cls, file: Path) -> "Golden":
        """From the golden file."""
        told = json.loads(file.read_text(encoding="utf-8"))
        line = LineSettings.model_validate(told["line"])
        inside = 1 if line.hand == "right" else -1
        return cls(
            told["clip"],
            FloorPlan(lines=(Line("middle", line.begin, line.end, inside),)),
            tuple(
                (one["direction"], one["frames"][0] / told["fps"], one["frames"][1] / told["fps"])
                for one in told["crossings"]
            ),
        )

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """Seconds around each crossing, for who has no time for the whole clip."""
        return tuple((begin - _BEFORE_S, end + _AFTER_S) for _, begin, end in self.crossings)


def crossings(
    clip: Path, golden: Golden, parser: HumanParser, spans: Sequence[tuple[float, float]] = ()
) -> list[tuple[str, float]]:
    """Direction and second of each crossing that counts; of the whole clip, or of those spans of it."""
    tracking = ByteTrackSettings()
    tracker = ByteTracker(tracking)
    analytics = build_analytics("clip", tracking.lost_after_s, plan=golden.plan)
    source = FileSource(clip, stream_id="clip", sample_fps=_FPS)
    source.open()
    events: list[Event] = []
    frames = 0
    for item in source.items():
        wanted = not spans or any(
            begin <= item.media_time_s <= end for begin, end in spans if isinstance(item, Frame)
        )
        if isinstance(item, Frame) and wanted:
            parsed = parser.parse(item.image)
            events += analytics.observe(item, parsed, tracker.update(item, parsed))
            frames += 1
    events += analytics.finish(frames, frames)
    began = source.started_at
    return [
        (event.direction, (event.event_time - began).total_seconds())
        for event in events
        if isinstance(event, LineCrossed) and event.counts and began is not None
    ]
