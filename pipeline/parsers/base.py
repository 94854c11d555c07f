"""What a parser is, as law, and what the settings of one are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Protocol, Self, runtime_checkable

from pydantic import Field, model_validator

from config.component import BesideNumbers, Component, Flag
from config.quantities import Fraction, Frames, Section, Threads
from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo, Scores
from pipeline.parsers.weights import ParserWeights

Executor = Literal["openvino", "onnxruntime"]
Precision = Literal["auto", "fp32", "bf16", "int8"]


class HumanParser(Protocol):
    """Labels every pixel of every person."""

    @property
    def info(self) -> ParserInfo:
        """Name, version and precision."""
        ...

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture of shape (H, W, 3) uint8 BGR, any size. Blocks for the time of one inference. Any thread.

        Label maps have the size of the picture; a picture without persons gives an empty frame.
        """
        ...


@runtime_checkable
class CropParser(HumanParser, Protocol):
    """A parser that looks at pieces of a picture with one person in the middle of each."""

    @property
    def crops_checksum(self) -> str:
        """SHA-256 of what makes the numbers of pieces, as `ParserInfo.checksum` is of whole pictures."""
        ...

    def parse_crops(self, crops: Sequence[BgrImage], odds: Scores | None = None) -> list[ParsedFrame]:
        """Label such pieces, each of shape (2 n, n, 3) uint8 BGR, any sizes. Blocks until all are done. Any thread.

        Args:
            crops: The pieces.
            odds: What the finder says of each, as `Found.odds`: it is weighed with what the piece says.

        Returns:
            One for each, at its size; others than the one in the middle may be in it.
        """
        ...


@dataclass(frozen=True, slots=True)
class ParserContext:
    """What a parser is built for.

    Attributes:
        streams: How many streams will call it at the same time.
    """

    streams: int = 1


Views = Literal["every", "best"]
"""Whether persons are parsed in every frame, or each visit's best views alone."""


class ParserSettings(Component):
    """Base of the settings of every parser."""

    group: ClassVar[str] = "footfall.parsers"

    views: Annotated[
        Views,
        Flag("--views", help="Parse persons in every frame, or the best views of each visit alone"),
    ] = Field(
        default="every",
        description="`every`: persons are parsed in every frame; `best`: the finder looks at every frame, and only the best views "
        "of each visit are parsed, which costs less and is less exact",
    )
    views_per_visit: Frames = Field(default=8, description="With `views: best`: views of a visit at most")
    views_share: Fraction = Field(
        default=0.5,
        description="With `views: best`: parses for each frame at most, on average; to find out whether anybody is there at all, "
        "and for the first view of a visit, up to 16 are borrowed from later frames",
    )

    @property
    def suited_finder(self) -> str:
        """The kind of finder that is taken where none is chosen; `none` for a parser that sees everybody by itself."""
        return "none"

    def build(self, context: ParserContext) -> HumanParser:
        """Load it.

        Raises:
            ModelError: Its weights are missing or damaged, or the machine lacks what is asked for.
            MissingExtra: A library that it needs is not installed.
        """
        raise NotImplementedError

    @property
    def about(self) -> str:
        """What the parser is, in a line."""
        return self.weights(self.kind).about

    @property
    def licence(self) -> str | None:
        """Under which terms its weights may be used, in a line; None where it is not known."""
        return self.weights(self.kind).licence

    @classmethod
    def weights(cls, kind: str) -> ParserWeights:
        """Its weights of that kind, for `footfall models`."""
        return ParserWeights(kind)


class InferenceOptions(Section):
    """How a network is computed."""

    executor: Executor = Field(default="openvino", description="What runs the network")
    precision: Annotated[
        Precision,
        Flag(
            "--precision",
            metavar="auto|fp32|bf16|int8",
            help="What the network computes in; for m2fp int8 comes after footfall models quantize m2fp",
        ),
        BesideNumbers("what the network then computes in is part of the parser"),
    ] = Field(
        default="auto",
        description="`auto` takes bf16 where the CPU computes in it, else int8 where the parser ships with it, else fp32; "
        "the finder `lite` takes int8 wherever the CPU computes in that",
    )
    threads: Annotated[Threads | None, BesideNumbers("they share the work")] = Field(
        default=None, description="Threads of the network; without it, one for each core"
    )


class NetworkParserSettings(InferenceOptions, ParserSettings):
    """Base of the settings of Footfall's own parsers, which run a network on `pipeline.parsers.runtime`."""

    @model_validator(mode="after")
    def _precision_suits_executor(self) -> Self:
        if self.executor == "onnxruntime" and self.precision in {"bf16", "int8"}:
            raise ValueError(
                f"precision {self.precision} needs executor openvino; onnxruntime computes in fp32"
            )
        return self
