"""Frames: an event for each parsed frame."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from analytics.floor import Floor
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
                persons=tuple(_person(person, observation.floor) for person in observation.persons),
            )
        ]

    def snapshot(self) -> FramesState:
        """Nothing."""
        return FramesState()

    def restore(self, state: FramesState) -> None:
        """Nothing."""


def _person(person: SeenPerson, floor: Floor) -> PersonObserved:
    view, foot = person.view, person.foot
    metres = floor.metres((foot.x, foot.y)) if foot.known else None
    return PersonObserved(
        track_id=person.track_id,
        box=(view.left, view.top, view.right, view.bottom),
        score=view.score,
        garments=person.clothing.garments,
        foot=foot.state,
        foot_x=round(foot.x, 1) if foot.known else None,
        foot_y=round(foot.y, 1) if foot.known else None,
        foot_confidence=foot.confidence,
        floor_x_m=round(metres[0], 3) if metres else None,
        floor_y_m=round(metres[1], 3) if metres else None,
    )
