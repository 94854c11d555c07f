"""What an operator may turn about `bytetrack`."""

from typing import Literal

from pydantic import Field

from config.quantities import Fraction, Frames, Growth
from pipeline.tracking.base import Tracker, TrackerSettings


class ByteTrackSettings(TrackerSettings):
    """When two persons in two frames are the same."""

    kind: Literal["bytetrack"] = "bytetrack"

    confirm_frames: Frames = Field(
        default=2, description="Sampled frames in a row that a person must be seen in before a visit begins"
    )
    least_score: Fraction = Field(
        default=0.4, description="Persons below this score begin no track; they may continue one"
    )
    least_overlap: Fraction = Field(
        default=0.1,
        description="Least overlap (intersection over union) of a person's grown box with where it is expected",
    )
    growth: Growth = Field(
        default=0.3,
        description="Boxes are grown by this part of their size on every side before they are compared; more for fast walkers",
    )

    def build(self) -> Tracker:
        """A new `ByteTracker`."""
        from pipeline.tracking.bytetrack import ByteTracker  # noqa: PLC0415 - settings are read without NumPy's solver

        return ByteTracker(self)
