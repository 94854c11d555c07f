"""The configuration page says what the models say."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from config import Settings
from config.documentation import BEGIN, END, main, renewed, tables
from config.environment import read_environment
from config.reference import keys
from config.registry import Group, group, unregistered
from domain.errors import SettingsError

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "configuration.md"


def test_the_page_holds_every_key_with_its_default() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert renewed(text) == text, "run: python -m config.documentation docs/configuration.md"
    for key in keys():
        # A row, or a part of its own.
        name = key.path[-1]
        assert f"`{name}`" in text or f"`{key.name}`" in text or f".{name}`\n" in text
        if key.plain and key.variable and not key.tells_kind:
            assert f"`{key.variable}`" in text


def test_every_key_is_explained() -> None:
    assert [
        key.name for key in keys() if not key.tells_kind and key.plain and not key.field.description
    ] == []


def test_no_key_has_two_limits_of_which_the_page_tells_the_wrong_one() -> None:
    for key in keys():
        limits = [type(each).__name__ for each in key.field.metadata]
        assert all(limits.count(limit) <= 1 for limit in ("Ge", "Gt", "Le", "Lt")), key.name


def test_a_changed_default_changes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text(encoding="utf-8").replace("| `5` |", "| `6` |"), encoding="utf-8")
    assert renewed(page.read_text(encoding="utf-8")) != page.read_text(encoding="utf-8")
    main([str(page)])
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_a_page_without_a_place_for_the_tables_is_refused() -> None:
    with pytest.raises(SettingsError, match="the page needs the lines"):
        renewed("# nothing")


def test_a_page_is_not_renewed_without_the_rows_of_what_is_not_installed_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{BEGIN}\n{END}", encoding="utf-8")
    monkeypatch.setattr("config.documentation.unregistered", lambda _: ["footfall.sinks: lines"])
    with pytest.raises(
        SettingsError, match=r"^pyproject.toml is newer .* lacks footfall.sinks: lines; run: make setup$"
    ):
        main([str(page)])
    assert page.read_text(encoding="utf-8") == f"{BEGIN}\n{END}"


def test_a_page_is_not_renewed_without_the_rows_of_what_cannot_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{BEGIN}\n{END}", encoding="utf-8")
    why = "kafka (footfall.sinks, of the package footfall) cannot be loaded: ImportError: no such name"

    def with_one_broken(name: str) -> Group:
        there = group(name)
        return replace(there, broken={"kafka": why}) if name == "footfall.sinks" else there

    monkeypatch.setattr("config.documentation.group", with_one_broken)
    with pytest.raises(SettingsError, match=rf"^{re.escape(why)}$"):
        main([str(page)])
    assert page.read_text(encoding="utf-8") == f"{BEGIN}\n{END}"


def test_what_pyproject_names_and_nobody_has_installed_is_known(tmp_path: Path) -> None:
    project = ROOT / "pyproject.toml"
    assert unregistered(project) == []
    added, changed = tmp_path / "added.toml", tmp_path / "changed.toml"
    text = project.read_text(encoding="utf-8")
    added.write_text(
        text.replace('jsonl = "sinks', 'lines = "sinks.lines:Lines"\njsonl = "sinks'), encoding="utf-8"
    )
    changed.write_text(text.replace("sinks.jsonl:JsonlSettings", "sinks.jsonl:Other"), encoding="utf-8")
    assert unregistered(added) == ["footfall.sinks: lines"]
    assert unregistered(changed) == ["footfall.sinks: jsonl"]
    assert unregistered(tmp_path / "none.toml") == []


def test_limits_are_told() -> None:
    assert "| `fps` | number, above 0, at most 240 | `5` | frames per second |" in tables()


def test_keys_and_variables_are_one_to_one() -> None:
    names = {key.variable: key.path for key in keys() if key.variable}
    assert len(set(names)) == len(set(names.values()))
    assert "FOOTFALL_SINKS__KAFKA__BOOTSTRAP_SERVERS" in names
    assert len([key for key in keys() if len(key.path) == 1]) == len(Settings.model_fields)
    assert read_environment(dict.fromkeys(names, ""))[1] == []
