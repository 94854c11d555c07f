"""`finder` in the settings puts a finder in front of the parser."""

from pathlib import Path

import pytest

from config.settings import Settings
from domain.errors import ModelError
from pipeline.finding import FindThenParse, build_parser
from pipeline.parsers.base import HumanParser, ParserSettings
from pipeline.parsers.lite.parser import LiteParser


def built(finder: object) -> HumanParser:
    settings = Settings.model_validate({"finder": finder, "parser": {"precision": "fp32"}})
    return build_parser(settings.parser, settings.finder, streams=2)


@pytest.mark.parametrize(("kind", "finds"), [("lite", True), ("lite-cc0", False)])
def test_without_being_asked_for_it_is_what_suits_the_parser(kind: str, finds: bool) -> None:
    settings = Settings.model_validate({"parser": kind})
    parser = build_parser(settings.parser, settings.finder, streams=1)
    assert isinstance(parser, FindThenParse if finds else LiteParser)


def test_who_wants_none_gets_none() -> None:
    assert isinstance(built("none"), LiteParser)


def test_of_a_parser_that_says_nothing_about_it_there_is_none() -> None:
    assert ParserSettings(kind="somebodys").suited_finder == "none"


@pytest.mark.parametrize("given", ["lite", "auto", {"kind": "lite", "least_score": 0.4}])
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
