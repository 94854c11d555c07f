"""Visits and their clothes on the clip of six people who come one after the other, against what was noted by eye."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analytics.building import build_analytics
from benchmarks.accuracy.empty import frames_of
from benchmarks.accuracy.measures import Figure, figure, ratio
from domain.events import ColorName, CoveredPart, Event, GarmentName, VisitEnded
from pipeline.parsers.base import HumanParser
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings

_CLIP, _CLIP_FPS, _SAMPLE_FPS = "one-by-one-person-detection.mp4", 10.0, 5.0


@dataclass(frozen=True, slots=True)
class Noted:
    """One visit as seen by eye.

    Attributes:
        first, last: Frames of the clip.
        upper: Which garment is the outer one above.
        upper_color: Its colour.
        lower_colors: What its trousers may be called; all six wear trousers.
        hat: Whether there is one.
    """

    first: int
    last: int
    upper: GarmentName
    upper_color: ColorName
    lower_colors: frozenset[ColorName]
    hat: bool = False


NOTED = (
    Noted(61, 197, "coat", "grey", frozenset({"black", "grey"})),
    Noted(228, 449, "coat", "black", frozenset({"black"}), hat=True),
    Noted(502, 699, "upper-clothes", "black", frozenset({"black"})),
    Noted(745, 869, "upper-clothes", "black", frozenset({"black"})),
    Noted(921, 1200, "upper-clothes", "grey", frozenset({"black", "blue"})),
    Noted(1235, 1360, "upper-clothes", "grey", frozenset({"blue"})),
)


def measure_clip(parser: HumanParser) -> dict[str, Figure]:
    """Visits found, and how many of the six were described rightly; a visit that was not found is described wrongly."""
    start, visits = _visits(parser)
    found = [_longest_during(noted, start, visits) for noted in NOTED]
    pairs = list(zip(NOTED, found, strict=True))
    return {
        "one-by-one: visits counted (6 are right)": Figure(len(visits), len(visits), len(visits), 1),
        "one-by-one: visits found": _share(visit is not None for _, visit in pairs),
        "one-by-one: upper colour": _share(
            _group(visit, "upper-body", "color") == noted.upper_color for noted, visit in pairs
        ),
        "one-by-one: lower colour": _share(
            _group(visit, "lower-body", "color") in noted.lower_colors for noted, visit in pairs
        ),
        "one-by-one: upper garment": _share(
            _group(visit, "upper-body", "garment") == noted.upper for noted, visit in pairs
        ),
        "one-by-one: upper garment named wrongly": _share(
            _group(visit, "upper-body", "garment") not in (noted.upper, "unknown") for noted, visit in pairs
        ),
        "one-by-one: trousers": _share(
            _group(visit, "lower-body", "garment") == "pants" for _, visit in pairs
        ),
        "one-by-one: hat or none": _share(_has_hat(visit) == noted.hat for noted, visit in pairs),
        "one-by-one: cap of visit 2": _share([_has_hat(found[1]) is True]),
    }


def _visits(parser: HumanParser) -> tuple[datetime, list[VisitEnded]]:
    """When the clip begins, and its visits as Footfall counts them with its defaults."""
    tracking = ByteTrackSettings()
    tracker, stream = ByteTracker(tracking), build_analytics(_CLIP, tracking.lost_after_s)
    events: list[Event] = []
    starts: list[datetime] = []
    for frame in frames_of(_CLIP, _SAMPLE_FPS):
        starts = starts or [frame.event_time]
        parsed = parser.parse(frame.image)
        events += stream.observe(frame, parsed, tracker.update(frame, parsed))
    events += stream.finish(0, 0)
    return starts[0], [event for event in events if isinstance(event, VisitEnded)]


def _longest_during(noted: Noted, start: datetime, visits: Sequence[VisitEnded]) -> VisitEnded | None:
    """The visit that overlaps that one by more than half of it."""

    def shared_s(visit: VisitEnded) -> float:
        begins = (visit.started_at - start).total_seconds()
        ends = (visit.event_time - start).total_seconds()
        return min(ends, noted.last / _CLIP_FPS) - max(begins, noted.first / _CLIP_FPS)

    best = max(visits, key=shared_s, default=None)
    half = (noted.last - noted.first) / _CLIP_FPS / 2
    return best if best is not None and shared_s(best) > half else None


def _group(visit: VisitEnded | None, part: CoveredPart, what: str) -> str | None:
    """Garment or colour of that group; None where it is not seen."""
    worn = [group for group in (visit.body if visit else ()) if group.part == part]
    return str(getattr(worn[0], what)) if worn else None


def _has_hat(visit: VisitEnded | None) -> bool | None:
    return any(item.part == "hat" for item in visit.outfit) if visit else None


def _share(right: Iterable[bool]) -> Figure:
    rows = np.array([(float(one), 1.0) for one in right])
    return figure(rows, lambda sums: ratio(sums[..., 0], sums[..., 1]))
