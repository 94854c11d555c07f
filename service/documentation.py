"""The tables of `docs/service.md`, the OpenAPI document, and a JSON Schema of every answer.

`python -m service.documentation` renews them.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from pydantic import BaseModel

from domain import pages
from service import postman
from service.answers import ErrorAnswer
from service.app import ROUTERS, make_api
from service.errors import ErrorCode
from service.metrics import families

PAGE = Path("docs/service.md")
SCHEMAS = Path("docs/schemas/service")
_COMMAND = "python -m service.documentation"


def error_table() -> str:
    """Every code, as Markdown."""
    rows = [f"| {code.number} | {code.status} | {code.words} |" for code in ErrorCode]
    return "\n".join(
        ["| `code` | HTTP | meaning |", "| --- | --- | --- |", "| 0 | 200 | It was done |", *rows]
    )


def route_table() -> str:
    """Every address, as Markdown."""
    lines = ["| method, path | does |", "| --- | --- |"]
    for path, methods in make_api().openapi()["paths"].items():
        lines += [f"| {method.upper()} `{path}` | {told['summary']} |" for method, told in methods.items()]
    return "\n".join(lines)


def metric_table() -> str:
    """Every metric, as Markdown. Those that `footfall run` has too are marked."""
    shared = {family.name for family in families(service=False)}
    lines = ["| metric | kind | labels | tells | `footfall run` |", "| --- | --- | --- | --- | --- |"]
    for family in families():
        labels = ", ".join(f"`{label}`" for label in family.labels)
        lines.append(
            f"| `{family.name}` | {family.kind} | {labels} | {family.words} | {'yes' if family.name in shared else ''} |"
        )
    return "\n".join(lines)


def renewed(text: str) -> str:
    """The page with its tables as they are now.

    Raises:
        UsageError: The page lacks the two lines that a table stands between.
    """
    tables = {"routes": route_table, "errors": error_table, "metrics": metric_table}
    return pages.renewed(text, tables, _COMMAND)


def schemas() -> Mapping[str, str]:
    """Every file below `docs/schemas/service`, by its name."""
    found = {"openapi.json": make_api().openapi(), "error.json": _schema(ErrorAnswer)}
    found |= {name: _schema(model) for name, model in _answers()}
    texts = {
        name: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for name, content in found.items()
    }
    return texts | {postman.FILE: postman.as_text(found["openapi.json"])}


def write() -> None:
    """Write all of it."""
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def _answers() -> Iterator[tuple[str, type[BaseModel]]]:
    """What each address answers, under a name made from it."""
    for router in ROUTERS:
        for route in router.routes:
            if (
                isinstance(route, APIRoute)
                and route.include_in_schema
                and isinstance(route.response_model, type)
            ):
                words = [word.strip("{}") for word in route.path.split("/") if word]
                method = min(route.methods or {"GET"}).lower()
                yield "-".join([method, *words]) + ".json", route.response_model


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    made = model.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


if __name__ == "__main__":
    write()
