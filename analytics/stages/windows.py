"""Windows: what happened between two round times, for each of several lengths."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field

from analytics.counting import NO_FRAMES
from analytics.places import LedgerState, Piece, PlaceLedger
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Observation,
    Said,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
    TrackEnded,
    VisitBegun,
)
from analytics.stages.staff import StaffSeen
from analytics.stages.ways import TrackJoined, TracksSwapped
from analytics.stages.zones import ZoneEntered
from analytics.tumbling import TumblingWindows, TumblingWindowsState
from config.quantities import WindowSeconds
from domain.events import GroupEnded, LineCrossed, VisitEnded, VisitorSeen, WindowClosed, ZoneVisitEnded
from domain.frame import TimeSource

_CAPTURED_WITHIN = timedelta(minutes=1)


def _distinct(lengths: tuple[int, ...]) -> tuple[int, ...]:
    if not lengths or len(set(lengths)) != len(lengths):
        raise ValueError("must hold at least one length, and each only once")
    return lengths


WindowLengths: TypeAlias = Annotated[tuple[WindowSeconds, ...], AfterValidator(_distinct)]


class WindowsSettings(StageSettings):
    """Over which time is counted."""

    kind: Literal["windows"] = "windows"
    lengths_s: WindowLengths = Field(
        default=(10, 60), description="Lengths of the windows that counts are given for"
    )

    def build(self, context: StageContext) -> "WindowsStage":
        """See `StageSettings.build`."""
        return WindowsStage(self, context)


class Passing(State):
    """Somebody passes by in a zone that leads to lines.

    Attributes:
        left: When that stay ended; None while it goes on.
        captured: Whether it has led to a line already: a stay does so once.
    """

    version: Literal[1] = 1
    left: AwareDatetime | None = None
    captured: bool = False


class WindowsState(State):
    """The open windows by their length in seconds.

    Attributes:
        ledger: What waits to be settled of lines, zones and rooms.
        passing: Who is or was in a zone that leads to lines, by zone and track.
    """

    version: Literal[3] = 3
    by_length: dict[int, TumblingWindowsState]
    ledger: LedgerState
    passing: dict[str, dict[int, Passing]]


class WindowsStage(Stage[WindowsState]):
    """Counts frames, time and visits into windows of all lengths, and says `WindowClosed` when one is over."""

    says = (WindowClosed,)
    hears = (
        VisitBegun,
        TrackEnded,
        VisitEnded,
        VisitorSeen,
        GroupEnded,
        TrackJoined,
        TracksSwapped,
        LineCrossed,
        StaffSeen,
        ZoneEntered,
        ZoneVisitEnded,
    )
    state_type = WindowsState

    def __init__(self, settings: WindowsSettings, context: StageContext) -> None:
        self._windows = {
            length: TumblingWindows(context.identity, length, context.settled_after, context.plan)
            for length in sorted(settings.lengths_s)
        }
        self._settled_after = context.settled_after
        self._ledger = PlaceLedger(context.plan)
        self._leads_to = {zone.name: zone.leads_to for zone in context.plan.zones if zone.leads_to}
        self._passing: dict[str, dict[int, Passing]] = {name: {} for name in self._leads_to}

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Count a frame and the time before it. Nothing is said before `advance`."""
        frame = observation.frame
        if observation.elapsed is not None:
            self._ledger.pass_time(observation.elapsed)
        self._count(observation.heard)
        staff = sum(note.persons for note in observation.heard if isinstance(note, StaffSeen))
        for windows in self._windows.values():
            if observation.elapsed is not None:
                windows.add_time(observation.elapsed, frame.time_source)
            windows.add_frame(
                frame.event_time, len(observation.persons), observation.counts, frame.time_source, staff
            )
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """The windows that are over, in the order of their ends, the shorter first."""
        if step.elapsed is not None:
            self._ledger.pass_time(step.elapsed)
        self._count(step.heard)
        self._settle(self._ledger.settle(step.now - self._settled_after), step.time_source)
        for windows in self._windows.values():
            if step.elapsed is not None:
                windows.add_time(step.elapsed, step.time_source)
            _count_visits(windows, step.heard, step.time_source)
        self._forget(step.now)
        rooms = self._ledger.rooms
        return _in_order(
            event for windows in self._windows.values() for event in windows.close(step.now, rooms)
        )

    def finish(self, ending: Ending) -> Sequence[Said]:
        """All windows, in the order of their ends, the shorter first."""
        self._count(ending.heard)
        self._settle(self._ledger.settle_all(), ending.time_source)
        for windows in self._windows.values():
            if ending.unparsed != NO_FRAMES:
                windows.add_unparsed(ending.now, ending.unparsed, ending.time_source)
            _count_visits(windows, ending.heard, ending.time_source)
        self._passing = {name: {} for name in self._leads_to}
        rooms = self._ledger.rooms
        return _in_order(event for windows in self._windows.values() for event in windows.close_all(rooms))

    def snapshot(self) -> WindowsState:
        """The open windows."""
        return WindowsState(
            by_length={length: windows.snapshot() for length, windows in self._windows.items()},
            ledger=self._ledger.snapshot(),
            passing={zone: dict(tracks) for zone, tracks in self._passing.items()},
        )

    def restore(self, state: WindowsState) -> None:
        """The open windows."""
        for length, windows in self._windows.items():
            windows.restore(state.by_length[length])
        self._ledger.restore(state.ledger)
        self._passing = {zone: dict(tracks) for zone, tracks in state.passing.items()}

    def _settle(self, pieces: Iterable[Piece], time_source: TimeSource) -> None:
        for piece in pieces:
            for windows in self._windows.values():
                windows.add_piece(piece, time_source)

    def _count(self, heard: Sequence[Said]) -> None:
        """Count crossings and stays."""
        for said in heard:
            if isinstance(said, TrackJoined):
                self._join(said)
            elif isinstance(said, TracksSwapped):
                self._swap(said)
            elif isinstance(said, LineCrossed):
                self._count_crossing(said)
            elif isinstance(said, ZoneEntered):
                self._count_entry(said)
            elif isinstance(said, ZoneVisitEnded):
                self._ledger.change(said.event_time, "zone", said.zone, -1)
                for windows in self._windows.values():
                    windows.add_stay(said)
                self._pass_on(said)

    def _count_entry(self, entered: ZoneEntered) -> None:
        self._ledger.change(entered.moment, "zone", entered.zone, 1)
        staff = int(entered.role == "staff")
        for windows in self._windows.values():
            windows.add_to_zone(
                entered.moment, entered.time_source, entered.zone, entries=1, staff_entries=staff
            )
        if entered.zone in self._passing:
            self._passing[entered.zone][entered.track_id] = Passing()

    def _count_crossing(self, crossing: LineCrossed) -> None:
        rooms = self._ledger.doors(crossing.line)
        for windows in self._windows.values():
            windows.add_crossing(crossing, rooms)
        if not crossing.counts:
            return
        for room in rooms:
            self._ledger.change(crossing.event_time, "room", room, 1 if crossing.direction == "in" else -1)
        if crossing.direction == "in" and crossing.role != "staff":
            self._capture(crossing)

    def _capture(self, crossing: LineCrossed) -> None:
        for zone, lines in self._leads_to.items():
            passing = self._passing[zone].get(crossing.track_id)
            if crossing.line not in lines or passing is None or passing.captured:
                continue
            self._passing[zone][crossing.track_id] = passing.model_copy(update={"captured": True})
            for windows in self._windows.values():
                windows.add_to_zone(crossing.event_time, crossing.time_source, zone, captured=1)

    def _pass_on(self, stay: ZoneVisitEnded) -> None:
        """Somebody who was in a zone that leads to lines has left it, and may yet come in."""
        passing = self._passing.get(stay.zone, {}).get(stay.track_id)
        if passing is not None:
            self._passing[stay.zone][stay.track_id] = passing.model_copy(update={"left": stay.event_time})

    def _join(self, joined: TrackJoined) -> None:
        for tracks in self._passing.values():
            if joined.before in tracks:
                tracks[joined.now] = tracks.pop(joined.before)

    def _swap(self, swapped: TracksSwapped) -> None:
        now = {swapped.one: swapped.other, swapped.other: swapped.one}
        for zone, tracks in self._passing.items():
            self._passing[zone] = {now.get(track_id, track_id): one for track_id, one in tracks.items()}

    def _forget(self, now: datetime) -> None:
        for tracks in self._passing.values():
            for track_id, passing in list(tracks.items()):
                if passing.left is not None and now - passing.left > _CAPTURED_WITHIN:
                    del tracks[track_id]


def _count_visits(windows: TumblingWindows, heard: Sequence[Said], time_source: TimeSource) -> None:
    for said in heard:
        if isinstance(said, VisitBegun):
            windows.add_begun(said.started_at, time_source)
        elif isinstance(said, TrackEnded):
            windows.add_track(said.last_seen, time_source)
        elif isinstance(said, VisitEnded):
            windows.add_ended(said)
        elif isinstance(said, VisitorSeen):
            windows.add_visitor(said)
        elif isinstance(said, GroupEnded):
            windows.add_group(said)


def _in_order(windows: Iterable[WindowClosed]) -> list[WindowClosed]:
    return sorted(windows, key=lambda event: (event.event_time, event.window_s))
