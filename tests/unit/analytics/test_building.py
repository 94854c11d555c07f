"""Which stages a stream has, and in which order."""

from typing import Literal

import numpy as np
import pytest

from analytics.building import build_analytics
from analytics.stages.base import (
    AnyStage,
    Stage,
    StageContext,
    StageSettings,
)
from analytics.stages.frames import FramesSettings, FramesState
from analytics.stages.totals import TotalsSettings
from analytics.stages.visits import VisitsSettings
from analytics.stages.windows import WindowsSettings
from config.component import Component
from domain.errors import SettingsError
from domain.events import FrameObserved, VisitEnded, WindowClosed
from tests.support.outside import LineCrossed
from tests.support.wardrobe import drawn, walker


class _EchoSettings(StageSettings):
    """Says what it hears, so that two of them wait for each other."""

    kind: Literal["echo"] = "echo"

    def build(self, context: StageContext) -> AnyStage:
        del context
        return _Echo()


class _Echo(Stage[FramesState]):
    says = (LineCrossed,)
    hears = (LineCrossed,)
    state_type = FramesState

    def snapshot(self) -> FramesState:
        return FramesState()

    def restore(self, state: FramesState) -> None:
        """Nothing."""


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
