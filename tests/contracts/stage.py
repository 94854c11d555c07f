"""What every stage promises: nothing it remembers is left out of its snapshot, and going on from one is never having stopped.

A stage, also one of a package from outside, is held to it by a subclass of `StageContract` that names its settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import TypeAdapter

from analytics.counting import FrameCounts
from analytics.lengths import SkinEvidence
from analytics.snapshots import State, as_json, state_from
from analytics.stages.base import (
    AnyStage,
    Ending,
    Note,
    RoleKnown,
    Said,
    StageContext,
    StageSettings,
    TimeStep,
    VisitBegun,
)
from analytics.stages.ways import WayEnded, WayPoint, WaysSeen
from analytics.timeline import ElapsedTime
from domain.errors import SnapshotError
from domain.events import DerivedLengths, Event, OutfitItem, StreamIdentity, VisitEnded
from tests.support.analytics import PLAN, observation
from tests.support.anatomy import anatomy
from tests.support.events import START
from tests.support.wardrobe import garment, worn

RANDOMLY = settings(
    max_examples=30,
    deadline=None,
    # The same method runs for each subclass, each with settings of its own.
    suppress_health_check=[HealthCheck.differing_executors],
)
CONTEXT = StageContext(StreamIdentity("door"), lost_after_s=3, allowed_lateness_s=2, plan=PLAN)
WARDROBE = (
    worn((garment("coat", "red"), garment("pants", "black", 0.2)), 900, SkinEvidence(arms=30, upper=400)),
    worn((garment("upper-clothes", "red", 0.21), garment("hat", "unknown", 0.1, 0.0)), 800),
    worn((garment("dress", "blue", 1 / 3, 0.7),), 700, SkinEvidence(arms=90, upper=300, legs=50, feet=9)),
    worn((), 10, SkinEvidence(trousers=200, legs=100, feet=20)),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a stage.

    Attributes:
        call: Which.
        after_s: Seconds after the step before.
        people: Tracks, and positions in the wardrobe.
        visit_s: Length of a visit that the stage hears of; None where it hears of none.
        signal: Whether the time before it passed with pictures.
    """

    call: str
    after_s: float
    people: tuple[tuple[int, int], ...]
    visit_s: float | None
    signal: bool


STEPS: SearchStrategy[list[Step]] = st.lists(
    st.builds(
        Step,
        call=st.sampled_from(("observe", "observe", "observe", "advance", "jump", "finish")),
        after_s=st.sampled_from((0.2, 0.2, 1 / 3, 1.0, 4.0, 17.0, 70.0, -3.0)),
        people=st.lists(
            st.tuples(st.integers(-1, 3), st.integers(0, len(WARDROBE) - 1)),
            max_size=3,
            unique_by=lambda pair: pair[0],
        ).map(tuple),
        visit_s=st.none() | st.sampled_from((0.0, 0.4, 12.5)),
        signal=st.booleans(),
    ),
    max_size=12,
)


def play(stage: AnyStage, steps: Sequence[Step], begin: int = 0, end: int | None = None) -> list[Said]:
    """Make the calls from one position of a history to another; what the stage says."""
    said: list[Said] = []
    moment = START
    for index, step in enumerate(steps[:end]):
        elapsed = ElapsedTime(moment, moment + timedelta(seconds=step.after_s), step.signal)
        moment += timedelta(seconds=step.after_s)
        if index >= begin:
            said += _call(stage, step, moment, elapsed if step.after_s > 0 else None)
    return said


def _call(stage: AnyStage, step: Step, moment: datetime, elapsed: ElapsedTime | None) -> Sequence[Said]:
    heard = _heard(step, moment)
    if step.call == "observe":
        people = {track: WARDROBE[place] for track, place in step.people}
        heard = (*heard, *_walked(step, moment))
        return stage.observe(observation(moment, people, heard, elapsed=elapsed))
    if step.call == "finish":
        return stage.finish(Ending("stream-end", moment, "camera", FrameCounts(3, 1, 0), heard))
    return stage.advance(TimeStep(moment, "camera", elapsed, step.call == "jump", heard))


def _walked(step: Step, moment: datetime) -> tuple[Said, ...]:
    """Somebody's place, which depends on what that person wears, so that it is on both sides of all there is."""
    points = tuple(
        WayPoint(
            way=track, track_id=track, x=40.0 + 60 * place, y=120.0, height=140.0, foot="seen", confidence=0.9,
            metres=None, speed_m_s=None, unseen_s=0.0, joined=False,
        )
        for track, place in step.people
        if track >= 0
    )  # fmt: skip
    return (WaysSeen(moment, "camera", points),)


def _heard(step: Step, moment: datetime) -> tuple[Said, ...]:
    if step.visit_s is None:
        return ()
    began = moment - timedelta(seconds=step.visit_s)
    coat = OutfitItem(part="coat", color="red", share=1, color_share=1, confidence=1)
    visit = VisitEnded(
        event_id=f"visit at {moment}", stream_id="door", event_time=moment, time_source="camera", track_id=1,
        started_at=began, duration_s=step.visit_s, frames=3, ended_by="lost", outfit=(coat,), derived=DerivedLengths(),
    )  # fmt: skip
    role = RoleKnown(1, 1, "staff" if step.visit_s else "visitor")
    return VisitBegun(began), visit, role, WayEnded(1, "lost")


def words(said: Sequence[Said]) -> list[str]:
    """What was said, byte by byte."""
    return [f"{type(one).__name__} {TypeAdapter(type(one)).dump_json(one).decode()}" for one in said]


def thawed(stage: AnyStage, settings: StageSettings) -> AnyStage:
    """Another stage that goes on from a snapshot of this one, by way of JSON."""
    other = settings.build(CONTEXT)
    other.restore(stage.state_type.model_validate_json(stage.snapshot().model_dump_json()))
    return other


class StageContract:
    """Every stage is held to this."""

    chosen: ClassVar[StageSettings]

    def held(self, stage: AnyStage) -> Any:
        """All that going on needs, as values that compare."""
        return anatomy(stage)

    def told(self, said: Sequence[Said]) -> list[str]:
        """What must be said again by one that goes on."""
        return words(said)

    @RANDOMLY
    @given(steps=STEPS)
    def test_a_snapshot_leaves_nothing_out(self, steps: list[Step]) -> None:
        stage = self.chosen.build(CONTEXT)
        play(stage, steps)
        assert self.held(thawed(stage, self.chosen)) == self.held(stage)

    @RANDOMLY
    @given(steps=STEPS, data=st.data())
    def test_going_on_from_a_snapshot_is_never_having_stopped(
        self, steps: list[Step], data: st.DataObject
    ) -> None:
        cut = data.draw(st.integers(0, len(steps)))
        whole, stage = self.chosen.build(CONTEXT), self.chosen.build(CONTEXT)
        before = play(stage, steps, 0, cut)
        after = play(thawed(stage, self.chosen), steps, cut)
        assert self.told(before + after) == self.told(play(whole, steps))

    @RANDOMLY
    @given(steps=STEPS, others=STEPS)
    def test_restoring_forgets_what_was_before(self, steps: list[Step], others: list[Step]) -> None:
        stage, other = self.chosen.build(CONTEXT), self.chosen.build(CONTEXT)
        play(stage, steps)
        play(other, others)
        other.restore(stage.snapshot())
        assert self.held(other) == self.held(stage)

    @RANDOMLY
    @given(steps=STEPS, others=STEPS)
    def test_what_follows_does_not_change_a_snapshot(self, steps: list[Step], others: list[Step]) -> None:
        stage, other = self.chosen.build(CONTEXT), self.chosen.build(CONTEXT)
        play(stage, steps)
        snapshot = stage.snapshot()
        saved = snapshot.model_dump_json()
        other.restore(snapshot)
        play(stage, others)
        play(other, others)
        assert snapshot.model_dump_json() == saved

    def test_its_state_is_frozen_and_versioned(self) -> None:
        state_type = self.chosen.build(CONTEXT).state_type
        assert issubclass(state_type, State)
        assert state_type.model_config.get("frozen")
        assert isinstance(state_type.model_fields["version"].default, int)

    def test_a_state_of_another_version_is_refused(self) -> None:
        stage = self.chosen.build(CONTEXT)
        version = stage.state_type.model_fields["version"].default
        saved = as_json(stage.snapshot()) | {"version": version + 1}
        with pytest.raises(SnapshotError) as caught:
            state_from(stage.state_type, saved, of="stage this")
        assert str(caught.value) == (
            f"the saved state of stage this has version {version + 1}, this Footfall reads {version}; begin this stream "
            "anew, or go on with the Footfall and the settings that saved it"
        )

    @RANDOMLY
    @given(steps=STEPS)
    def test_it_says_what_it_promises(self, steps: list[Step]) -> None:
        stage = self.chosen.build(CONTEXT)
        assert all(issubclass(kind, Event | Note) for kind in stage.says)
        assert {type(one) for one in play(stage, steps)} <= set(stage.says)
