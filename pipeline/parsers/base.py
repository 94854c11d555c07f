"""What a parser is, as law."""

from typing import Protocol

from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo


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
