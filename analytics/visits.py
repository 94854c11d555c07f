"""Visits: confirmed tracks, from their first to their last frame."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from analytics.clothing import Clothing
from analytics.lengths import LengthVote
from analytics.options import AnalyticsOptions
from analytics.outfits import OutfitVote
from domain.events import VisitEnded, event_id, timestamp
from domain.frame import TimeSource


@dataclass(slots=True, eq=False)
class _Visit:
    track_id: int
    started_at: datetime
    last_seen: datetime
    time_source: TimeSource
    frames: int = 0
    counted: bool = False
    outfit: OutfitVote = field(default_factory=OutfitVote)
    lengths: LengthVote = field(default_factory=LengthVote)


class VisitBook:
    """The open visits of one stream. One thread, moments in order where the clock allows.

    A visit starts at the first frame in which its track is confirmed and ends at the last one, which is known only
    once the track has not been seen for longer than `lost_after_s`. A track seen in fewer frames or for a shorter
    time than the options ask for is no visit. A track that comes back after its visit has ended starts another one:
    let the tracker forget sooner than `lost_after_s`.
    """

    def __init__(self, stream_id: str, options: AnalyticsOptions) -> None:
        self._stream_id = stream_id
        self._options = options
        self._lost_after = timedelta(seconds=options.lost_after_s)
        self._open: dict[int, _Visit] = {}

    def see(self, track_id: int, clothing: Clothing, moment: datetime, time_source: TimeSource) -> None:
        """Count one person of one frame to its visit."""
        visit = self._open.setdefault(track_id, _Visit(track_id, moment, moment, time_source))
        visit.last_seen = max(visit.last_seen, moment)
        visit.time_source = time_source
        visit.frames += 1
        visit.outfit.add(clothing)
        visit.lengths.add(clothing.skin)

    def begun(self) -> list[datetime]:
        """When those visits began that have become visits since the last call."""
        new = [visit for visit in self._open.values() if not visit.counted and self._is_visit(visit)]
        for visit in new:
            visit.counted = True
        return sorted(visit.started_at for visit in new)

    def end_lost(self, now: datetime) -> list[VisitEnded]:
        """End the visits whose tracks have not been seen for longer than allowed, in the order of their ends."""
        lost = [visit for visit in self._open.values() if now - visit.last_seen > self._lost_after]
        return self._end(lost, "lost")

    def end_all(self, ended_by: Literal["lost", "stream-end"]) -> list[VisitEnded]:
        """End all of them, in the order of their ends."""
        return self._end(list(self._open.values()), ended_by)

    def _end(self, visits: Iterable[_Visit], ended_by: Literal["lost", "stream-end"]) -> list[VisitEnded]:
        ended = sorted(visits, key=lambda visit: (visit.last_seen, visit.track_id))
        for visit in ended:
            del self._open[visit.track_id]
        return [self._event(visit, ended_by) for visit in ended if self._is_visit(visit)]

    def _is_visit(self, visit: _Visit) -> bool:
        seconds = (visit.last_seen - visit.started_at).total_seconds()
        return visit.frames >= self._options.min_visit_frames and seconds >= self._options.min_visit_s

    def _event(self, visit: _Visit, ended_by: Literal["lost", "stream-end"]) -> VisitEnded:
        about = f"{visit.track_id} {timestamp(visit.started_at)}"
        return VisitEnded(
            event_id=event_id(self._stream_id, "visit", about),
            stream_id=self._stream_id,
            event_time=visit.last_seen,
            time_source=visit.time_source,
            track_id=visit.track_id,
            started_at=visit.started_at,
            duration_s=(visit.last_seen - visit.started_at).total_seconds(),
            frames=visit.frames,
            ended_by=ended_by,
            outfit=visit.outfit.result(self._options.min_presence),
            derived=visit.lengths.result(),
        )
