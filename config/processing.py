"""What happens to the pictures between the sources and the sinks."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from config.quantities import (
    Fraction,
    Frames,
    NetworkPixels,
    PositiveSeconds,
    Seconds,
    Section,
    Threads,
    WindowSeconds,
)

Precision = Literal["auto", "fp32", "bf16"]
Executor = Literal["openvino", "onnxruntime"]


class LiteParserSettings(Section):
    """The embedded parser."""

    name: Literal["lite"] = Field(default="lite", description="Which parser labels the pixels")
    precision: Precision = Field(
        default="auto", description="`auto` takes bf16 where the CPU computes in it, else fp32"
    )
    executor: Executor = Field(default="openvino", description="What runs the network")
    input_width: NetworkPixels = Field(
        default=512, description="Width of the network's input in pixels, a multiple of 32"
    )
    input_height: NetworkPixels = Field(
        default=288, description="Height of the network's input in pixels, a multiple of 32"
    )
    threads: Threads | None = Field(
        default=None, description="Threads of the network; without it, one for each core"
    )

    @model_validator(mode="after")
    def _precision_suits_executor(self) -> Self:
        if self.executor == "onnxruntime" and self.precision == "bf16":
            raise ValueError("precision bf16 needs executor openvino; onnxruntime computes in fp32")
        return self


ParserSettings: TypeAlias = LiteParserSettings
"""The parsers, told apart by `name`. A second one makes this a union with `name` as its discriminator."""


class TrackingSettings(Section):
    """When two persons in two frames are the same, after ByteTrack (Zhang et al., 2022)."""

    confirm_frames: Frames = Field(
        default=3, description="Sampled frames in a row that a person must be seen in before a visit begins"
    )
    lost_after_s: PositiveSeconds = Field(
        default=2.0, description="A visit ends when its person has not been seen for"
    )
    high_score: Fraction = Field(
        default=0.5, description="Persons with at least this score are matched first and may begin a track"
    )
    min_score: Fraction = Field(
        default=0.1,
        description="Persons below this score are left out; between the two they only continue a track",
    )
    min_iou: Fraction = Field(
        default=0.1,
        description="Overlap of predicted and seen box, intersection over union, that makes a match",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_score > self.high_score:
            raise ValueError(
                f"min_score ({self.min_score:g}) must not be above high_score ({self.high_score:g})"
            )
        return self


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
    min_visit_s: Seconds = Field(default=0.0, description="Visits shorter than this are not counted")


class BufferSettings(Section):
    """The hand-over from the readers to the parser."""

    frames: Frames = Field(
        default=8,
        description="Frames that may wait for each source; beyond that a file waits and a camera drops the oldest",
    )
