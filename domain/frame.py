"""Pictures and the moment they were taken."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

BgrImage: TypeAlias = npt.NDArray[np.uint8]
"""Colour picture, shape (H, W, 3), dtype uint8, channel order B, G, R."""

LabelMap: TypeAlias = npt.NDArray[np.uint8]
"""One small number a pixel, shape (H, W), dtype uint8."""

BoolMask: TypeAlias = npt.NDArray[np.bool_]
"""Shape (H, W), dtype bool."""

Boxes: TypeAlias = npt.NDArray[np.float32]
"""Shape (N, 4), dtype float32, pixels: left, top, right, bottom; right and bottom are one past the last pixel."""

TimeSource = Literal["camera", "arrival", "file"]
"""Where an event time comes from: the camera's own clock (RTCP), the clock of this machine, or recording start + media time."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One sampled picture of a stream.

    Attributes:
        stream_id: Name of the camera or recording.
        index: Position among all frames that the source has read since it was opened, from 0, the skipped ones counted.
        sample_index: Position among the frames that the source has sampled, from 0. A step of more than one between two frames that
            follow each other says that the buffer dropped what lay between.
        image: Shape (H, W, 3) uint8 BGR, read-only: it is shared by every stage that follows.
        media_time_s: Seconds since the first frame of the recording, or of the connection to a camera; never decreasing.
        event_time: When it happened, UTC.
        time_source: What `event_time` rests on.
        name: File name without its ending where the picture is one of a folder, else None.
        frames_damaged: Damaged pictures that the source has left out since it was opened, counted in `index` too.
        colors_known: False where the colours of the picture cannot be relied on, for example because it is coded for a kind of
            screen that nobody here can imitate.
        may_wait: Whether a live source can keep what follows until there is room for this picture, because it is not late yet.

    Raises:
        ValueError: The image is not (H, W, 3) uint8, or the event time carries no time zone.
    """

    stream_id: str
    index: int
    sample_index: int
    image: BgrImage
    media_time_s: float
    event_time: datetime
    time_source: TimeSource
    name: str | None = None
    frames_damaged: int = 0
    colors_known: bool = True
    may_wait: bool = False

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"image must be (H, W, 3) uint8, got {self.image.shape} {self.image.dtype}")
        if self.event_time.utcoffset() is None:
            raise ValueError(f"event_time must carry a time zone, got {self.event_time.isoformat()}")
        object.__setattr__(self, "event_time", self.event_time.astimezone(UTC))
        self.image.flags.writeable = False

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.image.shape[0])

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.image.shape[1])


@dataclass(frozen=True, slots=True)
class SignalLost:
    """A live source has lost its camera, or a recording pauses. It travels among the frames, in order, and is never dropped.

    Attributes:
        stream_id: Name of the camera or recording.
        event_time: When the last picture was taken (in a recording: was over) or, before the first, when the source began; UTC.
        time_source: What `event_time` rests on.
        reason: One line without any password.
    """

    stream_id: str
    event_time: datetime
    time_source: TimeSource
    reason: str


@dataclass(frozen=True, slots=True)
class SignalRestored:
    """Pictures come again; the next item is the first of them.

    Attributes:
        stream_id: Name of the camera or recording.
        event_time: When the first new picture was taken, UTC.
        time_source: What `event_time` rests on.
        gap_s: Seconds without a picture.
    """

    stream_id: str
    event_time: datetime
    time_source: TimeSource
    gap_s: float


SourceItem: TypeAlias = Frame | SignalLost | SignalRestored
"""What a source yields."""
