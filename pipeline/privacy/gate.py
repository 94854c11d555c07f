"""What of a stream's events leaves: the one way from counting to stores, brokers, reports and callers.

With `privacy.min_group` it is cell suppression of statistical disclosure control (Hundepool et al., "Handbook on Statistical
Disclosure Control", 2nd edition 2024; Fischetti and Salazar, "Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47, 2001): intervals with fewer people are merged, small cells are suppressed, and so are others
that they would follow from.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from analytics.snapshots import State
from analytics.stages.totals import StreamTotals
from domain.events import BodyCounts, ClothingCounts, Detail, Event, VisitEnded, WindowClosed, added
from domain.merging import joined
from pipeline.privacy.cells import told
from pipeline.privacy.places import PlaceGate, PlaceGateState
from pipeline.protocols import Totals

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GateOptions:
    """What may leave of a stream.

    Attributes:
        events: `privacy.events`.
        min_group: `privacy.min_group`.
        window_s: Length of the windows that leave with it, those from which longer ones would follow, seconds.
        doors: Lines of each room.
    """

    events: Detail = "full"
    min_group: int = 1
    window_s: int | None = None
    doors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class ToldSums(State):
    """Sums over the windows that have left."""

    version: Literal[1] = 1
    frames: int = 0
    persons: float = 0.0
    persons_max: int = 0
    visits: int = 0
    tracks: int = 0
    visitors: int = 0
    staff_visits: int = 0
    clothing: ClothingCounts = Field(default_factory=dict)
    staff_clothing: ClothingCounts = Field(default_factory=dict)
    body: BodyCounts = Field(default_factory=dict)


class GateState(State):
    """What a gate remembers.

    Attributes:
        events, min_group, window_s, doors: Of `GateOptions`.
        visits: How many have ended.
        held: What has not left yet, as one window.
        places: Of lines, zones and rooms.
        sums: Of what has left.
    """

    version: Literal[1] = 1
    events: Detail = "full"
    min_group: int = 1
    window_s: int | None = None
    doors: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    visits: int = 0
    held: WindowClosed | None = None
    places: PlaceGateState = Field(default_factory=PlaceGateState)
    sums: ToldSums = Field(default_factory=ToldSums)


class EventGate:
    """Lets through what may leave of the events of one stream, in order. One thread.

    With `min_group: k` of more than 1:

    1. Windows of the shortest length are held and merged until k visits have ended in them. Every other length would be a sum of
       these, or tell more; none leaves.
    2. What is left of such a window is what `told` leaves. Windows do not overlap, so no difference of two of them is about fewer.
    3. Lines, zones and rooms have a rule of their own (`PlaceGate`).
    4. Every other number of the stream, in the summary, the report and the service, is a sum of these.
    """

    def __init__(self, options: GateOptions = GateOptions()) -> None:
        self._options = options
        self._visits = 0
        self._held: WindowClosed | None = None
        self._places = PlaceGate(options.min_group, options.doors)
        self._sums = ToldSums()

    @classmethod
    def of(cls, state: GateState) -> "EventGate":
        """The gate that has left this state."""
        gate = cls(GateOptions(state.events, state.min_group, state.window_s, state.doors))
        gate.restore(state)
        return gate

    @property
    def merges(self) -> bool:
        """Whether numbers are kept back until they are about enough people."""
        return self._options.min_group > 1

    @property
    def visits(self) -> int:
        """Visits that have ended, as far as that may be told."""
        return self._sums.visits if self.merges else self._visits

    def let(self, events: Iterable[Event]) -> list[Event]:
        """Those that leave now, some of them merged of events of before."""
        left: list[Event] = []
        for event in events:
            self._visits += isinstance(event, VisitEnded)
            if not event.leaves_with(self._options.events):
                continue
            if not self.merges or not event.of_people:
                left.append(event)
            elif isinstance(event, WindowClosed) and event.window_s == self._options.window_s:
                left += self._hold(event)
        return left

    def end(self) -> list[Event]:
        """Nothing more comes: what is left of windows, without what is about too few."""
        held, self._held = self._held, None
        return [self._release(held)] if held is not None else []

    def totals(self, counted: Totals) -> Totals:
        """Sums of the stream, as far as they may be told.

        Args:
            counted: All that was counted.
        """
        if not self.merges:
            return counted
        sums = self._sums
        return StreamTotals(
            frames_parsed=sums.frames,
            persons_max=sums.persons_max,
            persons_mean=sums.persons / sums.frames if sums.frames else 0.0,
            visits=sums.visits,
            tracks=sums.tracks,
            visitors=sums.visitors,
            clothing=sums.clothing,
            staff_visits=sums.staff_visits,
            staff_clothing=sums.staff_clothing,
            body=sums.body,
        )

    def snapshot(self) -> GateState:
        """All that it remembers."""
        options = self._options
        return GateState(
            events=options.events,
            min_group=options.min_group,
            window_s=options.window_s,
            doors=dict(options.doors),
            visits=self._visits,
            held=self._held,
            places=self._places.snapshot(),
            sums=self._sums,
        )

    def restore(self, state: GateState) -> None:
        """Go on from there. What was kept back by another rule does not leave: it could tell of fewer."""
        self._visits = state.visits
        if state.min_group != self._options.min_group or state.doors != dict(self._options.doors):
            if state.held is not None or self.merges:
                _log.warning(
                    "privacy.min_group is %d now and was %d: what was kept back until now is left out",
                    self._options.min_group,
                    state.min_group,
                )
            return
        self._held, self._sums = state.held, state.sums
        self._places.restore(state.places)

    def _hold(self, window: WindowClosed) -> list[Event]:
        held = window if self._held is None else joined([self._held, window])
        self._places.add(window)
        if held.visits_ended < self._options.min_group:
            self._held = held
            return []
        self._held = None
        return [self._release(held)]

    def _release(self, held: WindowClosed) -> WindowClosed:
        lines, zones, rooms = self._places.release(held)
        window = told(held, self._options.min_group).model_copy(
            update={"lines": lines, "zones": zones, "rooms": rooms}
        )
        self._sums = _with(self._sums, window)
        return window


def leaving(events: Sequence[Event], detail: Detail, least: int) -> list[Event]:
    """Those of a run before that leave now, too.

    Args:
        events: What it left open, as its own settings let it leave.
        detail: `privacy.events` of now.
        least: `privacy.min_group` of now.
    """
    return [event for event in events if event.leaves_with(detail) and _is_about(event, least)]


def _is_about(event: Event, least: int) -> bool:
    told = event.min_group if isinstance(event, WindowClosed) else 1
    return not event.of_people or told >= least


def _with(sums: ToldSums, window: WindowClosed) -> ToldSums:
    frames = window.coverage.frames_parsed
    return ToldSums(
        frames=sums.frames + frames,
        persons=sums.persons + window.persons_mean * frames,
        persons_max=max(sums.persons_max, window.persons_max),
        visits=sums.visits + window.visits_ended,
        tracks=sums.tracks + (window.tracks_ended or window.visits_ended),
        visitors=sums.visitors + window.visitors_first,
        staff_visits=sums.staff_visits + window.staff_ended,
        clothing=added([sums.clothing, window.garments]),
        staff_clothing=added([sums.staff_clothing, window.staff_garments]),
        body=added([sums.body, window.body]),
    )
