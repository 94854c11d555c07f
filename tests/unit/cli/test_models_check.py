"""`footfall models check`, and a card in the place of a parser's name."""

import json
from pathlib import Path

from config.adding import parser_from, settings_from
from tests.support.command import Footfall
from tests.support.networks import card_of


def test_a_card_that_is_right_is_said_to_be(tmp_path: Path, footfall: Footfall) -> None:
    card = card_of(tmp_path)
    outcome = footfall("models", "check", card)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"{card}: own 1 is as its card says; use it with: --parser {card}\n"


def test_what_is_wrong_is_told_line_by_line_and_the_code_is_2(tmp_path: Path, footfall: Footfall) -> None:
    outcome = footfall("models", "check", card_of(tmp_path, licence=None, version=None))
    assert outcome.code == 2
    lines = outcome.err.splitlines()
    assert [line.split(": ")[2] for line in lines] == ["version", "licence"]
    assert all(line.startswith("footfall: own.yaml: ") for line in lines)


def test_a_card_parses_a_recording(tmp_path: Path, footfall: Footfall) -> None:
    clip = Path(__file__).parents[3] / "cli" / "demo" / "demo.mp4"
    outcome = footfall(
        "run",
        clip,
        "--parser",
        card_of(tmp_path),
        "--precision",
        "fp32",
        "--limit-seconds",
        2,
        "--out",
        tmp_path / "out",
    )
    assert outcome.code == 0, outcome.err
    (stream,) = json.loads((tmp_path / "out" / "summary.json").read_text())["streams"]
    assert (stream["parser"]["name"], stream["parser"]["precision"]) == ("own", "fp32")


def test_a_card_may_stand_wherever_a_parser_is_named(tmp_path: Path) -> None:
    card = card_of(tmp_path)
    assert parser_from(str(card)).kind == "onnx"
    assert (
        settings_from({"parser": str(card)}).parser == settings_from({"parser": {"kind": str(card)}}).parser
    )
    settings = settings_from({"service": {"parsers": {"own": {"kind": "onnx", "card": str(card)}}}})
    assert settings.service.parsers["own"].kind == "onnx"
