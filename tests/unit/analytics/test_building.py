"""Which stages a stream has, and in which order."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pytest
from pydantic import Field

from analytics.building import build_analytics
from analytics.snapshots import State, StreamSnapshot
from analytics.stages.base import (
    AnyStage,
    Ending,
    Observation,
    Said,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from analytics.stages.frames import FramesSettings
from analytics.stages.totals import TotalsSettings
from analytics.stages.visits import VisitsSettings
from analytics.stages.windows import WindowsSettings
from config.component import Component
from domain.errors import SettingsError
from domain.events import FrameObserved, VisitEnded, WindowClosed
from tests.contracts.stage import StageContract
from tests.support.outside import LineCrossed, crossing
from tests.support.wardrobe import drawn, walker


class LinesSettings(StageSettings):
    """As a package from outside would bring them along."""

    kind: Literal["lines"] = "lines"
    at_x: int = Field(default=50, description="Where the line stands, pixels from the left")

    def build(self, context: StageContext) -> "LinesStage":
        """See `StageSettings.build`."""
        del context
        return LinesStage(self.at_x)


class LinesState(State):
    version: Literal[1] = 1
    left_of: dict[int, bool]


class LinesStage(Stage[LinesState]):
    """Says who crosses a line."""

    says = (LineCrossed,)
    state_type = LinesState

    def __init__(self, at_x: int) -> None:
        self._at_x = at_x
        self._left_of: dict[int, bool] = {}

    def observe(self, observation: Observation) -> Sequence[Said]:
        said: list[Said] = []
        for person in observation.persons:
            if person.track_id is not None:
                left = person.view.left < self._at_x
                if self._left_of.setdefault(person.track_id, left) != left:
                    said.append(crossing(f"{person.track_id} at {observation.frame.index}"))
                self._left_of[person.track_id] = left
        return said

    def finish(self, ending: Ending) -> Sequence[Said]:
        del ending
        self._left_of = {}
        return ()

    def snapshot(self) -> LinesState:
        return LinesState(left_of=dict(self._left_of))

    def restore(self, state: LinesState) -> None:
        self._left_of = dict(state.left_of)


class TestLines(StageContract):
    chosen: ClassVar[StageSettings] = LinesSettings()


class _EchoSettings(StageSettings):
    """Says what it hears, so that two of them wait for each other."""

    kind: Literal["echo"] = "echo"

    def build(self, context: StageContext) -> AnyStage:
        del context
        return _Echo()


class _Echo(LinesStage):
    says = (LineCrossed,)
    hears = (LineCrossed,)

    def __init__(self) -> None:
        super().__init__(0)

    def advance(self, step: TimeStep) -> Sequence[Said]:
        return step.heard


def walk(settings: dict[str, Component], lefts: Sequence[int], *, stop_at: int | None = None) -> list[str]:
    """Kinds of events that somebody who walks through a stream's frames makes; stopped and restored before a frame if wanted."""
    stream = build_analytics("door", 2.0, settings)
    kinds: list[str] = []
    for index, left in enumerate(lefts):
        if index == stop_at:
            saved = stream.snapshot().model_dump_json()
            stream = build_analytics("door", 2.0, settings)
            stream.restore(StreamSnapshot.from_json(saved))
        frame, parsed = drawn([walker(left)], index)
        kinds += [event.event_type for event in stream.observe(frame, parsed, np.array([7], np.int64))]
    return [*kinds, *[event.event_type for event in stream.finish(len(lefts), len(lefts))]]


def test_a_stage_from_outside_counts_beside_the_others() -> None:
    settings: dict[str, Component] = {
        "entrance": LinesSettings(at_x=100),
        "visits": VisitsSettings(min_visit_s=0),
    }
    lefts = [10, 60, 110, 160, 60]
    kinds = walk(settings, lefts)
    assert kinds == ["frame", "frame", "frame", "crossing", "frame", "frame", "crossing", "visit"]
    assert all(walk(settings, lefts, stop_at=cut) == kinds for cut in range(len(lefts)))


def test_each_stream_has_settings_of_its_own() -> None:
    door = build_analytics("door", 2.0, {"windows": WindowsSettings(lengths_s=(10,))})
    yard = build_analytics("yard", 2.0, {"windows": WindowsSettings(lengths_s=(5, 20))})
    frame, parsed = drawn([walker(10)])
    lengths = []
    for stream in (door, yard):
        stream.observe(frame, parsed, np.array([1], np.int64))
        closed = [event for event in stream.finish(1, 1) if isinstance(event, WindowClosed)]
        lengths.append([event.window_s for event in closed])
    assert lengths == [[10], [5, 20]]


def test_stages_hear_each_other_in_whatever_order_they_are_named() -> None:
    backwards: dict[str, Component] = {
        "totals": TotalsSettings(),
        "windows": WindowsSettings(),
        "visits": VisitsSettings(min_visit_frames=1, min_visit_s=0),
    }
    stream = build_analytics("door", 2.0, backwards)
    frame, parsed = drawn([walker(10)])
    first = stream.observe(frame, parsed, np.array([1], np.int64))
    ended = stream.finish(1, 1)
    assert [type(event) for event in first] == [FrameObserved]
    assert [type(event) for event in ended] == [VisitEnded, WindowClosed, WindowClosed]
    assert [event.visits_ended for event in ended if isinstance(event, WindowClosed)] == [1, 1]
    assert stream.totals().visits == 1


def test_frames_and_totals_are_always_there() -> None:
    stream = build_analytics("door", 2.0, {})
    assert list(stream.snapshot().stages) == ["frames", "totals"]
    named = build_analytics("door", 2.0, {"sums": TotalsSettings(), "pictures": FramesSettings()})
    assert list(named.snapshot().stages) == ["pictures", "sums"]


def test_two_of_what_a_stream_has_one_of_are_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        build_analytics("door", 2.0, {"visits": VisitsSettings(), "regulars": VisitsSettings()})
    assert str(caught.value) == (
        "analytics.visits and analytics.regulars are both of kind visits, of which a stream has one; leave one of them out"
    )


def test_stages_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        build_analytics("door", 2.0, {"one": _EchoSettings(), "other": _EchoSettings()})
    assert str(caught.value) == (
        "analytics: these stages wait for each other: one -> other -> one; leave one of them out"
    )
