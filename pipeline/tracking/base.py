"""What a tracker is, as law."""

from typing import ClassVar, Literal, Protocol

from pydantic import Field, JsonValue

from analytics.snapshots import State
from config.component import Component
from config.quantities import PositiveSeconds
from domain.frame import Frame
from domain.parsing import ParsedFrame, TrackIds


class TrackerSnapshot(State):
    """Everything that a tracker remembers between two frames; `model_dump_json` writes it, `model_validate_json` reads it back.

    Attributes:
        kind: Of the tracker.
        settings: Those that it followed with.
        state: Plain values that only that kind of tracker knows.
    """

    version: Literal[1] = 1
    kind: str
    settings: dict[str, JsonValue]
    state: dict[str, JsonValue]


class Tracker(Protocol):
    """Follows the persons of one stream from frame to frame. One thread, frames in order."""

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        """Give each person of the frame a track.

        Args:
            frame: The picture; its media time decides how far somebody may have walked, whatever the distance of the frames.
            parsed: The parse of that picture.

        Returns:
            Shape (N,) int64: entry i is the track of person i + 1, or UNTRACKED while its track is not confirmed yet. Track ids
            are above 0; a track id is never used again for another person in the same run.
        """
        ...

    def snapshot(self) -> TrackerSnapshot:
        """All that it remembers. Later frames do not change it."""
        ...

    def restore(self, snapshot: TrackerSnapshot) -> None:
        """Go on from there: every later frame gets the track ids that it would have got without the stop.

        Raises:
            SnapshotError: It is another tracker's, was saved with other settings or by another version, or is damaged; nothing has
                changed then.
        """
        ...


class TrackerSettings(Component):
    """Base of the settings of every tracker."""

    group: ClassVar[str] = "footfall.trackers"

    lost_after_s: PositiveSeconds = Field(
        default=2.0,
        description="A visit ends when its person has not been seen for longer than this and twice the distance of pictures",
    )

    def build(self) -> Tracker:
        """A new tracker for one stream."""
        raise NotImplementedError
