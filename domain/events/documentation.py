"""The parts of `docs/events.md` that follow from the kinds of event.

`python -m domain.events.documentation docs/events.md` renews them.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from domain import pages
from domain.events import Event
from domain.events.registry import OWN_KINDS

_COMMAND = "python -m domain.events.documentation docs/events.md"
_WIDE = 104
_TYPES = {
    "array": "list",
    "boolean": "true or false",
    "date-time": "date and time",
    "integer": "whole number",
    "null": "null",
    "number": "number",
    "object": "object",
    "string": "text",
}


def renewed(page: str) -> str:
    """The page with its generated parts as they are now.

    Raises:
        UsageError: The page lacks the two lines that a part stands between.
    """
    return pages.renewed(page, _PARTS, _COMMAND)


def _kinds() -> str:
    lines = ["| kind | topic | schema | `event_time` is | about |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| [`{kind.kind()}`](#{kind.kind()}) | `{kind.topic}` | [schema](schemas/{kind.topic}.json) | {kind.time} "
        f"| {kind.about} |"
        for kind in OWN_KINDS
    ]
    return "\n".join(lines)


def _examples() -> str:
    shared = _fields(Event)
    parts = [
        "### Fields of every event",
        _field_table({name: field for name, field in shared.items() if name != "event_type"}),
    ]
    for kind in OWN_KINDS:
        own = {name: field for name, field in _fields(kind).items() if name not in shared}
        example = kind.model_validate(kind.example).model_dump(mode="json")
        parts += [f"### {kind.kind()}", (kind.__doc__ or "").strip(), _field_table(own)]
        parts.append(f"```json\n{_json(example)}\n```")
    return "\n\n".join(parts)


def _tables() -> str:
    lines = ["| table | primary key | holds |", "| --- | --- | --- |"]
    for kind in OWN_KINDS:
        holds = kind.table.contents()
        lines += [
            f"| `{name}` | `{', '.join(key)}` | {holds[name]} |"
            for name, key in kind.table.primary_keys().items()
        ]
    return "\n".join(lines)


_PARTS: Mapping[str, Callable[[], str]] = {"kinds": _kinds, "fields": _examples, "tables": _tables}


def _fields(model: type[Event]) -> dict[str, tuple[str, str]]:
    """Value and meaning of each field by its name, those of models inside by their paths."""
    schema = model.model_json_schema()
    return _of_object(schema, schema.get("$defs", {}), "")


def _of_object(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], path: str
) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, value in schema["properties"].items():
        inner = value.get("items", value) if "prefixItems" not in value else value
        found[path + name] = (_words(value), value.get("description", ""))
        if "$ref" in inner:
            definition = definitions[inner["$ref"].removeprefix("#/$defs/")]
            below = f"{path}{name}[]." if "items" in value else f"{path}{name}."
            found[path + name] = (
                found[path + name][0],
                value.get("description", definition.get("description", "")),
            )
            found |= _of_object(definition, definitions, below)
    return found


def _words(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_words(option) for option in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema.get("enum", [schema.get("const")]))
    if "prefixItems" in schema:
        return f"list of {len(schema['prefixItems'])}: {_words(schema['prefixItems'][0])}"
    if "additionalProperties" in schema:
        return "mapping to " + _words(schema["additionalProperties"])
    return _TYPES[schema.get("format") or schema.get("type", "object")]


def _field_table(fields: Mapping[str, tuple[str, str]]) -> str:
    lines = ["| field | value | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | {value} | {meaning} |" for name, (value, meaning) in fields.items()]
    return "\n".join(lines)


def _json(value: JsonValue, indent: str = "") -> str:
    """JSON with an indent of two, and what fits on one line on one line, but for the whole."""
    plain = json.dumps(value, ensure_ascii=False)
    if indent and len(indent + plain) <= _WIDE and _is_leafy(value):
        return plain
    below = indent + "  "
    match value:
        case dict():
            lines = [f"{below}{json.dumps(key)}: {_json(item, below)}" for key, item in value.items()]
            return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
        case list():
            return "[\n" + ",\n".join(below + _json(item, below) for item in value) + f"\n{indent}]"
        case _:
            return plain


def _is_leafy(value: JsonValue) -> bool:
    """Whether there is no list in it."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not any(isinstance(item, list) for item in items)


def main(arguments: list[str]) -> None:
    """Renew the page that is named."""
    page = Path(arguments[0])
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
