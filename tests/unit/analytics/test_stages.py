"""Footfall's own stages are held to the contract, and the contract finds what breaks it."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import pytest
from hypothesis import given

from analytics.brands import BrandSettings
from analytics.site import Site, Sites
from analytics.snapshots import State
from analytics.stages.base import AnyStage, Observation, Said, Stage, StageContext, StageSettings
from analytics.stages.crossings import CrossingsSettings
from analytics.stages.exposure import ExposureSettings
from analytics.stages.frames import FramesSettings
from analytics.stages.groups import GroupsSettings
from analytics.stages.presence import PresenceSettings
from analytics.stages.staff import StaffSettings
from analytics.stages.totals import TotalsSettings
from analytics.stages.visitors import VisitorsSettings
from analytics.stages.visits import VisitsSettings
from analytics.stages.ways import WaysSettings
from analytics.stages.windows import WindowsSettings
from analytics.stages.zones import ZonesSettings
from domain.events import Event
from tests.contracts.stage import CONTEXT, RANDOMLY, STEPS, StageContract, Step, play, thawed
from tests.support.anatomy import anatomy


class TestFrames(StageContract):
    chosen: ClassVar[StageSettings] = FramesSettings()


class TestVisits(StageContract):
    chosen: ClassVar[StageSettings] = VisitsSettings(min_visit_frames=1, min_visit_s=0)


class TestVisitsWithMinima(StageContract):
    chosen: ClassVar[StageSettings] = VisitsSettings()


class TestWindows(StageContract):
    chosen: ClassVar[StageSettings] = WindowsSettings(lengths_s=(60, 5))


class TestWays(StageContract):
    chosen: ClassVar[StageSettings] = WaysSettings()


class TestCrossings(StageContract):
    chosen: ClassVar[StageSettings] = CrossingsSettings()


class TestZones(StageContract):
    chosen: ClassVar[StageSettings] = ZonesSettings()


class TestStaff(StageContract):
    chosen: ClassVar[StageSettings] = StaffSettings(
        wears=({"upper-body": "red"}, {"coat": "red", "pants": "black"}), starts_in=("hall",), least_views=1
    )


class TestGroups(StageContract):
    chosen: ClassVar[StageSettings] = GroupsSettings(near_m=9, together_s=0.2, together_share=0.01)


class TestExposure(StageContract):
    chosen: ClassVar[StageSettings] = ExposureSettings(
        window_s=5, brands=(BrandSettings(name="acme", colors=("#c8102e",), garment="upper-body"),)
    )


class TestVisitors(StageContract):
    """Looks are in no snapshot, on purpose (ADR 34): going on says of the same visits, under the same ids, whose they may be."""

    chosen: ClassVar[StageSettings] = VisitorsSettings(return_s=60, least_likeness=0.1, margin=0)

    def held(self, stage: AnyStage) -> Any:
        return stage.snapshot()

    def told(self, said: Sequence[Said]) -> list[str]:
        return [one.event_id for one in said if isinstance(one, Event)]

    @RANDOMLY
    @given(steps=STEPS, others=STEPS)
    def test_restoring_forgets_what_was_before(self, steps: list[Step], others: list[Step]) -> None:
        stage, other = self.chosen.build(CONTEXT), self.chosen.build(CONTEXT)
        play(stage, steps)
        play(other, others)
        other.restore(stage.snapshot())
        # Numbers of a site never go back: other streams may have given them meanwhile.
        assert _without_numbers(other.snapshot()) == _without_numbers(stage.snapshot())


def _without_numbers(state: State) -> dict[str, Any]:
    return state.model_dump(exclude={"next_of_site"})


class TestVisitorsOfASite(TestVisitors):
    chosen: ClassVar[StageSettings] = VisitorsSettings(return_s=60, least_likeness=0.1, margin=0, site="mall")

    @pytest.fixture(autouse=True)
    def _each_stage_has_a_site_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Sites, "get", lambda _, name, rules: Site(name, rules))


class TestPresence(StageContract):
    chosen: ClassVar[StageSettings] = PresenceSettings(interval_s=10, columns=8)


class TestTotals(StageContract):
    chosen: ClassVar[StageSettings] = TotalsSettings()


class _Settings(StageSettings):
    kind: Literal["test"] = "test"

    def build(self, context: StageContext) -> AnyStage:
        del context
        return _Forgetful()


class _State(State):
    version: Literal[1] = 1
    frames: int


class _Forgetful(Stage[_State]):
    """Counts persons, too, and leaves them out of its snapshot."""

    state_type = _State

    def __init__(self) -> None:
        self._frames = self._persons = 0

    def observe(self, observation: Observation) -> Sequence[Said]:
        self._frames += 1
        self._persons += len(observation.persons)
        return ()

    def snapshot(self) -> _State:
        return _State(frames=self._frames)

    def restore(self, state: _State) -> None:
        self._frames = state.frames


ONE_PERSON = [Step("observe", 0.2, ((1, 0),), None, signal=True)]


def test_an_attribute_that_is_left_out_is_found() -> None:
    stage = _Settings().build(CONTEXT)
    play(stage, ONE_PERSON)
    assert anatomy(thawed(stage, _Settings())) != anatomy(stage)


def test_a_function_inside_a_stage_is_found() -> None:
    stage = _Forgetful()
    vars(stage)["_weight"] = len
    with pytest.raises(TypeError, match=r"^_Forgetful\._weight is no plain value: <built-in function len>$"):
        anatomy(stage)
