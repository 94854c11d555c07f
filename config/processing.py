"""What happens to the pictures between the sources and the sinks."""

from typing import Annotated

from pydantic import AfterValidator, Field

from config.quantities import (
    Fraction,
    Frames,
    Growth,
    Pixels,
    PositiveSeconds,
    Seconds,
    Section,
    WindowSeconds,
)


class TrackingSettings(Section):
    """When two persons in two frames are the same, after ByteTrack (Zhang et al., 2022)."""

    confirm_frames: Frames = Field(
        default=2, description="Sampled frames in a row that a person must be seen in before a visit begins"
    )
    lost_after_s: PositiveSeconds = Field(
        default=2.0,
        description="A visit ends when its person has not been seen for longer than this and twice the distance of pictures",
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


def _distinct(windows: tuple[int, ...]) -> tuple[int, ...]:
    if not windows or len(set(windows)) != len(windows):
        raise ValueError("must hold at least one length, and each only once")
    return windows


class AnalyticsSettings(Section):
    """What is counted, and over which time."""

    windows_s: Annotated[tuple[WindowSeconds, ...], AfterValidator(_distinct)] = Field(
        default=(10, 60), description="Lengths of the windows that counts are given for"
    )
    allowed_lateness_s: Seconds = Field(
        default=2.0, description="A window waits so long after its end for late frames before it is closed"
    )
    min_visit_frames: Frames = Field(default=2, description="Persons seen in fewer frames are no visits")
    min_visit_s: Seconds = Field(default=0.5, description="Persons seen for a shorter time are no visits")
    min_person_pixels: Pixels = Field(default=1, description="Smaller persons are not counted")
    min_garment_pixels: Pixels = Field(default=30, description="Smaller patches are speckles, not garments")
    min_garment_share: Fraction = Field(
        default=0.01, description="Patches that cover less of a person's pixels are speckles, not garments"
    )
    min_presence: Fraction = Field(
        default=0.3,
        description="Garments seen in a smaller part of a visit are left out of its outfit; a hat needs at least half",
    )


class BufferSettings(Section):
    """The hand-over from the readers to the parser."""

    frames: Frames = Field(
        default=8,
        description="Frames that may wait for each source; beyond that a file waits and a camera drops the oldest",
    )
