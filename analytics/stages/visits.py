"""Visits: confirmed tracks, from their first to their last frame."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from analytics.lengths import LengthVote, LengthVoteState
from analytics.outfits import OutfitVote, OutfitVoteState
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Observation,
    RoleKnown,
    Said,
    SeenPerson,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
    TrackEnded,
    VisitBegun,
)
from config.quantities import Fraction, Frames, Seconds
from domain.events import Role, VisitEnded
from domain.frame import TimeSource


class VisitsSettings(StageSettings):
    """Which tracks are visits, and what belongs to their outfits."""

    once: ClassVar[bool] = True

    kind: Literal["visits"] = "visits"
    min_visit_frames: Frames = Field(default=2, description="Persons seen in fewer frames are no visits")
    min_visit_s: Seconds = Field(default=0.5, description="Persons seen for a shorter time are no visits")
    min_presence: Fraction = Field(
        default=0.3,
        description="Garments seen in a smaller part of a visit are left out of its outfit; a hat needs at least half",
    )

    def build(self, context: StageContext) -> "VisitsStage":
        """See `StageSettings.build`."""
        return VisitsStage(self, context)


class OpenVisitState(State):
    """One track in view."""

    version: Literal[3] = 3
    track_id: int
    started_at: AwareDatetime
    last_seen: AwareDatetime
    time_source: TimeSource
    frames: int
    views: int
    announced: bool
    outfit: OutfitVoteState
    lengths: LengthVoteState
    role: Role


class VisitsState(State):
    """The tracks in view, in the order in which they were first seen."""

    version: Literal[1] = 1
    open: tuple[OpenVisitState, ...]


@dataclass(slots=True, eq=False)
class OpenVisit:
    """A track in view. `announced`: it was said to be a visit. `views`: frames in which it was parsed."""

    track_id: int
    started_at: datetime
    last_seen: datetime
    time_source: TimeSource
    frames: int = 0
    views: int = 0
    announced: bool = False
    outfit: OutfitVote = field(default_factory=OutfitVote)
    lengths: LengthVote = field(default_factory=LengthVote)
    role: Role = "visitor"

    def see(self, person: SeenPerson, moment: datetime, time_source: TimeSource) -> None:
        """Count one frame; what is worn only where the person was parsed."""
        self.last_seen = max(self.last_seen, moment)
        self.time_source = time_source
        self.frames += 1
        if person.view.parsed:
            self.views += 1
            self.outfit.add(person.clothing)
            self.lengths.add(person.clothing.skin)


class VisitsStage(Stage[VisitsState]):
    """Says `VisitBegun` when a track becomes a visit, `VisitEnded` when it is over, and `TrackEnded` of every track.

    A visit starts at the first frame in which its track is confirmed and ends at the last one, which is known only
    once the track has not been seen for longer than `lost_after_s`. A track seen in fewer frames or for a shorter
    time than the settings ask for is no visit. A track that comes back after its visit has ended starts another one:
    let the tracker forget no later than that.
    """

    says = (VisitBegun, TrackEnded, VisitEnded)
    hears = (RoleKnown,)
    state_type = VisitsState

    def __init__(self, settings: VisitsSettings, context: StageContext) -> None:
        self._settings = settings
        self._identity = context.identity
        self._lost_after = timedelta(seconds=context.lost_after_s)
        self._open: dict[int, OpenVisit] = {}

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Count each person with a track to its visit. Nothing is said before `advance`."""
        moment, time_source = observation.frame.event_time, observation.frame.time_source
        for person in observation.persons:
            if person.track_id is not None:
                new = OpenVisit(person.track_id, moment, moment, time_source)
                self._open.setdefault(person.track_id, new).see(person, moment, time_source)
        self._hear(observation.heard)
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Visits that began, in the order of their beginnings; then visits that are over, in the order of their ends."""
        if step.tracks_end:
            return self._end(self._open.values(), "lost")
        lost = [visit for visit in self._open.values() if step.now - visit.last_seen > self._lost_after]
        return [*self._begun(), *self._end(lost, "lost")]

    def finish(self, ending: Ending) -> Sequence[Said]:
        """All open visits, in the order of their ends."""
        return self._end(self._open.values(), ending.reason)

    def snapshot(self) -> VisitsState:
        """The tracks in view."""
        return VisitsState(
            open=tuple(
                OpenVisitState(
                    track_id=visit.track_id,
                    started_at=visit.started_at,
                    last_seen=visit.last_seen,
                    time_source=visit.time_source,
                    frames=visit.frames,
                    views=visit.views,
                    announced=visit.announced,
                    outfit=visit.outfit.snapshot(),
                    lengths=visit.lengths.snapshot(),
                    role=visit.role,
                )
                for visit in self._open.values()
            )
        )

    def restore(self, state: VisitsState) -> None:
        """The tracks in view."""
        self._open = {
            saved.track_id: OpenVisit(
                track_id=saved.track_id,
                started_at=saved.started_at,
                last_seen=saved.last_seen,
                time_source=saved.time_source,
                frames=saved.frames,
                views=saved.views,
                announced=saved.announced,
                outfit=OutfitVote(saved.outfit),
                lengths=LengthVote(saved.lengths),
                role=saved.role,
            )
            for saved in state.open
        }

    def _hear(self, heard: Sequence[Said]) -> None:
        for note in heard:
            if isinstance(note, RoleKnown) and note.track_id in self._open:
                self._open[note.track_id].role = note.role

    def _begun(self) -> list[VisitBegun]:
        new = [visit for visit in self._open.values() if not visit.announced and self._is_visit(visit)]
        for visit in new:
            visit.announced = True
        return [VisitBegun(moment) for moment in sorted(visit.started_at for visit in new)]

    def _end(self, visits: Iterable[OpenVisit], ended_by: Literal["lost", "stream-end"]) -> list[Said]:
        ended = sorted(visits, key=lambda visit: (visit.last_seen, visit.track_id))
        for visit in ended:
            del self._open[visit.track_id]
        tracks = [TrackEnded(visit.last_seen) for visit in ended]
        return [*tracks, *(self._event(visit, ended_by) for visit in ended if self._is_visit(visit))]

    def _is_visit(self, visit: OpenVisit) -> bool:
        seconds = (visit.last_seen - visit.started_at).total_seconds()
        return visit.frames >= self._settings.min_visit_frames and seconds >= self._settings.min_visit_s

    def _event(self, visit: OpenVisit, ended_by: Literal["lost", "stream-end"]) -> VisitEnded:
        worn = visit.outfit.result(self._settings.min_presence)
        return VisitEnded(
            event_id=self._identity.event_id("visit", visit.track_id, visit.started_at),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=visit.last_seen,
            time_source=visit.time_source,
            track_id=visit.track_id,
            started_at=visit.started_at,
            duration_s=(visit.last_seen - visit.started_at).total_seconds(),
            frames=visit.frames,
            ended_by=ended_by,
            outfit=worn.items,
            derived=visit.lengths.result(),
            views=visit.views,
            role=visit.role,
            body=worn.body,
        )
