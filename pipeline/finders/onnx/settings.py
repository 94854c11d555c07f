"""The settings of the finder `onnx`."""

from typing import Annotated, Literal

from pydantic import Field

from config.component import BesideNumbers
from config.paths import FilePath
from config.quantities import Fraction, NetworkPixels, as_number
from pipeline.finders.base import FinderContext, FinderSettings, PersonFinder

Layout = Literal["auto", "yolox", "ssd"]
"""What a network's outputs mean."""


class OnnxFinderSettings(FinderSettings):
    """A detector of your own: a YOLOX or an SSD, exported as ONNX or as OpenVINO IR."""

    kind: Literal["onnx"] = "onnx"
    model: Annotated[FilePath, BesideNumbers("what it holds is part of the parser")] = Field(
        description="The exported network: `.onnx`, or `.xml` with its `.bin` beside it"
    )
    layout: Layout = Field(
        default="auto",
        description="What its output is: `yolox` is boxes, objectness and classes at strides 8, 16 and 32, `ssd` is rows of seven "
        "numbers; `auto` tells by the output's shape",
    )
    person_class: Annotated[int, as_number] | None = Field(
        default=None,
        ge=0,
        le=10_000,
        description="Number of the class of persons; without it, 0 of a `yolox` and 1 of an `ssd`",
    )
    least_score: Fraction = Field(default=0.4, description="Whoever scores less is nobody")
    overlap: Fraction = Field(
        default=0.5,
        description="Of two boxes that overlap more than this (intersection over union), the surer one counts",
    )
    input_pixels: NetworkPixels | None = Field(
        default=None,
        description="Size of the picture that the network sees, width times height; without it, that of the export, or 768x448 "
        "where it takes any",
    )

    def build(self, context: FinderContext) -> PersonFinder:
        """See `FinderSettings.build`."""
        from pipeline.finders.onnx.finder import OnnxFinder  # noqa: PLC0415 - brings OpenCV along

        return OnnxFinder(self, context)
