"""Who comes back: visits are joined to estimated visitors by what they wear.

What somebody looks like is kept for as long as that one could still come back, and nowhere else: no event, table or file of results
has it. The saved state of a stream has, so that a run that was cut off can go on; it ends with the run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from analytics.appearance import Appearance, AppearanceState, likeness
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Observation,
    Said,
    SeenPerson,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from config.quantities import Fraction, PositiveSeconds
from domain.events import VisitEnded, VisitorSeen

# Views of one person are looked at no more often: they would say the same again.
_LOOK_EVERY = timedelta(seconds=0.4)
# Who was here last is remembered; more of them look alike anyway.
_REMEMBERED = 300


class VisitorsSettings(StageSettings):
    """Who comes back within a while."""

    once: ClassVar[bool] = True

    kind: Literal["visitors"] = "visitors"
    return_s: PositiveSeconds = Field(
        default=600.0,
        description="Who is away for longer is somebody new; clothes are remembered for no longer",
    )
    least_likeness: Annotated[Fraction, Field(gt=0)] = Field(
        default=0.9, description="So alike the clothes of two visits must be for them to be one visitor's"
    )
    margin: Fraction = Field(
        default=0.04,
        description="And by so much more alike than to anybody else's; otherwise nobody is said to be back",
    )

    def build(self, context: StageContext) -> "VisitorsStage":
        """See `StageSettings.build`."""
        return VisitorsStage(self, context)


class LookState(State):
    """See `Look`."""

    version: Literal[1] = 1
    track_id: int
    last_seen: AwareDatetime
    looked_at: AwareDatetime | None
    appearance: AppearanceState


class KnownState(State):
    """See `Known`."""

    version: Literal[1] = 1
    visitor: int
    visits: int
    gone_at: AwareDatetime
    appearance: AppearanceState


class VisitorsState(State):
    """Who is in view, and who was here a while ago."""

    version: Literal[1] = 1
    open: tuple[LookState, ...]
    known: tuple[KnownState, ...]
    next_visitor: int


@dataclass(slots=True, eq=False)
class Look:
    """What a track in view looks like; `looked_at`: when that was looked at last."""

    last_seen: datetime
    looked_at: datetime | None = None
    appearance: Appearance = field(default_factory=Appearance)


@dataclass(slots=True, eq=False)
class Known:
    """A visitor who was here.

    Attributes:
        visitor: Number of the visitor.
        visits: So many so far.
        gone_at: When the last one ended.
        appearance: On the last one.
    """

    visitor: int
    visits: int
    gone_at: datetime
    appearance: Appearance


class VisitorsStage(Stage[VisitorsState]):
    """Says `VisitorSeen` at the end of each visit, but for those of staff."""

    says = (VisitorSeen,)
    hears = (VisitEnded,)
    state_type = VisitorsState

    def __init__(self, settings: VisitorsSettings, context: StageContext) -> None:
        self._settings = settings
        self._identity = context.identity
        self._return = timedelta(seconds=settings.return_s)
        self._lost_after = timedelta(seconds=context.lost_after_s)
        self._open: dict[int, Look] = {}
        self._known: dict[int, Known] = {}
        self._next_visitor = 1

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Look at what everybody wears."""
        moment = observation.frame.event_time
        for person in observation.persons:
            if person.track_id is not None:
                look = self._open.setdefault(person.track_id, Look(moment))
                look.last_seen = max(look.last_seen, moment)
                self._look(look, person, observation)
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Whose visits those were that have ended; then forget who cannot come back any more."""
        said = list(self._ended(step.heard))
        self._known = {
            number: one for number, one in self._known.items() if step.now - one.gone_at <= self._return
        }
        self._open = {
            track_id: look
            for track_id, look in self._open.items()
            if not step.tracks_end and step.now - look.last_seen <= self._lost_after
        }
        return said

    def finish(self, ending: Ending) -> Sequence[Said]:
        """Whose the last visits were; then forget everybody."""
        said = list(self._ended(ending.heard))
        self._open, self._known = {}, {}
        return said

    def snapshot(self) -> VisitorsState:
        """Who is in view, and who was here."""
        return VisitorsState(
            open=tuple(
                LookState(
                    track_id=track_id,
                    last_seen=look.last_seen,
                    looked_at=look.looked_at,
                    appearance=look.appearance.snapshot(),
                )
                for track_id, look in self._open.items()
            ),
            known=tuple(
                KnownState(
                    visitor=one.visitor,
                    visits=one.visits,
                    gone_at=one.gone_at,
                    appearance=one.appearance.snapshot(),
                )
                for one in self._known.values()
            ),
            next_visitor=self._next_visitor,
        )

    def restore(self, state: VisitorsState) -> None:
        """Who is in view, and who was here."""
        self._open = {
            saved.track_id: Look(saved.last_seen, saved.looked_at, Appearance.restored(saved.appearance))
            for saved in state.open
        }
        self._known = {
            saved.visitor: Known(
                saved.visitor, saved.visits, saved.gone_at, Appearance.restored(saved.appearance)
            )
            for saved in state.known
        }
        self._next_visitor = state.next_visitor

    def _look(self, look: Look, person: SeenPerson, observation: Observation) -> None:
        frame = observation.frame
        soon = look.looked_at is not None and frame.event_time - look.looked_at < _LOOK_EVERY
        if soon or not person.view.parsed or not frame.colors_known or observation.light.monochrome:
            return
        look.looked_at = frame.event_time
        look.appearance.look(person.view, frame.image, observation.light)
        if person.foot.state == "seen":
            place = float(person.foot.x), float(person.foot.y)
            look.appearance.measure(place, float(person.foot.height), observation.floor)

    def _ended(self, heard: Sequence[Said]) -> Iterator[VisitorSeen]:
        for said in heard:
            if isinstance(said, VisitEnded):
                look = self._open.pop(said.track_id, None)
                if said.role != "staff":
                    yield self._whose(said, look.appearance.trimmed() if look else Appearance())

    def _whose(self, visit: VisitEnded, appearance: Appearance) -> VisitorSeen:
        ranked = sorted(
            (-likeness(appearance, one.appearance), one.visitor)
            for one in self._known.values()
            if one.gone_at <= visit.started_at <= one.gone_at + self._return
        )
        best, following = (-ranked[place][0] if place < len(ranked) else 0.0 for place in (0, 1))
        sure = best >= self._settings.least_likeness and best - following >= self._settings.margin
        before = self._known.pop(ranked[0][1]) if sure else None
        visitor = before.visitor if before else self._new_number()
        visits = before.visits + 1 if before else 1
        self._known[visitor] = Known(visitor, visits, visit.event_time, appearance)
        if len(self._known) > _REMEMBERED:
            del self._known[min(self._known, key=lambda number: self._known[number].gone_at)]
        return VisitorSeen(
            event_id=self._identity.event_id("visitor", visit.track_id, visit.started_at),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=visit.event_time,
            time_source=visit.time_source,
            visitor=visitor,
            visit=visits,
            seen="again" if before else "first",
            track_id=visit.track_id,
            started_at=visit.started_at,
            away_s=(visit.started_at - before.gone_at).total_seconds() if before else None,
            likeness=best,
            next_likeness=following,
        )

    def _new_number(self) -> int:
        self._next_visitor += 1
        return self._next_visitor - 1
