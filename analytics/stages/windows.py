"""Windows: what happened between two round times, for each of several lengths."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from analytics.counting import NO_FRAMES
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Observation,
    Said,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
    VisitBegun,
)
from analytics.tumbling import TumblingWindows, TumblingWindowsState
from config.quantities import WindowSeconds
from domain.events import VisitEnded, WindowClosed
from domain.frame import TimeSource


def _distinct(lengths: tuple[int, ...]) -> tuple[int, ...]:
    if not lengths or len(set(lengths)) != len(lengths):
        raise ValueError("must hold at least one length, and each only once")
    return lengths


WindowLengths: TypeAlias = Annotated[tuple[WindowSeconds, ...], AfterValidator(_distinct)]


class WindowsSettings(StageSettings):
    """Over which time is counted."""

    kind: Literal["windows"] = "windows"
    lengths_s: WindowLengths = Field(
        default=(10, 60), description="Lengths of the windows that counts are given for"
    )

    def build(self, context: StageContext) -> "WindowsStage":
        """See `StageSettings.build`."""
        return WindowsStage(self, context)


class WindowsState(State):
    """The open windows by their length in seconds."""

    version: Literal[1] = 1
    by_length: dict[int, TumblingWindowsState]


class WindowsStage(Stage[WindowsState]):
    """Counts frames, time and visits into windows of all lengths, and says `WindowClosed` when one is over."""

    says = (WindowClosed,)
    hears = (VisitBegun, VisitEnded)
    state_type = WindowsState

    def __init__(self, settings: WindowsSettings, context: StageContext) -> None:
        self._windows = {
            length: TumblingWindows(context.identity, length, context.settled_after)
            for length in sorted(settings.lengths_s)
        }

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Count a frame and the time before it. Nothing is said before `advance`."""
        frame = observation.frame
        for windows in self._windows.values():
            if observation.elapsed is not None:
                windows.add_time(observation.elapsed, frame.time_source)
            windows.add_frame(
                frame.event_time, len(observation.persons), observation.counts, frame.time_source
            )
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """The windows that are over, in the order of their ends, the shorter first."""
        for windows in self._windows.values():
            if step.elapsed is not None:
                windows.add_time(step.elapsed, step.time_source)
            _count_visits(windows, step.heard, step.time_source)
        return _in_order(event for windows in self._windows.values() for event in windows.close(step.now))

    def finish(self, ending: Ending) -> Sequence[Said]:
        """All windows, in the order of their ends, the shorter first."""
        for windows in self._windows.values():
            if ending.unparsed != NO_FRAMES:
                windows.add_unparsed(ending.now, ending.unparsed, ending.time_source)
            _count_visits(windows, ending.heard, ending.time_source)
        return _in_order(event for windows in self._windows.values() for event in windows.close_all())

    def snapshot(self) -> WindowsState:
        """The open windows."""
        return WindowsState(
            by_length={length: windows.snapshot() for length, windows in self._windows.items()}
        )

    def restore(self, state: WindowsState) -> None:
        """The open windows."""
        for length, windows in self._windows.items():
            windows.restore(state.by_length[length])


def _count_visits(windows: TumblingWindows, heard: Sequence[Said], time_source: TimeSource) -> None:
    for said in heard:
        if isinstance(said, VisitBegun):
            windows.add_begun(said.started_at, time_source)
        elif isinstance(said, VisitEnded):
            windows.add_ended(said)


def _in_order(windows: Iterable[WindowClosed]) -> list[WindowClosed]:
    return sorted(windows, key=lambda event: (event.event_time, event.window_s))
