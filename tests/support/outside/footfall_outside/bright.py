"""A parser that takes everything bright for one person in a coat."""

from typing import Literal

import numpy as np
from pydantic import Field

from domain.frame import BgrImage
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.base import HumanParser, ParserContext, ParserSettings
from pipeline.parsers.numbering import numbered


class BrightSettings(ParserSettings):
    """Everything bright is one person in a coat."""

    kind: Literal["bright"] = "bright"
    threshold: int = Field(default=200, ge=0, le=255, description="Grey values above this are a person")

    def build(self, context: ParserContext) -> HumanParser:
        """Nothing to load."""
        del context
        return BrightParser(self.threshold)


class BrightParser:
    """See `HumanParser`."""

    info = ParserInfo("bright", "1.0", "fp32")

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Threshold."""
        is_person = image.mean(axis=2) > self._threshold
        labels = np.where(is_person, np.uint8(BodyPart.COAT), np.uint8(0))
        return numbered(labels, is_person.astype(np.uint8), np.ones(1, np.float32))
