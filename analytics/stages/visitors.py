"""Who comes back: visits are joined to estimated visitors by what they wear, before one camera, and before all of a site.

What somebody looks like is kept in memory for as long as that one could still come back, and nowhere else: no event, table or
file has it, and no saved state. So a run that was cut off goes on counting, and takes whoever comes back for somebody new.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from analytics.appearance import Appearance
from analytics.people_colors import PeopleColors, PeopleColorsState
from analytics.remembering import Departure, Joined, JoinRules, Memory
from analytics.site import Site
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Note,
    Observation,
    Said,
    SeenPerson,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
    TrackEnded,
)
from config.floor import ShapeName
from config.quantities import Fraction, PositiveSeconds, Seconds
from domain.events import SiteVisitorSeen, StreamIdentity, VisitEnded, VisitorSeen
from domain.frame import TimeSource

# Views of one person are looked at no more often: they would say the same again.
_LOOK_EVERY = timedelta(seconds=1)
# What `VisitorsSettings.rules` are made of.
_SITE_RULES = ("return_s", "least_likeness", "margin", "least_likeness_between", "overlap_s")


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
    site: ShapeName | None = Field(
        default=None,
        description="Name of the site: visits before all cameras of that name in a run are joined, too; without it, "
        "of this camera only",
    )
    least_likeness_between: Annotated[Fraction, Field(gt=0)] = Field(
        default=0.8, description="So alike they must be before two cameras of a site"
    )
    overlap_s: Seconds = Field(
        default=2.0, description="So long two cameras of a site may see somebody at once"
    )

    @property
    def rules(self) -> JoinRules:
        """When two visits are one visitor's."""
        return JoinRules(
            within=timedelta(seconds=self.return_s),
            least=self.least_likeness,
            least_between=self.least_likeness_between,
            margin=self.margin,
            overlap=timedelta(seconds=self.overlap_s),
        )

    @property
    def site_rules(self) -> Mapping[str, float]:
        """See `config.sites.SharesSite`."""
        return {key: getattr(self, key) for key in _SITE_RULES}

    def build(self, context: StageContext) -> "VisitorsStage":
        """See `StageSettings.build`."""
        return VisitorsStage(self, context)


@dataclass(frozen=True, slots=True)
class SiteTrackEnded(Note):
    """A confirmed track before a camera of that site is over."""

    site: str


class LookState(State):
    """See `Look`; without what that one looks like."""

    version: Literal[2] = 2
    track_id: int
    last_seen: AwareDatetime


class WaitingState(State):
    """A visit about which it is not known yet whose it was in the site; without what that one looked like."""

    version: Literal[1] = 1
    track_id: int
    started_at: AwareDatetime
    ended_at: AwareDatetime
    time_source: TimeSource


class SaidState(State):
    """A visit before another camera, of which this one has said whose it was."""

    version: Literal[1] = 1
    stream_id: str
    track_id: int
    started_at: AwareDatetime


class VisitorsState(State):
    """Who is in view, and how far numbers have come. Nothing of what anybody looks like."""

    version: Literal[2] = 2
    open: tuple[LookState, ...]
    next_visitor: int
    colors: PeopleColorsState
    waiting: tuple[WaitingState, ...]
    next_of_site: int
    said: tuple[SaidState, ...] = ()


@dataclass(slots=True, eq=False)
class Look:
    """What a track in view looks like; `looked_at`: when that was looked at last."""

    last_seen: datetime
    looked_at: datetime | None = None
    appearance: Appearance = field(default_factory=Appearance)


class VisitorsStage(Stage[VisitorsState]):
    """Says `VisitorSeen` at the end of each visit, but for those of staff.

    Of a camera with a site also `SiteVisitorSeen`, once all cameras of the site have come so far: of visits before any of them,
    since whichever is the last to come so far says it.
    """

    says = (VisitorSeen, SiteVisitorSeen, SiteTrackEnded)
    hears = (TrackEnded, VisitEnded)
    state_type = VisitorsState

    def __init__(self, settings: VisitorsSettings, context: StageContext) -> None:
        self._settings = settings
        self._identity = context.identity
        self._lost_after = timedelta(seconds=context.lost_after_s)
        self._settled_after = context.settled_after
        self._open: dict[int, Look] = {}
        self._memory = Memory(settings.rules)
        self._colors = PeopleColors()
        self._site: Site | None = context.sites.get(settings.site, settings.rules) if settings.site else None

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Look at what everybody wears."""
        moment = observation.frame.event_time
        if self._site:
            self._site.enter(self._identity.stream_id)
        for person in observation.persons:
            if person.track_id is not None:
                look = self._open.setdefault(person.track_id, Look(moment))
                look.last_seen = max(look.last_seen, moment)
                self._look(look, person, observation)
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Whose visits those were that have ended; then forget who cannot come back any more."""
        said = list(self._ended(step.heard))
        self._memory.forget(step.now)
        self._open = {
            track_id: look
            for track_id, look in self._open.items()
            if not step.tracks_end and step.now - look.last_seen <= self._lost_after
        }
        if self._site:
            reached = step.now - self._settled_after
            joined = self._site.reached(self._identity.stream_id, reached, step.time_source)
            said += [_of_site(self._site, one, remembered_s) for one, remembered_s in joined]
        return said

    def finish(self, ending: Ending) -> Sequence[Said]:
        """Whose the last visits were; then forget everybody."""
        said = list(self._ended(ending.heard))
        self._open = {}
        self._memory.clear()
        return [*said, *self.leave()]

    def leave(self) -> Sequence[Said]:
        """See `Stage.leave`: the other cameras of the site wait no longer for this one."""
        if self._site is None:
            return ()
        joined = self._site.leave(self._identity.stream_id)
        return [_of_site(self._site, one, remembered_s) for one, remembered_s in joined]

    def snapshot(self) -> VisitorsState:
        """Who is in view, and how far numbers have come."""
        waiting = self._site.pending(self._identity.stream_id) if self._site else ()
        return VisitorsState(
            open=tuple(
                LookState(track_id=track_id, last_seen=look.last_seen) for track_id, look in self._open.items()
            ),
            next_visitor=self._memory.next_visitor,
            colors=self._colors.snapshot(),
            waiting=tuple(
                WaitingState(
                    track_id=one.track_id, started_at=one.started_at, ended_at=one.ended_at, time_source=one.time_source
                )
                for one in waiting
            ),
            next_of_site=self._site.next_visitor if self._site else 1,
            said=tuple(
                SaidState(stream_id=stream_id, track_id=track_id, started_at=started_at)
                for stream_id, track_id, started_at in (self._site.said_by(self._identity.stream_id) if self._site else ())
            ),
        )  # fmt: skip

    def restore(self, state: VisitorsState) -> None:
        """Who is in view, and how far numbers have come. Nobody is remembered."""
        self._open = {saved.track_id: Look(saved.last_seen) for saved in state.open}
        self._memory = Memory(self._settings.rules)
        self._memory.next_visitor = state.next_visitor
        self._colors = PeopleColors.restored(state.colors)
        if self._site:
            self._site.enter(self._identity.stream_id)
            self._site.go_on(state.next_of_site)
            said = [(one.stream_id, one.track_id, one.started_at) for one in state.said]
            self._site.was_said(self._identity.stream_id, said)
            self._site.take_back(
                self._identity.stream_id,
                [
                    Departure(
                        self._identity, saved.track_id, saved.started_at, saved.ended_at, saved.time_source, Appearance()
                    )
                    for saved in state.waiting
                ],
            )  # fmt: skip

    def _look(self, look: Look, person: SeenPerson, observation: Observation) -> None:
        frame = observation.frame
        soon = look.looked_at is not None and frame.event_time - look.looked_at < _LOOK_EVERY
        if soon or not person.view.parsed or not frame.colors_known or observation.light.monochrome:
            return
        look.looked_at = frame.event_time
        gains = self._colors.gains if self._site else None
        look.appearance.look(person.clothing.patches, observation.light, gains)
        if person.foot.state == "seen":
            place = float(person.foot.x), float(person.foot.y)
            look.appearance.measure(place, float(person.foot.height), observation.floor)

    def _ended(self, heard: Sequence[Said]) -> Iterator[Said]:
        for said in heard:
            if isinstance(said, TrackEnded) and self._settings.site:
                yield SiteTrackEnded(self._settings.site)
            elif isinstance(said, VisitEnded):
                look = self._open.pop(said.track_id, None)
                if said.role != "staff":
                    yield self._whose(said, look.appearance.trimmed() if look else Appearance())

    def _whose(self, visit: VisitEnded, appearance: Appearance) -> VisitorSeen:
        mean = appearance.mean_log_light
        if mean is not None:
            self._colors.take(mean)
        departure = Departure(
            self._identity, visit.track_id, visit.started_at, visit.event_time, visit.time_source, appearance
        )
        if self._site:
            self._site.offer(departure)
        return _of_camera(self._identity, self._memory.join(departure))


def _of_camera(identity: StreamIdentity, joined: Joined) -> VisitorSeen:
    visit = joined.departure
    return VisitorSeen(
        event_id=identity.event_id("visitor", visit.track_id, visit.started_at),
        stream_id=identity.stream_id,
        analysis_id=identity.analysis_id,
        event_time=visit.ended_at,
        time_source=visit.time_source,
        visitor=joined.visitor,
        visit=joined.visit,
        seen="again" if joined.before else "first",
        track_id=visit.track_id,
        started_at=visit.started_at,
        away_s=joined.away_s,
        likeness=joined.likeness,
        next_likeness=joined.next_likeness,
    )


def _of_site(site: Site, joined: Joined, remembered_s: float) -> SiteVisitorSeen:
    visit, identity = joined.departure, joined.departure.identity
    return SiteVisitorSeen(
        event_id=identity.event_id("site_visitor", site.name, visit.track_id, visit.started_at),
        stream_id=identity.stream_id,
        analysis_id=identity.analysis_id,
        event_time=visit.ended_at,
        time_source=visit.time_source,
        site=site.name,
        visitor=joined.visitor,
        visit=joined.visit,
        seen="again" if joined.before else "first",
        track_id=visit.track_id,
        started_at=visit.started_at,
        before_stream_id=joined.before.identity.stream_id if joined.before else None,
        away_s=joined.away_s,
        likeness=joined.likeness,
        next_likeness=joined.next_likeness,
        in_doubt=joined.in_doubt,
        remembered_s=remembered_s,
    )
