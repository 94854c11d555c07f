"""Old keys are still read, each with a line that names the new one."""

import json
from pathlib import Path
from typing import Any

import pytest

from config import load_settings
from config.origins import nested
from config.reference import ITEM, keys
from config.renamed import RENAMED

GIVEN: dict[str, Any] = {
    "parser.name": "m2fp",
    "parser.m2fp_short_edge": 480,
    "parser.m2fp_tiles": 2,
    "sampling.sample_fps": 2,
    "cameras[].sample_fps": 3,
    "cameras[].keyframes_only": True,
    "cameras[].recorded_at": "2026-11-22T09:00:00+01:00",
    "cameras[].must_start": False,
    "rtsp": {"read_timeout_s": 3},
    "tracking": {"lost_after_s": 4, "growth": 0.5},
    "analytics.windows_s": [5, 30],
    "analytics.allowed_lateness_s": 7,
    "analytics.min_visit_frames": 4,
    "analytics.min_visit_s": 3,
    "analytics.min_presence": 0.7,
    "analytics.min_person_pixels": 9,
    "analytics.min_garment_pixels": 9,
    "analytics.min_garment_share": 0.2,
    "sql": {"url": "sqlite:///shop.db"},
    "kafka": {"bootstrap_servers": ["k:1"], "partitions": 2},
    "output.overlay": False,
    "output.masks": True,
}
"""A value for every old key."""

BESIDE: dict[str, dict[str, Any]] = {
    "parser.m2fp_short_edge": {"parser": {"kind": "m2fp"}},
    "parser.m2fp_tiles": {"parser": {"kind": "m2fp"}},
    "cameras[].sample_fps": {"cameras": {"source": "door.mp4"}},
    "cameras[].keyframes_only": {"cameras": {"source": "door.mp4"}},
    "cameras[].recorded_at": {"cameras": {"source": "door.mp4"}},
    "cameras[].must_start": {"cameras": {"source": "rtsp://cam/1"}},
}
"""What an old key needs beside it to mean something."""


SOURCES = {
    "door.mp4": {"kind": "file", "path": "door.mp4"},
    "rtsp://cam/1": {"kind": "rtsp", "url": "rtsp://cam/1"},
}


def test_every_old_key_is_tried() -> None:
    assert {written(old) for old in RENAMED} == set(GIVEN)
    known = [key.path for key in keys()]
    assert [old for old in RENAMED if old in known] == []


def written(path: tuple[str, ...]) -> str:
    return ".".join(path).replace(f".{ITEM}", ITEM)


def together(*parts: dict[str, Any]) -> str:
    made: dict[str, Any] = {}
    for part in parts:
        made |= {key: {**made.get(key, {}), **inner} for key, inner in part.items()}
    if cameras := made.get("cameras"):
        keys = {name: inner for name, inner in cameras.items() if name != ITEM}
        inner = cameras[ITEM]
        if isinstance(inner.get("source"), dict):  # the keys of a source that `keys` gives as text
            inner = {**inner, "source": {**SOURCES[keys["source"]], **inner["source"]}}
        made["cameras"] = [{**keys, **inner}]
    return json.dumps(made)


@pytest.mark.parametrize("old", RENAMED, ids=".".join)
def test_an_old_key_in_a_file_means_what_the_new_one_means(old: tuple[str, ...], tmp_path: Path) -> None:
    name, new, file = written(old), RENAMED[old], tmp_path / "shop.yaml"
    beside = BESIDE.get(name, {})

    file.write_text(together(beside, nested(new, GIVEN[name])), encoding="utf-8")
    wanted = load_settings(file, {}, {})
    file.write_text(together(beside, nested(old, GIVEN[name])), encoding="utf-8")
    settings = load_settings(file, {}, {})

    assert settings.model_dump() == wanted.model_dump()
    assert settings.model_dump() != load_settings(None, {}, {}).model_dump()
    assert wanted.notices == ()
    ends = [f".{key}" for key in GIVEN[name]] if isinstance(GIVEN[name], dict) else [""]
    place, was = written(new).replace("[]", "[0]"), name.replace("[]", "[0]")
    assert settings.notices == tuple(f"{was}{end} ({file}:1) is now called {place}{end}" for end in ends)
    assert settings.origin(tuple(0 if step == ITEM else step for step in new)) == f"{file}:1"


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
