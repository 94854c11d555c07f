"""The parsers that come with Footfall are held to what their protocol promises."""

from functools import cache

import pytest

from domain.frame import BgrImage
from pipeline.finders.base import FinderSettings
from pipeline.finders.lite.settings import LiteFinderSettings
from pipeline.finders.none import NoFinderSettings
from pipeline.finding import build_parser
from pipeline.parsers.base import HumanParser
from pipeline.parsers.lite.settings import LiteSettings
from tests.contracts.human_parser import ParserContract
from tests.support.clips import demo_picture


@cache
def loaded(settings: LiteSettings, finder: FinderSettings) -> HumanParser:
    """Once for all tests of a class."""
    return build_parser(settings, finder, streams=3)


class _LiteContract(ParserContract):
    settings: LiteSettings
    finder: FinderSettings = NoFinderSettings()

    @pytest.fixture
    def parser(self) -> HumanParser:
        return loaded(self.settings, self.finder)

    @pytest.fixture
    def crowd(self) -> BgrImage:
        return demo_picture()


class TestLite(_LiteContract):
    settings = LiteSettings()


class TestLiteOfCc0(_LiteContract):
    settings = LiteSettings(kind="lite-cc0")


class TestLiteOnTheOtherExecutor(_LiteContract):
    settings = LiteSettings(executor="onnxruntime")


class TestLiteBehindTheFinder(_LiteContract):
    settings = LiteSettings()
    finder = LiteFinderSettings()
