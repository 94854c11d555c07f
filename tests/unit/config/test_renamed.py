"""Old keys are still read, each with a line that names the new one."""

import json
from pathlib import Path
from typing import Any

import pytest

from config import load_settings
from config.origins import at, nested
from config.reference import ITEM, find
from config.renamed import RENAMED

GIVEN: dict[str, Any] = {
    "parser.name": "m2fp",
    "parser.m2fp_short_edge": 480,
    "parser.m2fp_tiles": 2,
}
"""A value for every old key."""

BESIDE: dict[str, dict[str, Any]] = {
    "parser.m2fp_short_edge": {"parser": {"kind": "m2fp"}},
    "parser.m2fp_tiles": {"parser": {"kind": "m2fp"}},
}
"""What an old key needs beside it to mean something."""


def test_every_old_key_is_tried() -> None:
    assert {".".join(old).replace(f".{ITEM}", ITEM) for old in RENAMED} == set(GIVEN)
    assert [old for old in RENAMED if find(old) is not None] == []


@pytest.mark.parametrize("old", RENAMED, ids=".".join)
def test_an_old_key_in_a_file_sets_the_new_one(old: tuple[str, ...], tmp_path: Path) -> None:
    name, new = ".".join(old), RENAMED[old]
    values = {"log_level": "info", **BESIDE.get(name, {})}
    section = nested(old, GIVEN[name])
    values |= {key: {**values.get(key, {}), **inner} for key, inner in section.items()}
    file = tmp_path / "shop.yaml"
    file.write_text(json.dumps(values), encoding="utf-8")

    settings = load_settings(file, {}, {})

    assert at(settings.model_dump(), new) == GIVEN[name]
    assert settings.notices == (f"{name} ({file}:1) is now called {'.'.join(new)}",)
    assert settings.origin(new) == f"{file}:1"


def test_an_old_variable_sets_the_new_key() -> None:
    settings = load_settings(None, {}, {"FOOTFALL_PARSER__NAME": "lite-cc0"})
    assert settings.parser.kind == "lite-cc0"
    assert settings.notices == ("parser.name (environment FOOTFALL_PARSER__NAME) is now called parser.kind",)


def test_where_both_are_given_the_new_one_holds(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text("parser: {name: m2fp, kind: lite}\n")
    assert load_settings(file, {}, {}).parser.kind == "lite"


def test_a_later_layer_wins_whichever_name_it_uses(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text("parser: {kind: m2fp}\n")
    assert load_settings(file, {}, {"FOOTFALL_PARSER__NAME": "lite-cc0"}).parser.kind == "lite-cc0"
