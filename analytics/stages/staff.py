"""Staff: told by what they wear, or by the zone they start from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from analytics.clothing import Clothing
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Note,
    Observation,
    RoleKnown,
    Said,
    SeenPerson,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from analytics.stages.ways import TracksSwapped, WayPoint, WaysBegun, WaysSeen
from analytics.worn import Worn, garments_of
from config.floor import ShapeNames
from config.quantities import Fraction, Frames
from domain.events import ColorName, KnownColorName, Role
from domain.geometry import contains


def _says_something(clothes: Mapping[Worn, KnownColorName]) -> Mapping[Worn, KnownColorName]:
    if not clothes:
        raise ValueError(
            "names no garment, so it would match everybody; say what staff wear, as in {coat: red}"
        )
    return clothes


Uniform: TypeAlias = Annotated[Mapping[Worn, KnownColorName], AfterValidator(_says_something)]
"""Garments and their colours, all of which must be worn."""


class StaffSettings(StageSettings):
    """Who is staff. Their visits are stored with `role: staff`, and counts say how many of them there were."""

    once: ClassVar[bool] = True

    kind: Literal["staff"] = "staff"
    wears: tuple[Uniform, ...] = Field(
        default=(),
        description="What staff wear, one or more ways to dress: garments (or upper-body, lower-body) and their colours, all of "
        "which must be seen",
    )
    starts_in: ShapeNames = Field(
        default=(), description="Zones of the camera in which nobody but staff is seen first"
    )
    least_share: Annotated[Fraction, Field(gt=0)] = Field(
        default=0.6,
        description="So sure it must be: of the views that tell these garments' colours, that part shows the colours asked for",
    )
    least_views: Frames = Field(
        default=5, description="Views that must tell, before anybody is staff by clothes"
    )

    @model_validator(mode="after")
    def _tells_somebody(self) -> "StaffSettings":
        if not self.wears and not self.starts_in:
            raise ValueError(
                "says neither what staff wear nor where they start; give `wears` or `starts_in`, or leave it out"
            )
        return self

    @property
    def zones_named(self) -> tuple[str, ...]:
        """See `config.floor.NamesZones`."""
        return self.starts_in

    def build(self, context: StageContext) -> "StaffStage":
        """See `StageSettings.build`."""
        return StaffStage(self, context)


@dataclass(frozen=True, slots=True)
class StaffSeen(Note):
    """How many of the persons of this frame are known to be staff."""

    persons: int


@dataclass(slots=True, eq=False)
class Candidate:
    """What is known of one track.

    Attributes:
        last_seen: When it was seen last.
        way: Number of its way on the floor; None as long as its place is not known.
        role: What was said of it last.
        started_inside: Whether it was seen first in one of the zones.
        told, agreed: Views that tell the colours of a uniform's garments, and those of them with the colours asked for; one
            for each uniform.
    """

    last_seen: datetime
    told: list[int]
    agreed: list[int]
    way: int | None = None
    role: Role = "visitor"
    started_inside: bool = False


class CandidateState(State):
    """See `Candidate`."""

    version: Literal[1] = 1
    track_id: int
    last_seen: AwareDatetime
    told: tuple[int, ...]
    agreed: tuple[int, ...]
    way: int | None
    role: Role
    started_inside: bool


class StaffState(State):
    """Everybody in view."""

    version: Literal[1] = 1
    open: tuple[CandidateState, ...]


class StaffStage(Stage[StaffState]):
    """Says `RoleKnown` when it turns out that somebody is staff, and again should that turn out wrong; `StaffSeen` of each frame.

    Each view votes by itself: it tells of a uniform only if it tells the colours of all its garments. So who is half hidden is
    neither staff nor a visitor by it, and stays what the views before have said.
    """

    says = (RoleKnown, StaffSeen)
    hears = (TracksSwapped, WaysBegun, WaysSeen)
    state_type = StaffState

    def __init__(self, settings: StaffSettings, context: StageContext) -> None:
        self._settings = settings
        self._lost_after = timedelta(seconds=context.lost_after_s)
        self._open: dict[int, Candidate] = {}

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Look at what everybody wears, and at where who is new begins."""
        moment = observation.frame.event_time
        for note in observation.heard:
            if isinstance(note, TracksSwapped):
                self._swap(note)
        seen = {one.track_id: one for one in observation.persons if one.track_id is not None}
        for track_id, person in seen.items():
            candidate = self._open.setdefault(track_id, self._new(moment))
            candidate.last_seen = max(candidate.last_seen, moment)
            self._look(candidate, person)
        said: list[Said] = []
        for note in observation.heard:
            for point in note.points if isinstance(note, WaysBegun | WaysSeen) else ():
                said += self._stand(point, observation)
        said += [known for track_id in seen for known in self._judge(track_id)]
        staff = sum(self._open[track_id].role == "staff" for track_id in seen)
        return [*said, StaffSeen(staff)]

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """Forget who is gone."""
        self._open = {
            track_id: one
            for track_id, one in self._open.items()
            if not step.tracks_end and step.now - one.last_seen <= self._lost_after
        }
        return ()

    def finish(self, ending: Ending) -> Sequence[Said]:
        """Forget everybody."""
        del ending
        self._open = {}
        return ()

    def snapshot(self) -> StaffState:
        """Everybody in view."""
        return StaffState(
            open=tuple(
                CandidateState(
                    track_id=track_id, last_seen=one.last_seen, told=tuple(one.told), agreed=tuple(one.agreed),
                    way=one.way, role=one.role, started_inside=one.started_inside,
                )
                for track_id, one in self._open.items()
            )
        )  # fmt: skip

    def restore(self, state: StaffState) -> None:
        """Everybody in view."""
        self._open = {
            saved.track_id: Candidate(
                saved.last_seen,
                list(saved.told),
                list(saved.agreed),
                saved.way,
                saved.role,
                saved.started_inside,
            )
            for saved in state.open
        }

    def _new(self, moment: datetime) -> Candidate:
        uniforms = len(self._settings.wears)
        return Candidate(moment, [0] * uniforms, [0] * uniforms)

    def _look(self, candidate: Candidate, person: SeenPerson) -> None:
        for place, uniform in enumerate(self._settings.wears if person.view.parsed else ()):
            agrees = agreement(uniform, person.clothing)
            if agrees is not None:
                candidate.told[place] += 1
                candidate.agreed[place] += agrees

    def _swap(self, swapped: TracksSwapped) -> None:
        """Let what is known of each go on under the other's track; what was said of a track stands until it is judged again."""
        one, other = self._open.get(swapped.one), self._open.get(swapped.other)
        for track_id, now, before in ((swapped.one, other, one), (swapped.other, one, other)):
            if now is None:
                self._open.pop(track_id, None)
            else:
                last_seen = before.last_seen if before is not None else now.last_seen
                role = before.role if before is not None else "visitor"
                self._open[track_id] = replace(now, last_seen=last_seen, role=role)

    def _stand(self, point: WayPoint, observation: Observation) -> Iterator[RoleKnown]:
        """Somebody's place is known. Where a track goes on with the way of a lost one, it is the same person."""
        candidate = self._open.get(point.track_id)
        if candidate is None or candidate.way == point.way:
            return
        before = next((one for one in self._open.values() if one.way == point.way), None)
        candidate.way = point.way
        if before is not None:
            before.way = None
            candidate.started_inside = before.started_inside
            candidate.told = [one + other for one, other in zip(candidate.told, before.told, strict=True)]
            candidate.agreed = [
                one + other for one, other in zip(candidate.agreed, before.agreed, strict=True)
            ]
        else:
            candidate.started_inside = self._starts_inside(point, observation)
        if candidate.role == "staff":
            yield RoleKnown(candidate.way, point.track_id, "staff")

    def _starts_inside(self, point: WayPoint, observation: Observation) -> bool:
        zones = (zone for zone in observation.floor.zones if zone.name in self._settings.starts_in)
        return any(contains(zone.polygon, point.place) for zone in zones)

    def _judge(self, track_id: int) -> Iterator[RoleKnown]:
        candidate = self._open[track_id]
        role: Role = "staff" if candidate.started_inside or self._is_dressed(candidate) else "visitor"
        if role != candidate.role:
            candidate.role = role
            yield RoleKnown(candidate.way, track_id, role)

    def _is_dressed(self, candidate: Candidate) -> bool:
        least = self._settings.least_views
        return any(
            told >= least and agreed >= self._settings.least_share * told
            for told, agreed in zip(candidate.told, candidate.agreed, strict=True)
        )


def agreement(uniform: Mapping[Worn, ColorName], clothing: Clothing) -> bool | None:
    """Whether a view shows that uniform; None where it does not tell the colour of each of its garments."""
    seen = [_colors(worn, clothing) for worn in uniform]
    if not all(seen):
        return None
    return all(color in colors for color, colors in zip(uniform.values(), seen, strict=True))


def _colors(worn: Worn, clothing: Clothing) -> set[ColorName]:
    parts = garments_of(worn)
    return {one.color for one in clothing.garments if one.part in parts and one.color != "unknown"}
