"""`finder` in the settings puts a finder in front of the parser."""

from pathlib import Path

import pytest

from config.settings import Settings
from domain.errors import ModelError
from pipeline.finding import FindThenParse, build_parser
from pipeline.parsers.base import HumanParser
from pipeline.parsers.lite.parser import LiteParser


def built(finder: object) -> HumanParser:
    settings = Settings.model_validate({"finder": finder, "parser": {"precision": "fp32"}})
    return build_parser(settings.parser, settings.finder, streams=2)


def test_without_being_asked_for_there_is_none() -> None:
    assert isinstance(build_parser(Settings().parser, Settings().finder, streams=1), LiteParser)


@pytest.mark.parametrize("given", ["lite", {"kind": "lite", "least_score": 0.4}])
def test_the_finder_goes_first(given: object) -> None:
    parser = built(given)
    assert isinstance(parser, FindThenParse)
    assert "finder lite" in parser.info.version
    assert parser.info.precision == "fp32"


def test_a_model_of_ones_own_that_is_missing_is_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "mine.onnx"
    with pytest.raises(ModelError) as refused:
        built({"kind": "onnx", "model": str(missing)})
    assert str(refused.value) == f"finder.model: {missing}: no such file"
