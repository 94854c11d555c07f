"""Tumbling windows: what happened between two round times.

Windows are aligned to the epoch and kept by event time. One is closed when the newest event time is past its end by
the allowed lateness and the time after which a lost visit is known to be over. What comes later than that is counted
into the oldest window still open, so nothing is lost and nothing is counted twice.

Time that passes without anybody in view makes windows too, with zeros, and so does time without a signal, so that a
chart shows a zero and not a hole. Only a jump of more than an hour from one observation to the next makes no windows
in between: that is a clock being set or a machine that slept, and nothing was observed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from analytics.aligned import Aligned
from analytics.counting import (
    NO_FRAMES,
    BodyTallies,
    FrameCounts,
    GarmentCounts,
    copied,
    count_worn,
    coverage,
    sorted_counts,
)
from analytics.floor import NO_PLAN, FloorPlan
from analytics.places import (
    Piece,
    PlaceTallies,
    RoomState,
    line_counts,
    room_counts,
    with_crossing,
    with_piece,
    with_stay,
    with_zone,
    zone_counts,
)
from analytics.snapshots import State
from analytics.timeline import ElapsedTime
from domain.events import (
    BodyCounts,
    ClothingCounts,
    GroupEnded,
    LineCrossed,
    StreamIdentity,
    VisitEnded,
    VisitorSeen,
    WindowClosed,
    ZoneVisitEnded,
)
from domain.frame import TimeSource

_MICROSECOND = timedelta(microseconds=1)


class OpenWindowState(State):
    """One open window; see `OpenWindow`. The two durations are microseconds."""

    version: Literal[5] = 5
    start: AwareDatetime
    first_moment: AwareDatetime
    time_source: TimeSource
    persons: dict[int, int]
    begun: int
    ended: int
    garments: ClothingCounts
    body: BodyCounts
    frames: FrameCounts
    observed_us: int
    dark_us: int
    staff_persons: int
    staff_ended: int
    staff_garments: ClothingCounts
    staff_body: BodyCounts
    tracks: int
    first_visits: int
    more_visits: int
    groups: int
    grouped: int
    places: PlaceTallies


class TumblingWindowsState(State):
    """The open windows of one length."""

    version: Literal[1] = 1
    open: tuple[OpenWindowState, ...]
    closed_until: AwareDatetime | None
    turns: int = 0


@dataclass(slots=True, eq=False)
class OpenWindow:
    """What has happened in a window so far.

    Attributes:
        start: When it begins.
        first_moment: Of the first thing that was counted into it.
        time_source: Of the newest frame.
        persons: How many frames showed each number of persons.
        begun, ended: Visits.
        garments, body: Of the visits that ended.
        frames: Of the source.
        observed, dark: Time with and without a signal.
        staff_persons: Persons known to be staff, over all frames.
        staff_ended: Of the visits that ended, those of staff.
        staff_garments, staff_body: Of these.
        tracks: Those that ended.
        first_visits, more_visits: Of estimated visitors.
        groups, grouped: Groups of whom the last was seen last in it, and their members.
        places: Lines, zones and rooms.
    """

    start: datetime
    first_moment: datetime
    time_source: TimeSource
    persons: dict[int, int] = field(default_factory=dict)
    begun: int = 0
    ended: int = 0
    garments: GarmentCounts = field(default_factory=dict)
    body: BodyTallies = field(default_factory=dict)
    frames: FrameCounts = NO_FRAMES
    observed: timedelta = timedelta()
    dark: timedelta = timedelta()
    staff_persons: int = 0
    staff_ended: int = 0
    staff_garments: GarmentCounts = field(default_factory=dict)
    staff_body: BodyTallies = field(default_factory=dict)
    tracks: int = 0
    first_visits: int = 0
    more_visits: int = 0
    groups: int = 0
    grouped: int = 0
    places: PlaceTallies = field(default_factory=PlaceTallies)


class TumblingWindows:
    """The open windows of one length of one stream. One thread."""

    def __init__(
        self, identity: StreamIdentity, length_s: int, settled_after: timedelta, plan: FloorPlan = NO_PLAN
    ) -> None:
        self._plan = plan
        self._identity = identity
        self._length_s = length_s
        self._windows: Aligned[OpenWindow] = Aligned(timedelta(seconds=length_s))
        self._settled_after = settled_after

    def add_frame(
        self, moment: datetime, persons: int, counts: FrameCounts, time_source: TimeSource, staff: int = 0
    ) -> None:
        """Count a parsed frame with that many persons in it, so many of them staff."""
        window = self._at(moment, time_source)
        window.staff_persons += staff
        window.persons[persons] = window.persons.get(persons, 0) + 1
        window.time_source = time_source
        window.frames += counts

    def add_unparsed(self, moment: datetime, counts: FrameCounts, time_source: TimeSource) -> None:
        """Count frames that were read after the last parsed one."""
        self._at(moment, time_source).frames += counts

    def add_begun(self, moment: datetime, time_source: TimeSource) -> None:
        """Count a visit that began then."""
        self._at(moment, time_source).begun += 1

    def add_ended(self, visit: VisitEnded) -> None:
        """Count a visit and its outfit at the time of its end."""
        window = self._at(visit.event_time, visit.time_source)
        window.ended += 1
        count_worn(window.garments, visit.outfit)
        if visit.role == "staff":
            window.staff_ended += 1
            count_worn(window.staff_garments, visit.outfit)
            count_worn(window.staff_body, visit.body)
        count_worn(window.body, visit.body)

    def add_track(self, moment: datetime, time_source: TimeSource) -> None:
        """Count a track that ended then."""
        self._at(moment, time_source).tracks += 1

    def add_visitor(self, visit: VisitorSeen) -> None:
        """Count whose visit it was at the time of its end."""
        window = self._at(visit.event_time, visit.time_source)
        window.first_visits += visit.seen == "first"
        window.more_visits += visit.seen == "again"

    def add_group(self, group: GroupEnded) -> None:
        """Count a group when the last of it was seen last."""
        window = self._at(group.event_time, group.time_source)
        window.groups += 1
        window.grouped += group.size

    def add_crossing(self, crossing: LineCrossed, rooms: Iterable[str]) -> None:
        """Count a crossing of a line, which is a door of those rooms."""
        window = self._at(crossing.event_time, crossing.time_source)
        window.places = with_crossing(window.places, crossing, rooms)

    def add_to_zone(self, moment: datetime, time_source: TimeSource, zone: str, **more: int) -> None:
        """Count so many more of a zone's sums at that moment."""
        window = self._at(moment, time_source)
        window.places = with_zone(window.places, zone, **more)

    def add_stay(self, stay: ZoneVisitEnded) -> None:
        """Count a stay in a zone at the time of its end."""
        window = self._at(stay.event_time, stay.time_source)
        window.places = with_stay(window.places, stay)

    def add_piece(self, piece: Piece, time_source: TimeSource) -> None:
        """Count time during which nothing changes. What lies in windows that are closed already is left out."""
        for begin, end in self._windows.pieces(piece.begin, piece.end):
            window = self._at(begin, time_source)
            window.places = with_piece(window.places, piece.model_copy(update={"begin": begin, "end": end}))

    def add_time(self, elapsed: ElapsedTime, time_source: TimeSource) -> None:
        """Count time as observed or as without signal. What lies in windows that are closed already is left out."""
        for begin, end in self._windows.pieces(elapsed.begin, elapsed.end):
            window = self._at(begin, time_source)
            if elapsed.signal:
                window.observed += end - begin
            else:
                window.dark += end - begin

    def close(self, now: datetime, rooms: Mapping[str, RoomState]) -> list[WindowClosed]:
        """Close the windows that nothing more is expected for, oldest first. The rooms are as they are at their end."""
        return [self._event(window, rooms) for window in self._windows.close(now - self._settled_after)]

    def close_all(self, rooms: Mapping[str, RoomState]) -> list[WindowClosed]:
        """Close all of them, oldest first, and forget how far time had come."""
        return [self._event(window, rooms) for window in self._windows.close_all()]

    def snapshot(self) -> TumblingWindowsState:
        """The open windows."""
        return TumblingWindowsState(
            open=tuple(_saved(window) for window in self._windows.open.values()),
            closed_until=self._windows.closed_until,
            turns=self._windows.turns,
        )

    def restore(self, state: TumblingWindowsState) -> None:
        """The open windows."""
        self._windows.open = {saved.start: _window(saved) for saved in state.open}
        self._windows.closed_until, self._windows.turns = state.closed_until, state.turns

    def _at(self, moment: datetime, time_source: TimeSource) -> OpenWindow:
        return self._windows.at(moment, lambda start, first: OpenWindow(start, first, time_source))

    def _event(self, window: OpenWindow, rooms: Mapping[str, RoomState]) -> WindowClosed:
        about = self._windows.about(window.start, window.first_moment)
        frames = sum(window.persons.values())
        persons = sum(count * times for count, times in window.persons.items())
        return WindowClosed(
            event_id=self._identity.event_id("window", *about),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=window.start + self._windows.length,
            time_source=window.time_source,
            window_start=window.start,
            window_s=self._length_s,
            persons_min=min(window.persons, default=0),
            persons_mean=persons / frames if frames else 0.0,
            persons_max=max(window.persons, default=0),
            visits_begun=window.begun,
            visits_ended=window.ended,
            garments=sorted_counts(window.garments),
            coverage=coverage(
                window.frames, window.observed.total_seconds(), window.dark.total_seconds(), self._length_s
            ),
            staff_mean=window.staff_persons / frames if frames else 0.0,
            staff_ended=window.staff_ended,
            staff_garments=sorted_counts(window.staff_garments),
            tracks_ended=window.tracks,
            visitors_first=window.first_visits,
            visitors_again=window.more_visits,
            groups_ended=window.groups,
            grouped_ended=window.grouped,
            lines=line_counts(self._plan, window.places),
            zones=zone_counts(self._plan, window.places),
            rooms=room_counts(self._plan, window.places, rooms),
            body=sorted_counts(window.body),
            staff_body=sorted_counts(window.staff_body),
        )


def _saved(window: OpenWindow) -> OpenWindowState:
    return OpenWindowState(
        start=window.start,
        first_moment=window.first_moment,
        time_source=window.time_source,
        persons=dict(window.persons),
        begun=window.begun,
        ended=window.ended,
        garments=copied(window.garments),
        body=copied(window.body),
        frames=window.frames,
        observed_us=window.observed // _MICROSECOND,
        dark_us=window.dark // _MICROSECOND,
        staff_persons=window.staff_persons,
        staff_ended=window.staff_ended,
        staff_garments=copied(window.staff_garments),
        staff_body=copied(window.staff_body),
        tracks=window.tracks,
        first_visits=window.first_visits,
        more_visits=window.more_visits,
        groups=window.groups,
        grouped=window.grouped,
        places=window.places,
    )


def _window(saved: OpenWindowState) -> OpenWindow:
    return OpenWindow(
        start=saved.start,
        first_moment=saved.first_moment,
        time_source=saved.time_source,
        persons=dict(saved.persons),
        begun=saved.begun,
        ended=saved.ended,
        garments=copied(saved.garments),
        body=copied(saved.body),
        frames=saved.frames,
        observed=saved.observed_us * _MICROSECOND,
        dark=saved.dark_us * _MICROSECOND,
        staff_persons=saved.staff_persons,
        staff_ended=saved.staff_ended,
        staff_garments=copied(saved.staff_garments),
        staff_body=copied(saved.staff_body),
        tracks=saved.tracks,
        first_visits=saved.first_visits,
        more_visits=saved.more_visits,
        groups=saved.groups,
        grouped=saved.grouped,
        places=saved.places,
    )
