"""The settings of `lite` and of `lite-cc0`, which is the same network with other weights."""

from typing import Literal

from pydantic import Field

from config.quantities import NetworkPixels
from pipeline.parsers.base import HumanParser, NetworkParserSettings, ParserContext
from pipeline.parsers.weights import ParserWeights


class LiteSettings(NetworkParserSettings):
    """The parsers that come with Footfall, real-time on a CPU; `lite-cc0` has learnt from nothing but CC0 and sees less."""

    kind: Literal["lite", "lite-cc0"] = "lite"
    input_pixels: NetworkPixels = Field(
        default=512 * 288,
        description="Size of the picture that the network sees, width times height; more finds smaller people and is slower",
    )

    @property
    def suited_finder(self) -> str:
        """`lite` for `lite`. It has learnt from photographs, so `lite-cc0` gets none."""
        return "lite" if self.kind == "lite" else "none"

    def build(self, context: ParserContext) -> HumanParser:
        """See `ParserSettings.build`."""
        from pipeline.parsers.lite.parser import LiteParser  # noqa: PLC0415 - brings OpenCV along

        return LiteParser(self, parallel=context.streams)

    @classmethod
    def weights(cls, kind: str) -> ParserWeights:
        """See `ParserSettings.weights`."""
        from pipeline.parsers.lite.care import LiteWeights  # noqa: PLC0415 - brings what loads them along

        return LiteWeights(kind)
