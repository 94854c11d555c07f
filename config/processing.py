"""What happens to the pictures between the sources and the sinks."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.quantities import (
    Fraction,
    Frames,
    Growth,
    NetworkPixels,
    Pixels,
    PositiveSeconds,
    Seconds,
    Section,
    Threads,
    WindowSeconds,
)

Precision = Literal["auto", "fp32", "bf16", "int8"]
Executor = Literal["openvino", "onnxruntime"]


class ParserSettings(Section):
    """Which parser labels the pixels, and how."""

    name: Literal["lite", "lite-cc0", "m2fp"] = Field(
        default="lite",
        description="Which parser labels the pixels: `lite` comes with Footfall; so does `lite-cc0`, which has learnt from nothing "
        "but CC0 and sees less; `m2fp` is finer and slower, is fetched by `footfall models fetch m2fp`, and is not for commercial "
        "use without an agreement with its authors",
    )
    precision: Precision = Field(
        default="auto",
        description="`auto` takes bf16 where the CPU computes in it, else int8 for `lite`, else fp32; `int8` for `m2fp` comes "
        "after `footfall models quantize m2fp`",
    )
    executor: Executor = Field(default="openvino", description="What runs the network")
    input_pixels: NetworkPixels = Field(
        default=512 * 288,
        description="`lite` and `lite-cc0` only: size of the picture that the network sees, width times height; more finds smaller "
        "people and is slower",
    )
    m2fp_short_edge: Literal[640, 480, 320] = Field(
        default=640,
        description="`m2fp` only: shorter edge of the picture that the network sees; less is faster and coarser",
    )
    m2fp_tiles: Literal[1, 2, 3, 4] = Field(
        default=1,
        description="`m2fp` only: cut the picture into so many overlapping rows and columns, for wide views with small people; "
        "takes the square of it in time",
    )
    threads: Threads | None = Field(
        default=None, description="Threads of the network; without it, one for each core"
    )

    @model_validator(mode="after")
    def _precision_suits_executor(self) -> Self:
        if self.executor == "onnxruntime" and self.precision in {"bf16", "int8"}:
            raise ValueError(
                f"precision {self.precision} needs executor openvino; onnxruntime computes in fp32"
            )
        return self


class TrackingSettings(Section):
    """When two persons in two frames are the same, after ByteTrack (Zhang et al., 2022)."""

    confirm_frames: Frames = Field(
        default=2, description="Sampled frames in a row that a person must be seen in before a visit begins"
    )
    lost_after_s: PositiveSeconds = Field(
        default=2.0, description="A visit ends when its person has not been seen for longer than this"
    )
    least_score: Fraction = Field(
        default=0.4, description="Persons below this score begin no track; they may continue one"
    )
    least_overlap: Fraction = Field(
        default=0.1,
        description="Least overlap (intersection over union) of a person with where it is expected",
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
