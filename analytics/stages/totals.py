"""Totals: what a whole stream has come to, for the summary."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from analytics.counting import BodyTallies, GarmentCounts, copied, count_worn, sorted_counts
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
)
from analytics.stages.visitors import SiteTrackEnded
from domain.events import BodyCounts, ClothingCounts, SiteVisitorSeen, VisitEnded, VisitorSeen
from domain.summary import SiteCounts


@dataclass(frozen=True, slots=True)
class StreamTotals:
    """What a whole stream has come to so far.

    Attributes:
        frames_parsed: Frames observed.
        persons_max: Most persons in one frame.
        persons_mean: Mean over the frames observed; 0 without any.
        visits: Visits ended.
        tracks: Confirmed tracks ended, visits or not.
        visitors: Estimated visitors among the visits, without staff; 0 without the stage `visitors`.
        sites: What was told of the stream's site, of visits before whichever of its cameras.
        clothing: Visits by garment and its colour, both in alphabetical order.
        staff_visits, staff_clothing: Of these, those of staff.
        body: Visits by what covers upper and lower body, and its colour.
    """

    frames_parsed: int = 0
    persons_max: int = 0
    persons_mean: float = 0.0
    visits: int = 0
    tracks: int = 0
    visitors: int = 0
    sites: dict[str, SiteCounts] = field(default_factory=dict)
    clothing: GarmentCounts = field(default_factory=dict)
    staff_visits: int = 0
    staff_clothing: GarmentCounts = field(default_factory=dict)
    body: BodyTallies = field(default_factory=dict)


class TotalsSettings(StageSettings):
    """Sums over the whole stream."""

    once: ClassVar[bool] = True

    kind: Literal["totals"] = "totals"

    def build(self, context: StageContext) -> "TotalsStage":
        """See `StageSettings.build`."""
        del context
        return TotalsStage()


class TotalsState(State):
    """Sums so far; see `StreamTotals`. `persons` is the sum over all frames."""

    version: Literal[4] = 4
    frames: int
    persons: int
    persons_max: int
    visits: int
    tracks: int
    visitors: int
    sites: dict[str, SiteCounts]
    clothing: ClothingCounts
    staff_visits: int
    staff_clothing: ClothingCounts
    body: BodyCounts


class TotalsStage(Stage[TotalsState]):
    """Adds up frames, persons and visits. Says nothing."""

    hears = (TrackEnded, VisitEnded, VisitorSeen, SiteVisitorSeen, SiteTrackEnded)
    state_type = TotalsState

    def __init__(self) -> None:
        self._frames = 0
        self._persons = 0
        self._persons_max = 0
        self._visits = 0
        self._tracks = 0
        self._visitors = 0
        self._sites: dict[str, SiteCounts] = {}
        self._clothing: GarmentCounts = {}
        self._staff_visits = 0
        self._staff_clothing: GarmentCounts = {}
        self._body: BodyTallies = {}

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Count a frame and its persons."""
        persons = len(observation.persons)
        self._frames += 1
        self._persons += persons
        self._persons_max = max(self._persons_max, persons)
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Count visits that are over."""
        self._count_visits(step.heard)
        return ()

    def finish(self, ending: Ending) -> Sequence[Said]:
        """Count the last visits. The sums stay."""
        self._count_visits(ending.heard)
        return ()

    def totals(self) -> StreamTotals:
        """Sums so far; the visits still open are not in them."""
        return StreamTotals(
            frames_parsed=self._frames,
            persons_max=self._persons_max,
            persons_mean=self._persons / self._frames if self._frames else 0.0,
            visits=self._visits,
            tracks=self._tracks,
            visitors=self._visitors,
            sites=dict(self._sites),
            clothing=sorted_counts(self._clothing),
            staff_visits=self._staff_visits,
            staff_clothing=sorted_counts(self._staff_clothing),
            body=sorted_counts(self._body),
        )

    def snapshot(self) -> TotalsState:
        """The sums."""
        return TotalsState(
            frames=self._frames,
            persons=self._persons,
            persons_max=self._persons_max,
            visits=self._visits,
            tracks=self._tracks,
            visitors=self._visitors,
            sites=dict(self._sites),
            clothing=copied(self._clothing),
            staff_visits=self._staff_visits,
            staff_clothing=copied(self._staff_clothing),
            body=copied(self._body),
        )

    def restore(self, state: TotalsState) -> None:
        """The sums."""
        self._frames, self._persons, self._persons_max = state.frames, state.persons, state.persons_max
        self._visits, self._clothing = state.visits, copied(state.clothing)
        self._tracks, self._visitors = state.tracks, state.visitors
        self._sites = dict(state.sites)
        self._staff_visits, self._staff_clothing = state.staff_visits, copied(state.staff_clothing)
        self._body = copied(state.body)

    def _count_visits(self, heard: Sequence[Said]) -> None:
        for said in heard:
            if isinstance(said, TrackEnded):
                self._tracks += 1
            elif isinstance(said, VisitorSeen):
                self._visitors += said.seen == "first"
            elif isinstance(said, SiteTrackEnded):
                self._count_in(said.site, SiteCounts(tracks=1))
            elif isinstance(said, SiteVisitorSeen):
                first = said.seen == "first"
                self._count_in(said.site, SiteCounts(visits=1, visitors=first, in_doubt=said.in_doubt))
            elif isinstance(said, VisitEnded):
                self._visits += 1
                count_worn(self._clothing, said.outfit)
                if said.role == "staff":
                    self._staff_visits += 1
                    count_worn(self._staff_clothing, said.outfit)
                count_worn(self._body, said.body)

    def _count_in(self, site: str, counts: SiteCounts) -> None:
        self._sites[site] = self._sites.get(site, SiteCounts()) + counts
