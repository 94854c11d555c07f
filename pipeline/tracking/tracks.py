"""What is remembered of each person: one row of a plain array, and the same as values fit for JSON."""

from typing import Annotated, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from analytics.snapshots import State
from pipeline.tracking.kalman import Floats, Motion
from pipeline.tracking.silhouettes import PARTS, PLACES, Silhouettes

TRACK = np.dtype(
    [
        # 0 while it is not confirmed.
        ("track_id", np.int64),
        # In which it was seen, 1 or more.
        ("frames", np.int64),
        # Media time of the last of them.
        ("seen_s", np.float64),
        # See Motion.
        ("box", np.float64, 4),
        ("speed", np.float64, 4),
        ("variance", np.float64, (2, 3)),
        # See Silhouettes.
        ("seen_box", np.float64, 4),
        ("outline", np.bool_, PLACES),
        ("colors", np.float64, (PARTS, 3)),
        ("weights", np.float64, PARTS),
    ]
)

_NAMES = TRACK.names or ()

Tracks: TypeAlias = npt.NDArray[np.void]
"""Shape (T,), dtype TRACK."""


def motion_of(tracks: Tracks) -> Motion:
    """Their motion; views."""
    return Motion(tracks["box"], tracks["speed"], tracks["variance"])


def silhouettes_of(tracks: Tracks) -> Silhouettes:
    """Their outlines and colours; views."""
    return Silhouettes(tracks["seen_box"], tracks["outline"], tracks["colors"], tracks["weights"])


def write(tracks: Tracks, motion: Motion, silhouettes: Silhouettes) -> None:
    """Put these in the place of what was remembered."""
    tracks["box"], tracks["speed"], tracks["variance"] = motion.boxes, motion.speeds, motion.variances
    tracks["seen_box"], tracks["outline"] = silhouettes.boxes, silhouettes.outlines
    tracks["colors"], tracks["weights"] = silhouettes.colors, silhouettes.weights


_Number = Annotated[float, Field(allow_inf_nan=False)]
_Triple: TypeAlias = tuple[_Number, _Number, _Number]
_Box: TypeAlias = tuple[_Number, _Number, _Number, _Number]


class TrackState(State):
    """One track; fields as in TRACK. The outline is hexadecimal, eight places a byte."""

    version: Literal[1] = 1
    track_id: Annotated[int, Field(ge=0)]
    frames: Annotated[int, Field(ge=1)]
    seen_s: _Number
    box: _Box
    speed: _Box
    variance: tuple[_Triple, _Triple]
    seen_box: _Box
    outline: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{PLACES // 4}}}$")]
    colors: Annotated[tuple[_Triple, ...], Field(min_length=PARTS, max_length=PARTS)]
    weights: Annotated[tuple[_Number, ...], Field(min_length=PARTS, max_length=PARTS)]

    @classmethod
    def of(cls, track: np.void) -> Self:
        """From a row."""
        outline = np.packbits(track["outline"]).tobytes().hex()
        return cls.model_validate({name: track[name].tolist() for name in _NAMES} | {"outline": outline})

    def row(self) -> tuple[object, ...]:
        """As NumPy takes it for one of TRACK."""
        bits = np.unpackbits(np.frombuffer(bytes.fromhex(self.outline), np.uint8)).astype(np.bool_)
        values = self.model_dump() | {"outline": bits}
        return tuple(values[name] for name in _NAMES)


class ByteTrackState(State):
    """Everything that a `ByteTracker` remembers.

    Attributes:
        next_id: The next track to be confirmed gets it.
        time_s: Media time of the last frame; None before the first.
        tracks: In the order in which they began.
    """

    version: Literal[1] = 1
    next_id: Annotated[int, Field(ge=1)]
    time_s: _Number | None
    tracks: tuple[TrackState, ...]

    @classmethod
    def of(cls, tracks: Tracks, next_id: int, time_s: float | None) -> Self:
        """From a tracker's memory."""
        return cls(next_id=next_id, time_s=time_s, tracks=tuple(TrackState.of(track) for track in tracks))

    def array(self) -> Tracks:
        """The tracks as rows."""
        return np.array([track.row() for track in self.tracks], TRACK)


def no_tracks() -> Tracks:
    """Nobody yet."""
    return np.zeros(0, TRACK)


def new_tracks(seen: Silhouettes, now_s: float) -> Tracks:
    """Persons seen for the first time."""
    tracks = np.zeros(len(seen.boxes), TRACK)
    tracks["frames"], tracks["seen_s"] = 1, now_s
    write(tracks, Motion.beginning(seen.boxes), seen)
    return tracks


def shifts(tracks: Tracks, now_s: float) -> Floats:
    """Columns and rows that each has moved since it was seen, by its speed, shape (T, 2)."""
    return np.asarray(tracks["speed"][:, :2] * (now_s - tracks["seen_s"])[:, None])
