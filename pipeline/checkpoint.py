"""All that a stream remembers behind the parser, after one item and before the next: to go on from in another process."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, ValidationError

from analytics.snapshots import State, StreamSnapshot
from domain.errors import SnapshotError
from domain.frame import TimeSource
from pipeline.floor_counts import FloorCountsState
from pipeline.privacy.gate import GateState
from pipeline.privacy.held import CovererState
from pipeline.tracking.base import TrackerSnapshot
from pipeline.views.best import BestViewsState
from pipeline.views.resting import SightState

_Count = Annotated[int, Field(ge=0)]


class Position(State):
    """Where in its source a stream is: behind the newest item that is wholly dealt with, not the newest that was read.

    Attributes:
        items: How many were dealt with.
        media_time_s: Of the newest picture among them, seconds.
        started_at: Event time of the beginning of a recording.
    """

    version: Literal[1] = 1
    items: _Count = 0
    media_time_s: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    started_at: AwareDatetime | None = None


class PostProcessorState(State):
    """What `PostProcessor` remembers beside tracker and analytics.

    Attributes:
        last_time: Event time of the newest item; None before the first.
        last_source: What that rests on.
        behind: How far the stream's clock is behind that of the machine.
        next_health: When a live stream says next that frames come.
        frames_read, frames_sampled, frames_damaged: Of the source, up to the newest frame.
        frames_parsed: Frames that came here.
        persons: In the newest frame.
        visits: That have ended, in states of before there was a gate, which counts them.
        frame_said: Of `FrameThinner`.
        dark_since: When a run before this one was cut off; None once there was a picture since.
        fault: Why something in here has failed, in one line.
    """

    version: Literal[1] = 1
    last_time: AwareDatetime | None
    last_source: TimeSource
    behind: timedelta
    next_health: AwareDatetime | None
    frames_read: _Count
    frames_sampled: _Count
    frames_damaged: _Count
    frames_parsed: _Count
    persons: _Count
    visits: _Count = 0
    frame_said: str | None
    dark_since: AwareDatetime | None
    fault: str | None


class StreamCheckpoint(State):
    """The state of one stream.

    Attributes:
        stream_id: Name of the stream.
        live: Whether it is a camera.
        position: Where it goes on.
        ended: Whether its last event has been said.
        post_processing, tracker, analytics: Of the three that always have a state.
        pictures: Marks of the frame sinks that have one, by name.
        cover: Of `Coverer`.
        views: Of `BestViews`, where best views alone are parsed.
        gate: Of `EventGate`.
        drawn: Of `FloorPainter`, where it counts.
        sight: What the finder saw when it looked last, where it may rest.
    """

    version: Literal[1] = 1
    stream_id: str
    live: bool
    position: Position
    ended: bool
    post_processing: PostProcessorState
    tracker: TrackerSnapshot
    analytics: StreamSnapshot
    pictures: dict[str, str]
    views: BestViewsState | None = None
    cover: CovererState | None = None
    gate: GateState | None = None
    drawn: FloorCountsState | None = None
    sight: SightState | None = None

    @property
    def items_looked_at(self) -> int:
        """Items of a recording that need not be read again: all that were dealt with, or those before the finder looked last."""
        return self.position.items if self.sight is None else self.sight.items - 1

    @property
    def analysis_id(self) -> str | None:
        """What its numbers belong to."""
        found = self.analytics.settings.get("analysis_id")
        return found if isinstance(found, str) else None

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read one back.

        Raises:
            SnapshotError: The text is none, or of another version.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            where = ".".join(str(step) for step in error.errors()[0]["loc"]) or "its form"
            raise SnapshotError(
                f"the saved state of a stream cannot be read: {where} is wrong; begin the stream anew, or go on with the "
                "Footfall that saved it"
            ) from None
