"""The settings of the parser `onnx`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from config.component import Flag
from config.paths import FilePath
from pipeline.parsers.base import HumanParser, NetworkParserSettings, ParserContext
from pipeline.parsers.weights import ParserWeights

_ENDINGS = (".yaml", ".yml")


class OnnxParserSettings(NetworkParserSettings):
    """A network of your own, exported as ONNX or as OpenVINO IR, with a card that says what goes in and what comes out."""

    kind: Literal["onnx"] = "onnx"
    card: Annotated[
        FilePath,
        Flag("--parser-card", help="The card of a network of your own; --parser CARD means the same"),
    ] = Field(description="The card, a YAML file; `footfall models check CARD` says what is wrong with one")

    @classmethod
    def from_text(cls, text: str) -> Mapping[str, Any] | None:
        """The path of a card."""
        return {"kind": "onnx", "card": text} if text.lower().endswith(_ENDINGS) else None

    def build(self, context: ParserContext) -> HumanParser:
        """See `ParserSettings.build`."""
        from pipeline.parsers.onnx.parser import OnnxParser  # noqa: PLC0415 - brings OpenCV along

        return OnnxParser(self, parallel=context.streams)

    @property
    def about(self) -> str:
        """What the card says."""
        from pipeline.parsers.onnx.card import read_card  # noqa: PLC0415 - brings PyYAML along

        return read_card(self.card).about

    @property
    def licence(self) -> str | None:
        """What the card says."""
        from pipeline.parsers.onnx.card import read_card  # noqa: PLC0415 - brings PyYAML along

        return read_card(self.card).licence

    @classmethod
    def weights(cls, kind: str) -> ParserWeights:
        """See `ParserSettings.weights`; each card has its own."""
        return ParserWeights(kind)
