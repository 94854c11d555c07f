"""Old keys are still read, each with a line that names the new one."""

import json
from pathlib import Path
from typing import Any

import pytest

from config import load_settings
from config.origins import nested
from config.reference import ITEM, find
from config.renamed import RENAMED

GIVEN: dict[str, Any] = {
    "parser.name": "m2fp",
    "parser.m2fp_short_edge": 480,
    "parser.m2fp_tiles": 2,
    "sql": {"url": "sqlite:///shop.db"},
    "kafka": {"bootstrap_servers": ["k:1"], "partitions": 2},
    "output.overlay": False,
    "output.masks": True,
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


def together(*parts: dict[str, Any]) -> str:
    made: dict[str, Any] = {"log_level": "info"}
    for part in parts:
        made |= {key: {**made.get(key, {}), **inner} for key, inner in part.items()}
    return json.dumps(made)


@pytest.mark.parametrize("old", RENAMED, ids=".".join)
def test_an_old_key_in_a_file_means_what_the_new_one_means(old: tuple[str, ...], tmp_path: Path) -> None:
    name, new, file = ".".join(old), RENAMED[old], tmp_path / "shop.yaml"
    beside = BESIDE.get(name, {})

    file.write_text(together(beside, nested(new, GIVEN[name])), encoding="utf-8")
    wanted = load_settings(file, {}, {})
    file.write_text(together(beside, nested(old, GIVEN[name])), encoding="utf-8")
    settings = load_settings(file, {}, {})

    assert settings.model_dump() == wanted.model_dump()
    assert wanted.notices == ()
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
