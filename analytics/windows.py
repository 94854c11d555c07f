"""Tumbling windows: what happened between two round times.

Windows are aligned to the epoch and kept by event time. One is closed when the newest event time is past its end by
the allowed lateness and the time after which a lost visit is known to be over. What comes later than that is counted
into the oldest window still open, so nothing is lost and nothing is counted twice.

Time that passes without anybody in view makes windows too, with zeros, and so does time without a signal, so that a
chart shows a zero and not a hole. Only a jump of more than an hour from one observation to the next makes no windows
in between: that is a clock being set or a machine that slept, and nothing was observed.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from analytics.timeline import Span
from domain.events import (
    ColorName,
    Coverage,
    GarmentName,
    VisitEnded,
    WindowClosed,
    event_id,
    timestamp,
)
from domain.frame import TimeSource

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """What one parsed frame stands for: itself and what the source read and sampled since the parsed frame before it."""

    read: int
    sampled: int
    parsed: int
    damaged: int = 0


@dataclass(slots=True, eq=False)
class _Window:
    start: datetime
    first_moment: datetime
    time_source: TimeSource
    persons: Counter[int] = field(default_factory=Counter)
    begun: int = 0
    ended: int = 0
    garments: defaultdict[GarmentName, Counter[ColorName]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    read: int = 0
    sampled: int = 0
    parsed: int = 0
    damaged: int = 0
    observed: timedelta = timedelta()
    dark: timedelta = timedelta()


class Windows:
    """The open windows of one length of one stream. One thread."""

    def __init__(self, stream_id: str, length_s: int, lateness: timedelta) -> None:
        self._stream_id = stream_id
        self._length_s = length_s
        self._length = timedelta(seconds=length_s)
        self._lateness = lateness
        self._open: dict[datetime, _Window] = {}
        self._closed_until: datetime | None = None

    def add_frame(self, moment: datetime, persons: int, counts: FrameCounts, time_source: TimeSource) -> None:
        """Count a parsed frame with that many persons in it."""
        window = self._at(moment, time_source)
        window.persons[persons] += 1
        window.time_source = time_source
        self._add_counts(window, counts)

    def add_unparsed(self, moment: datetime, counts: FrameCounts, time_source: TimeSource) -> None:
        """Count frames that were read after the last parsed one."""
        self._add_counts(self._at(moment, time_source), counts)

    def add_begun(self, moment: datetime, time_source: TimeSource) -> None:
        """Count a visit that began then."""
        self._at(moment, time_source).begun += 1

    def add_ended(self, visit: VisitEnded) -> None:
        """Count a visit and its outfit at the time of its end."""
        window = self._at(visit.event_time, visit.time_source)
        window.ended += 1
        for item in visit.outfit:
            window.garments[item.part][item.color] += 1

    def add_time(self, span: Span, time_source: TimeSource) -> None:
        """Count time as observed or as without signal. What lies in windows that are closed already is left out."""
        begin = max(span.begin, self._closed_until or span.begin)
        while begin < span.end:
            window = self._at(begin, time_source)
            end = min(span.end, window.start + self._length)
            if span.signal:
                window.observed += end - begin
            else:
                window.dark += end - begin
            begin = end

    def close(self, now: datetime) -> list[WindowClosed]:
        """Close the windows that nothing more is expected for, oldest first."""
        due = [start for start in self._open if start + self._length + self._lateness <= now]
        return self._close(due)

    def close_all(self) -> list[WindowClosed]:
        """Close all of them, oldest first, and forget how far time had come."""
        closed = self._close(list(self._open))
        self._closed_until = None
        return closed

    def _close(self, due: list[datetime]) -> list[WindowClosed]:
        windows = [self._open.pop(start) for start in sorted(due)]
        if windows:
            self._closed_until = windows[-1].start + self._length
        return [self._event(window) for window in windows]

    def _start_of(self, moment: datetime) -> datetime:
        return moment - (moment - _EPOCH) % self._length

    def _at(self, moment: datetime, time_source: TimeSource) -> _Window:
        """The window of that moment, or the oldest that can still be open."""
        start = self._start_of(moment)
        if self._closed_until is not None and start < self._closed_until:
            start = moment = min(self._open, default=self._closed_until)
        return self._open.setdefault(start, _Window(start, moment, time_source))

    @staticmethod
    def _add_counts(window: _Window, counts: FrameCounts) -> None:
        window.read += counts.read
        window.sampled += counts.sampled
        window.parsed += counts.parsed
        window.damaged += counts.damaged

    def _event(self, window: _Window) -> WindowClosed:
        about = f"{self._length_s} {timestamp(window.start)} {timestamp(window.first_moment)}"
        frames = window.persons.total()
        persons = sum(count * times for count, times in window.persons.items())
        return WindowClosed(
            event_id=event_id(self._stream_id, "window", about),
            stream_id=self._stream_id,
            event_time=window.start + self._length,
            time_source=window.time_source,
            window_start=window.start,
            window_s=self._length_s,
            persons_min=min(window.persons, default=0),
            persons_mean=persons / frames if frames else 0.0,
            persons_max=max(window.persons, default=0),
            visits_begun=window.begun,
            visits_ended=window.ended,
            garments=sorted_counts(window.garments),
            coverage=self._coverage(window),
        )

    def _coverage(self, window: _Window) -> Coverage:
        observed = min(window.observed, self._length).total_seconds()
        parsed_share = min(1.0, window.parsed / window.sampled) if window.sampled else 1.0
        whole_share = 1.0 - min(1.0, window.damaged / window.read) if window.read else 1.0
        return Coverage(
            frames_read=window.read,
            frames_sampled=window.sampled,
            frames_parsed=window.parsed,
            frames_dropped=max(0, window.sampled - window.parsed),
            frames_damaged=window.damaged,
            seconds_observed=observed,
            seconds_without_signal=min(window.dark, self._length).total_seconds(),
            share=observed / self._length_s * parsed_share * whole_share,
        )


def sorted_counts(
    garments: Mapping[GarmentName, Mapping[ColorName, int]],
) -> dict[GarmentName, dict[ColorName, int]]:
    """Plain dicts sorted by name, so that the same counts give the same JSON."""
    return {part: dict(sorted(colors.items())) for part, colors in sorted(garments.items())}
