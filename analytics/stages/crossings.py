"""Crossings of lines, each counted once.

A foot point is clear of a line where it is further from it than a distance that depends on the person's size and on how sure
the point is. A way is on the other side for certain once it has been clear of the line there for a moment, or is far from it at
once: a single point may err by as much, two in a row hardly do. Between two such places it may go to and fro as often as it
likes: it has crossed the segment where it met it an odd number of times. What meets the endless line beyond the ends of the
segment is no crossing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from analytics.floor import Line, distance_from, side_of
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Observation,
    RoleKnown,
    Said,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from analytics.stages.ways import WayEnded, WayPoint, WaysBegun, WaysSeen
from config.quantities import Fraction, Seconds
from domain.events import Certainty, FootSeen, LineCrossed, Role
from domain.frame import TimeSource
from domain.geometry import Point, along

# Times the distance from which on a place is clear: by so much a single one does not err.
_AT_ONCE = 2.0
# Whoever is clear by less than that many times the distance has to be so for that many times as long.
_HARDLY, _WAIT = 1.35, 6
# So often somebody has met the line at most, for how long it takes to be clear of it.
_MOST_DOUBT = 8


class CrossingsSettings(StageSettings):
    """Who crosses the lines of the camera."""

    once: ClassVar[bool] = True

    kind: Literal["crossings"] = "crossings"
    clear_share: Fraction = Field(
        default=0.12,
        description="Somebody is clear of a line from that part of the own height on (0.12 is about 20 cm on the floor); twice "
        "as far where the feet are estimated",
    )
    settle_s: Seconds = Field(
        default=0.45,
        description="So long somebody must be clear of a line on its other side, for each time it was met; who is twice as far "
        "from it is there at once",
    )
    near_share: Fraction = Field(
        default=0.3,
        description="A track that begins or is lost nearer to a line than that part of the own height is an uncertain crossing",
    )

    def build(self, context: StageContext) -> "CrossingsStage":
        """See `StageSettings.build`."""
        return CrossingsStage(self, context)


class LastPointState(State):
    """Where a way was last; see `LastPoint`."""

    version: Literal[1] = 1
    way: int
    moment: AwareDatetime
    time_source: TimeSource
    track_id: int
    x: float
    y: float
    height: float
    foot: FootSeen
    confidence: float
    metres: tuple[float, float] | None
    speed_m_s: float | None


class PassageState(State):
    """How a way stands to a line; see `Passage`."""

    version: Literal[2] = 2
    way: int
    line: str
    side: int
    clear: int
    clear_since: AwareDatetime | None
    met: int
    met_at: AwareDatetime | None
    met_where: float
    joined: bool
    crossed: bool
    near: bool
    where: float
    born_near: LastPointState | None
    born_where: float


class CrossingsState(State):
    """All ways that go on."""

    version: Literal[1] = 1
    last: dict[int, LastPointState]
    passages: tuple[PassageState, ...]
    roles: dict[int, Role]


@dataclass(slots=True, eq=False)
class Passage:
    """How a way stands to a line.

    Attributes:
        side: Where it was for certain: 1 inside, -1 outside, 0 not known yet.
        clear, clear_since: On which side its last points were clear of the line, 0 on none, and since when.
        met: How often it has met the segment since then.
        met_at, met_where: When and where it met it last; 0 to 1 along it.
        joined: Whether another track has gone on since then.
        crossed: Whether it has crossed the line and has been near it ever since: who is lost then has only just come over.
        near: Whether it is near the segment now.
        where: Where along it that was last.
        born_near: Its first point, if that was near the line, as long as it may yet turn out what it was.
        born_where: Where along the line that was.
    """

    side: int = 0
    clear: int = 0
    clear_since: datetime | None = None
    met: int = 0
    met_at: datetime | None = None
    met_where: float = 0.0
    joined: bool = False
    crossed: bool = False
    near: bool = False
    where: float = 0.0
    born_near: LastPointState | None = None
    born_where: float = 0.0


class CrossingsStage(Stage[CrossingsState]):
    """Says `LineCrossed`."""

    says = (LineCrossed,)
    hears = (WaysBegun, WaysSeen, WayEnded, RoleKnown)
    state_type = CrossingsState

    def __init__(self, settings: CrossingsSettings, context: StageContext) -> None:
        self._settings = settings
        self._settle_after = timedelta(seconds=settings.settle_s)
        self._identity = context.identity
        self._names = tuple(line.name for line in context.plan.lines)
        self._last: dict[int, LastPointState] = {}
        self._passages: dict[tuple[int, str], Passage] = {}
        self._roles: dict[int, Role] = {}

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Take everybody's place."""
        said: list[Said] = []
        if not self._names:
            return said
        for note in observation.heard:
            if isinstance(note, RoleKnown):
                self._roles |= {note.way: note.role} if note.way is not None else {}
            elif isinstance(note, WaysBegun | WaysSeen):
                for point in note.points:
                    said += self._go_on(point, note, observation.floor.lines)
        return said

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Those who were lost near a line."""
        return self._ended(step.heard)

    def finish(self, ending: Ending) -> Sequence[Said]:
        """Forget everybody."""
        said = self._ended(ending.heard)
        self._last, self._passages, self._roles = {}, {}, {}
        return said

    def snapshot(self) -> CrossingsState:
        """How everybody stands to every line."""
        return CrossingsState(
            last=dict(self._last),
            passages=tuple(
                PassageState(
                    way=way, line=line, side=one.side, clear=one.clear, clear_since=one.clear_since, met=one.met,
                    met_at=one.met_at, met_where=one.met_where, joined=one.joined, crossed=one.crossed, near=one.near,
                    where=one.where, born_near=one.born_near, born_where=one.born_where,
                )
                for (way, line), one in self._passages.items()
            ),
            roles=dict(self._roles),
        )  # fmt: skip

    def restore(self, state: CrossingsState) -> None:
        """How everybody stands to every line."""
        self._last, self._roles = dict(state.last), dict(state.roles)
        self._passages = {
            (saved.way, saved.line): Passage(
                side=saved.side, clear=saved.clear, clear_since=saved.clear_since, met=saved.met, met_at=saved.met_at,
                met_where=saved.met_where, joined=saved.joined, crossed=saved.crossed, near=saved.near, where=saved.where,
                born_near=saved.born_near, born_where=saved.born_where,
            )
            for saved in state.passages
        }  # fmt: skip

    def _go_on(
        self, point: WayPoint, note: WaysBegun | WaysSeen, lines: Sequence[Line]
    ) -> Iterator[LineCrossed]:
        before, now = self._last.get(point.way), _last_point(point, note)
        self._last[point.way] = now
        for line in lines:
            passage = self._passages.setdefault((point.way, line.name), Passage())
            if before is not None:
                yield from self._step(line, passage, before, now, joined=point.joined)
                continue
            there = side_of(line, (now.x, now.y))
            passage.side = _sign(there) if abs(there) > self._clear(now) else 0
            self._look(line, passage, there, now)
            passage.born_near = now if passage.near else None
            passage.born_where = passage.where

    def _step(
        self, line: Line, passage: Passage, before: LastPointState, now: LastPointState, *, joined: bool
    ) -> Iterator[LineCrossed]:
        here, there = side_of(line, (before.x, before.y)), side_of(line, (now.x, now.y))
        passage.joined |= joined
        if _sign(here) != _sign(there):
            share = abs(here) / (abs(here) + abs(there))
            place = along(line.begin, line.end, _between((before.x, before.y), (now.x, now.y), share))
            if 0 <= place <= 1:
                passage.met += 1
                passage.met_at, passage.met_where = (
                    before.moment + share * (now.moment - before.moment),
                    place,
                )
        self._look(line, passage, there, now)
        if self._is_settled(passage, there, now):
            yield from self._settle(line.name, passage, _sign(there), now)
        if passage.born_near is not None and not passage.near:
            yield from self._uncertain_birth(line.name, passage)

    def _is_settled(self, passage: Passage, there: float, now: LastPointState) -> bool:
        """Whether it is on one side for certain now, that far from the line."""
        clear, side = self._clear(now), _sign(there)
        if abs(there) <= clear:
            passage.clear, passage.clear_since = 0, None
            return False
        if passage.clear != side or passage.clear_since is None:
            passage.clear, passage.clear_since = side, now.moment
        # Who goes to and fro on the line, or stands right behind it, is likelier to be misjudged several times in a row.
        doubt = min(max(passage.met, 1), _MOST_DOUBT) * (_WAIT if abs(there) <= _HARDLY * clear else 1)
        held = now.moment - passage.clear_since >= doubt * self._settle_after
        return held or passage.side == side or abs(there) > _AT_ONCE * clear

    def _look(self, line: Line, passage: Passage, there: float, now: LastPointState) -> None:
        near = self._settings.near_share * now.height
        # The endless line is never further away than the segment, and is looked at already.
        passage.near = abs(there) <= near and distance_from(line, (now.x, now.y)) <= near
        passage.crossed &= passage.near
        if passage.near:
            passage.where = min(1.0, max(0.0, along(line.begin, line.end, (now.x, now.y))))

    def _settle(self, line: str, passage: Passage, side: int, now: LastPointState) -> Iterator[LineCrossed]:
        """It is on one side for certain now."""
        moment = passage.met_at
        if passage.side not in {0, side} and passage.met % 2 == 1 and moment is not None:
            yield self._event(
                line, side, "joined" if passage.joined else "seen", now, (moment, passage.met_where)
            )
            passage.crossed, passage.born_near = passage.near, None
        passage.side, passage.met, passage.met_at, passage.joined = side, 0, None, False

    def _uncertain_birth(self, line: str, passage: Passage) -> Iterator[LineCrossed]:
        """It began near the line and has stayed on that side: so it may have come from the other."""
        born, passage.born_near = passage.born_near, None
        if born is not None and passage.side:
            yield self._event(line, passage.side, "uncertain", born, (born.moment, passage.born_where))

    def _ended(self, heard: Sequence[Said]) -> list[Said]:
        said: list[Said] = []
        for note in heard:
            if isinstance(note, RoleKnown):
                self._roles |= {note.way: note.role} if note.way is not None else {}
            elif isinstance(note, WayEnded):
                said += self._lost(note)
        return said

    def _lost(self, note: WayEnded) -> Iterator[LineCrossed]:
        last = self._last.pop(note.way, None)
        for line in self._names:
            passage = self._passages.pop((note.way, line), None)
            if passage is None or last is None:
                continue
            if passage.clear:
                # Nothing has spoken against it.
                yield from self._settle(line, passage, passage.clear, last)
            if passage.born_near is not None:
                yield from self._uncertain_birth(line, passage)
            elif note.reason == "lost" and passage.near and passage.side and not passage.crossed:
                yield self._event(line, -passage.side, "uncertain", last, (last.moment, passage.where))
        self._roles.pop(note.way, None)

    def _clear(self, point: LastPointState) -> float:
        """From so many pixels on it is on one side for certain."""
        unsure = 1.0 if point.foot == "seen" else 2.0
        return max(1.0, self._settings.clear_share * point.height * unsure)

    def _event(
        self, line: str, side: int, certainty: Certainty, point: LastPointState, met: tuple[datetime, float]
    ) -> LineCrossed:
        moment, where = met
        metres = point.metres or (None, None)
        return LineCrossed(
            event_id=self._identity.event_id("crossing", line, point.track_id, moment, certainty),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=moment,
            time_source=point.time_source,
            line=line,
            direction="in" if side > 0 else "out",
            certainty=certainty,
            track_id=point.track_id,
            role=self._roles.get(point.way, "visitor"),
            line_position=where,
            x=point.x,
            y=point.y,
            foot=point.foot,
            foot_confidence=point.confidence,
            floor_x_m=metres[0],
            floor_y_m=metres[1],
            speed_m_s=point.speed_m_s,
        )


def _last_point(point: WayPoint, note: WaysBegun | WaysSeen) -> LastPointState:
    return LastPointState(
        way=point.way,
        moment=note.moment,
        time_source=note.time_source,
        track_id=point.track_id,
        x=point.x,
        y=point.y,
        height=point.height,
        foot=point.foot,
        confidence=point.confidence,
        metres=point.metres,
        speed_m_s=point.speed_m_s,
    )


def _sign(distance: float) -> int:
    return 1 if distance > 0 else -1


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])
