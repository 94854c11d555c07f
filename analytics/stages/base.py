"""What a stage is: one thing that is counted in a stream, on its own, with settings and a state of its own.

A stream hands every frame to its stages as an `Observation`, and lets time pass for them with a `TimeStep`. What a stage says is an
event, which is published, or a `Note`, which only the stages after it hear. Which stage comes first follows from what each says and
hears, so a stage need not know another by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, TypeVar

from analytics.clothing import Clothing
from analytics.counting import NO_FRAMES, FrameCounts
from analytics.floor import NO_FLOOR, NO_PLAN, Floor, FloorPlan
from analytics.foot import NO_FOOT, Foot
from analytics.illuminant import NEUTRAL, Light
from analytics.site import Sites
from analytics.snapshots import State
from analytics.timeline import ElapsedTime
from config.component import Component
from domain.events import Event, Role, StreamIdentity
from domain.frame import Frame, TimeSource
from domain.parsing import PersonView


@dataclass(frozen=True, slots=True)
class Note:
    """Base of what a stage says to the stages after it, and to nobody else."""


@dataclass(frozen=True, slots=True)
class VisitBegun(Note):
    """A track has become a visit.

    Attributes:
        started_at: Its first frame.
    """

    started_at: datetime


@dataclass(frozen=True, slots=True)
class TrackEnded(Note):
    """A confirmed track is over, whether it was a visit or not.

    Attributes:
        last_seen: Its last frame.
    """

    last_seen: datetime


@dataclass(frozen=True, slots=True)
class RoleKnown(Note):
    """It is known, or known better, who somebody is.

    Attributes:
        way: Number of the way on the floor; None as long as there is none.
        track_id: The track.
        role: Who it is.
    """

    way: int | None
    track_id: int
    role: Role


Said: TypeAlias = Event | Note
"""What a stage says: events are published, notes are not."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenPerson:
    """One person of a frame that counts.

    Attributes:
        track_id: The track; None while it is not confirmed.
        view: Box, score, and the person's pixels of the label map.
        clothing: What this person wears.
        foot: Where this person stands.
    """

    track_id: int | None
    view: PersonView
    clothing: Clothing
    foot: Foot = NO_FOOT


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a parsed frame has come to.

    Attributes:
        frame: The frame. Its picture may be looked at, not kept.
        persons: Everybody who counts, in the order of the parser.
        counts: Frames since the observation before.
        elapsed: Time that is now known to have passed; None where none is.
        heard: What the stages before this one have said of the same frame.
        floor: Lines and zones in a picture of this size.
        light: In which the frame was taken.
    """

    frame: Frame
    persons: Sequence[SeenPerson]
    counts: FrameCounts
    elapsed: ElapsedTime | None
    heard: Sequence[Said]
    floor: Floor = NO_FLOOR
    light: Light = NEUTRAL


@dataclass(frozen=True, slots=True)
class TimeStep:
    """How far time has come, after a frame or without one.

    Attributes:
        now: The newest event time.
        time_source: What it rests on.
        elapsed: Time that is now known to have passed, if no `Observation` of this step has told so already.
        tracks_end: The clock is about to jump far ahead: nobody who is in view now can be followed across that.
        heard: What the stages before this one have said in the same step.
    """

    now: datetime
    time_source: TimeSource
    elapsed: ElapsedTime | None = None
    tracks_end: bool = False
    heard: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """Everything that is open has to end, because the stream is over or its clock was set back.

    Attributes:
        reason: What visits end by.
        now: The newest event time.
        time_source: What it rests on.
        unparsed: Frames after the last observation.
        heard: What the stages before this one have said of the same ending.
    """

    reason: Literal["lost", "stream-end"]
    now: datetime
    time_source: TimeSource
    unparsed: FrameCounts = NO_FRAMES
    heard: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class StageContext:
    """What a stage is told about the stream it is built for.

    Attributes:
        identity: Name of the stream in all events, and what their ids are made from.
        lost_after_s: A track not seen for longer is over; the tracker's own.
        allowed_lateness_s: How far behind the newest event time a frame may come.
        plan: What the settings say of the camera's floor.
        sites: What it has in common with other streams of the run.
    """

    identity: StreamIdentity
    lost_after_s: float
    allowed_lateness_s: float
    plan: FloorPlan = NO_PLAN
    sites: Sites = field(default_factory=Sites)

    @property
    def stream_id(self) -> str:
        """Name of the stream."""
        return self.identity.stream_id

    @property
    def settled_after(self) -> timedelta:
        """So long after a moment nothing more is expected for it: a visit is known to be over only `lost_after_s` later."""
        return timedelta(seconds=self.allowed_lateness_s + self.lost_after_s)


StageState = TypeVar("StageState", bound=State)


class Stage(Protocol[StageState]):
    """Counts one thing in one stream. One thread, everything in order, no clock but the frames' own.

    The same calls give the same events with the same ids, and a stage that is restored from a snapshot goes on as if it had never
    stopped. A stage keeps no pixels. What it does not care about it leaves to the defaults here.

    Attributes:
        says: Kinds of events and notes that it says.
        hears: Kinds that it listens to; it comes after the stages that say them.
        state_type: Of its snapshots.
    """

    says: ClassVar[tuple[type[Any], ...]] = ()
    hears: ClassVar[tuple[type[Any], ...]] = ()
    state_type: type[StageState]

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Take a parsed frame."""
        del observation
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Time has come so far: end what is over by now. Comes after each frame, and without one."""
        del step
        return ()

    def finish(self, ending: Ending) -> Sequence[Said]:
        """End everything that is open. Frames may follow: then as of a new stream."""
        del ending
        return ()

    def leave(self) -> Sequence[Said]:
        """The stream goes on no more in this process, whether it is over or not; after `finish`, or without it."""
        return ()

    def snapshot(self) -> StageState:
        """All that it remembers; later calls do not change what was returned."""
        ...

    def restore(self, state: StageState) -> None:
        """Remember that, and nothing else."""
        ...


AnyStage: TypeAlias = Stage[Any]


class StageSettings(Component):
    """Base of the settings of all stages, each with a `kind` of its own. `once`: a stream has one stage of that kind at most."""

    group: ClassVar[str] = "footfall.stages"
    once: ClassVar[bool] = False
    needs_every_view: ClassVar[bool] = False
    """Whether it counts wrongly where persons are not parsed in every frame."""

    def build(self, context: StageContext) -> AnyStage:
        """A new stage for one stream."""
        raise NotImplementedError
