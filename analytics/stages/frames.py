"""Frames: an event for each parsed frame."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from analytics.snapshots import State
from analytics.stages.base import Observation, Said, SeenPerson, Stage, StageContext, StageSettings
from domain.events import FrameObserved, PersonObserved


class FramesSettings(StageSettings):
    """Who is seen in each frame, and what they wear."""

    once: ClassVar[bool] = True

    kind: Literal["frames"] = "frames"
    publish: Literal["all", "changed", "none"] = Field(
        default="all",
        description="Which of these events are published: `changed` where other persons are in view, or wear something else, "
        "than in the one before; counts and pictures rest on every frame all the same",
    )

    def build(self, context: StageContext) -> "FramesStage":
        """See `StageSettings.build`."""
        return FramesStage(context)


class FramesState(State):
    """Nothing: no frame depends on another."""

    version: Literal[1] = 1


class FramesStage(Stage[FramesState]):
    """Says `FrameObserved` for every frame."""

    says = (FrameObserved,)
    state_type = FramesState

    def __init__(self, context: StageContext) -> None:
        self._identity = context.identity

    def observe(self, observation: Observation) -> Sequence[Said]:
        """The frame's event."""
        frame = observation.frame
        return [
            FrameObserved(
                event_id=self._identity.event_id("frame", frame.event_time, frame.index),
                stream_id=self._identity.stream_id,
                analysis_id=self._identity.analysis_id,
                event_time=frame.event_time,
                time_source=frame.time_source,
                frame_index=frame.index,
                media_time_s=frame.media_time_s,
                width=frame.width,
                height=frame.height,
                persons=tuple(_person(person) for person in observation.persons),
            )
        ]

    def snapshot(self) -> FramesState:
        """Nothing."""
        return FramesState()

    def restore(self, state: FramesState) -> None:
        """Nothing."""


def _person(person: SeenPerson) -> PersonObserved:
    view = person.view
    return PersonObserved(
        track_id=person.track_id,
        box=(view.left, view.top, view.right, view.bottom),
        score=view.score,
        garments=person.clothing.garments,
    )
