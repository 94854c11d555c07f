"""JSON Schemas of the events, and whether a change to them keeps the promise of v1: a field may be added, never changed or removed.

`python -m domain.schemas` writes them into `docs/schemas/`.
"""

import json
import sys
from collections.abc import Set
from pathlib import Path
from typing import Any, TypeAlias

from domain.events import event_classes

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema, draft 2020-12."""

FOLDER = Path("docs/schemas")

_PROSE = frozenset({"title", "description", "default", "examples"})


def schemas() -> dict[str, Schema]:
    """The schema of each kind of event under its file name, for example `footfall.frames.v1.json`."""
    return {
        f"{event_class.topic}.json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **event_class.model_json_schema(mode="validation"),
        }
        for event_class in event_classes()
    }


def text_of(schema: Schema) -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def broken_promises(old: Schema, new: Schema) -> list[str]:
    """What a consumer of the old schema would stumble over in documents of the new one, one line each; empty if nothing.

    Allowed are new properties, and prose. A property that goes, that changes in any way, or that is no longer always there breaks
    the promise; so does a new value of an enumeration, which an old consumer does not know, and a new required property, which old
    documents in a topic lack.
    """
    return _compare(_resolved(old, old), _resolved(new, new), "$")


def write(folder: Path) -> None:
    """Write one file a kind of event."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(text_of(schema), encoding="utf-8")


def _compare(old: Any, new: Any, where: str) -> list[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        return _compare_objects(old, new, where)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            line
            for i, pair in enumerate(zip(old, new, strict=True))
            for line in _compare(*pair, f"{where}[{i}]")
        ]
    return [] if old == new else [f"{where}: was {_short(old)}, is {_short(new)}"]


def _compare_objects(old: Schema, new: Schema, where: str) -> list[str]:
    problems: list[str] = []
    for key in sorted((old.keys() | new.keys()) - _PROSE - {"required", "properties"}):
        problems += _compare(old.get(key), new.get(key), f"{where}.{key}")
    before, after = old.get("properties", {}), new.get("properties", {})
    problems += [f"{where}.{name}: removed" for name in sorted(before.keys() - after.keys())]
    for name in sorted(before.keys() & after.keys()):
        problems += _compare(before[name], after[name], f"{where}.{name}")
    required = set(old.get("required", ())), set(new.get("required", ()))
    return problems + _compare_required(*required, kept=after.keys(), where=where)


def _compare_required(old: set[str], new: set[str], *, kept: Set[str], where: str) -> list[str]:
    return [f"{where}.{name}: was always there, need not be now" for name in sorted((old - new) & kept)] + [
        f"{where}.{name}: required now, but documents of before may lack it" for name in sorted(new - old)
    ]


def _resolved(node: Any, root: Schema) -> Any:
    """The schema with each reference replaced by what it refers to, so that a changed part is found wherever it is used."""
    if isinstance(node, list):
        return [_resolved(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = root["$defs"][node["$ref"].removeprefix("#/$defs/")]
        return _resolved({**target, **{key: value for key, value in node.items() if key != "$ref"}}, root)
    return {key: _resolved(value, root) for key, value in node.items() if key != "$defs"}


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
