"""The settings of `m2fp`."""

from typing import Annotated, Literal

from pydantic import Field

from config.component import Flag
from config.quantities import as_number
from pipeline.parsers.base import HumanParser, NetworkParserSettings, ParserContext
from pipeline.parsers.weights import ParserWeights

SHORT_EDGE: Literal[640] = 640
"""What the checkpoint was trained for."""

ShortEdge = Literal[640, 480, 320]
"""To which the picture's shorter edge may be scaled, pixels."""


class M2fpSettings(NetworkParserSettings):
    """Finer and slower; fetched by `footfall models fetch m2fp`, not for commercial use without an agreement with its authors."""

    kind: Literal["m2fp"] = "m2fp"
    short_edge: Annotated[
        ShortEdge,
        as_number,
        Flag("--m2fp-short-edge", help="Shorter edge of what m2fp sees; less is faster and coarser"),
    ] = Field(
        default=SHORT_EDGE,
        description="Shorter edge of the picture that the network sees, pixels; less is faster and coarser",
    )
    tiles: Annotated[
        Literal[1, 2, 3, 4],
        as_number,
        Flag(
            "--m2fp-tiles",
            help="Cut the picture into so many rows and columns for m2fp: finds smaller people, slower",
        ),
    ] = Field(
        default=1,
        description="Cut the picture into so many overlapping rows and columns, for wide views with small people; takes the "
        "square of it in time",
    )

    def build(self, context: ParserContext) -> HumanParser:
        """See `ParserSettings.build`."""
        from pipeline.parsers.m2fp.parser import M2fpParser  # noqa: PLC0415 - brings OpenCV along
        from pipeline.parsers.tiling import TiledParser  # noqa: PLC0415

        parser = M2fpParser(self, parallel=context.streams)
        return parser if self.tiles == 1 else TiledParser(parser, self.tiles)

    @classmethod
    def weights(cls, kind: str) -> ParserWeights:
        """See `ParserSettings.weights`."""
        from pipeline.parsers.m2fp.care import M2fpWeights  # noqa: PLC0415 - brings what loads them along

        return M2fpWeights(kind)
