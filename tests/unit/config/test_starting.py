"""What `footfall config init` and `footfall config schema` give."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from config import Settings, load_settings
from config.json_schema import settings_schema
from config.reference import keys
from config.starting import starting_file
from tests.support.command import Footfall


def test_it_loads_as_it_is_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(starting_file(), encoding="utf-8")
    loaded = load_settings(file, {}, {})
    assert loaded.model_dump(exclude={"cameras"}) == Settings().model_dump(exclude={"cameras"})
    assert [camera.id for camera in loaded.cameras] == ["synthetic"]


def test_what_is_commented_out_are_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(re.sub(r"^( *)#(\w+:)", r"\1\2", starting_file(), flags=re.MULTILINE), encoding="utf-8")
    loaded = load_settings(file, {}, {})
    kept = {"cameras", "sources"}
    assert loaded.model_dump(exclude=kept) == Settings().model_dump(exclude=kept)
    assert loaded.origin(("analytics", "visits", "min_visit_s")) is not None
    assert loaded.cameras[0].sampling.fps == 8


def test_every_key_that_holds_by_default_is_in_it() -> None:
    text = starting_file()
    for key in keys():
        if len(key.path) == 1 or (key.path[0] in {"sampling", "output", "buffer"} and key.plain):
            assert re.search(rf"^ *#?{key.path[-1]}:", text, re.MULTILINE), key.name


def test_init_writes_a_new_file_and_none_over_an_old_one(tmp_path: Path, footfall: Footfall) -> None:
    file = tmp_path / "shop.yaml"
    written = footfall("config", "init", file)
    assert written.code == 0
    assert written.out == f"wrote {file}; check it with: footfall check-config {file}\n"
    assert footfall("check-config", file).code == 0
    again = footfall("config", "init", file)
    assert (again.code, again.err) == (2, f"footfall: {file} is there already: name a new file\n")
    assert footfall("config", "init").out == file.read_text(encoding="utf-8")


def resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    return schema["$defs"][reference.rpartition("/")[2]] if reference else part


def test_the_schema_knows_every_kind_with_its_keys(footfall: Footfall) -> None:
    schema = json.loads(footfall("config", "schema").out)
    assert schema == settings_schema()
    assert set(schema["properties"]) == set(Settings.model_fields)
    assert schema["additionalProperties"] is False
    kinds = [resolved(schema, part) for part in schema["properties"]["parser"]["anyOf"]]
    assert [sorted(kind["properties"])[:1] for kind in kinds if "properties" in kind] == [
        ["executor"],
        ["executor"],
        ["card"],
    ]
    kafka = schema["properties"]["sinks"]["properties"]["kafka"]["anyOf"][0]
    assert resolved(schema, kafka)["required"] == ["bootstrap_servers"]
    assert {
        part.get("type") for part in schema["properties"]["pictures"]["properties"]["masks"]["anyOf"]
    } == {
        None,
        "boolean",
        "null",
    }


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    schema = settings_schema()
    references = re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(schema))
    assert references
    assert set(references) <= set(schema["$defs"])


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTFALL_LOG_LEVEL", raising=False)
