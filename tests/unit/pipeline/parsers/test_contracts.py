"""The parsers that come with Footfall are held to what their protocol promises."""

from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest

from domain.frame import BgrImage
from pipeline.parsers.base import HumanParser, ParserContext
from pipeline.parsers.lite.settings import LiteSettings
from tests.contracts.human_parser import ParserContract

CLIP = Path(__file__).parents[4] / "cli" / "demo" / "demo.mp4"
AT = 200
"""Three persons are in that picture of the clip."""


@cache
def loaded(settings: LiteSettings) -> HumanParser:
    """Once for all tests of a class."""
    return settings.build(ParserContext(streams=3))


class _LiteContract(ParserContract):
    settings: LiteSettings

    @pytest.fixture
    def parser(self) -> HumanParser:
        return loaded(self.settings)

    @pytest.fixture
    def crowd(self) -> BgrImage:
        with av.open(CLIP) as clip:
            frame = next(frame for index, frame in enumerate(clip.decode(video=0)) if index == AT)
            return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


class TestLite(_LiteContract):
    settings = LiteSettings()


class TestLiteOfCc0(_LiteContract):
    settings = LiteSettings(kind="lite-cc0")


class TestLiteOnTheOtherExecutor(_LiteContract):
    settings = LiteSettings(executor="onnxruntime")
