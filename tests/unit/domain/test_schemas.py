"""The schemas in docs/ are those of the code, and keep the promise of v1."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.schemas import Schema, broken_promises, schemas, text_of, write
from tests.support.shared_data import ROOT

BASELINE = ROOT / "tests" / "golden" / "schemas"
"""The first v1, frozen. Whoever wants to change a file there wants v2."""


def frozen(name: str) -> Schema:
    loaded: Schema = json.loads((BASELINE / name).read_text(encoding="utf-8"))
    return loaded


def test_the_files_in_docs_are_current() -> None:
    folder = ROOT / "docs" / "schemas"
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    assert found == {name: text_of(schema) for name, schema in schemas().items()}, "run: make schemas"


def test_writing_makes_exactly_those_files(tmp_path: Path) -> None:
    write(tmp_path / "new" / "folder")
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == set(schemas())


@pytest.mark.parametrize("name", sorted(path.name for path in BASELINE.glob("*.json")))
def test_v1_keeps_its_promise(name: str) -> None:
    assert broken_promises(frozen(name), schemas()[name]) == []


def test_every_schema_has_a_baseline() -> None:
    assert {path.name for path in BASELINE.glob("*.json")} == set(schemas())


def changed(change: Callable[[Any], object], name: str = "footfall.visits.v1.json") -> list[str]:
    """What the checker says of the frozen schema after that change."""
    new = copy.deepcopy(frozen(name))
    change(new)
    return broken_promises(frozen(name), new)


def test_a_new_property_that_may_be_missing_is_allowed() -> None:
    assert changed(lambda s: s["properties"].update(mood={"type": "string"})) == []
    assert changed(lambda s: s["$defs"]["OutfitItem"]["properties"].update(fit={"type": "string"})) == []


def test_prose_may_change() -> None:
    assert changed(lambda s: s.update(description="better words")) == []
    assert changed(lambda s: s["properties"]["frames"].update(description="better words")) == []


def test_a_definition_may_move() -> None:
    def inline(schema: Schema) -> None:
        schema["properties"]["derived"] = schema["$defs"].pop("DerivedLengths")

    assert changed(inline) == []


def test_a_property_that_goes_is_found() -> None:
    def remove(schema: Schema) -> None:
        del schema["properties"]["frames"]
        schema["required"].remove("frames")

    assert changed(remove) == ["$.frames: removed"]


def test_a_type_that_changes_is_found() -> None:
    assert changed(lambda s: s["properties"]["frames"].update(type="number")) == [
        '$.frames.type: was "integer", is "number"'
    ]


def test_a_limit_that_changes_is_found() -> None:
    assert changed(lambda s: s["properties"]["duration_s"].pop("minimum")) == [
        "$.duration_s.minimum: was 0, is null"
    ]


def test_a_change_deep_inside_is_found_where_it_is_used() -> None:
    problems = changed(lambda s: s["$defs"]["OutfitItem"]["properties"].pop("share"))
    assert "$.outfit.items.share: removed" in problems


def test_a_new_value_of_an_enumeration_is_found() -> None:
    problems = changed(lambda s: s["properties"]["ended_by"]["enum"].append("teleport"))
    assert problems == ['$.ended_by.enum: was ["lost", "stream-end"], is ["lost", "stream-end", "teleport"]']


def test_a_new_required_property_is_found() -> None:
    def require(schema: Schema) -> None:
        schema["properties"]["mood"] = {"type": "string"}
        schema["required"].append("mood")

    assert changed(require) == ["$.mood: required now, but documents of before may lack it"]


def test_a_property_that_becomes_optional_is_found() -> None:
    assert changed(lambda s: s["required"].remove("frames")) == [
        "$.frames: was always there, need not be now"
    ]
