"""The API as a Postman collection (format 2.1), made from its OpenAPI document.

A converter exists (`openapi-to-postmanv2`), but it brings Node along, and makes requests that do not work before somebody has
filled them in. These do: what one request answers, the next ones use, and each folder cleans up after itself.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE = "footfall.postman_collection.json"

_Operation = tuple[str, str]
_STREAM, _MODEL, _JOB = "/api/streams/{stream_id}", "/api/models/{name}", "/api/jobs/{job_id}"

BODIES: Mapping[_Operation, Mapping[str, Any]] = {
    ("post", "/api/parse"): {"image": "{{image}}", "overlay": "outline"},
    ("post", "/batch/parse"): {"images": ["{{image}}", "{{image}}"], "overlay": "none"},
    ("post", "/upload"): {"image": "{{image}}"},
    ("post", "/api/recolor"): {"image": "{{image}}", "part": "upper-clothes", "color": "green"},
    ("post", "/api/jobs"): {"images": ["{{image}}"]},
    ("post", "/api/streams"): {"id": "{{stream}}", "source": "{{source}}"},
    ("post", _STREAM): {"source": "{{source}}", "sampling": {"fps": 2}},
    ("post", "/api/models"): {"name": "{{model}}"},
    ("post", f"{_MODEL}/share"): {"share": 0.1},
}
"""What is sent, for each request with a body."""

CAPTURES: Mapping[_Operation, tuple[str, str]] = {
    ("post", "/api/parse"): ("result", 'data.colored_mask_url.split("/").pop()'),
    ("post", "/api/jobs"): ("job", "data.id"),
}
"""What a request leaves for others: a variable, and where in its answer it stands."""

_PICTURE = Path(__file__).with_name("postman.jpg")
"""Somebody of the clip that comes with Footfall, so that the requests need no file."""
_NAMES = {"stream_id": "{{stream}}", "job_id": "{{job}}", "places": "zones"}
_NAMES_OF = {
    f"{_MODEL}/switch": "{{first_model}}",
    _MODEL: "{{model}}",
    f"{_MODEL}/share": "{{model}}",
    "/api/results/{name}": "{{result}}",
}
_FIRST = (("post", "/api/streams"), ("post", "/api/models"), ("post", "/api/jobs"))


def collection(document: Mapping[str, Any]) -> dict[str, Any]:
    """Every request of the document, in folders, in an order in which they can be sent one after the other.

    Args:
        document: OpenAPI.

    Raises:
        KeyError: A request takes a body, and `BODIES` has none for it.
    """
    folders: dict[str, list[tuple[_Operation, Mapping[str, Any]]]] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            folders.setdefault(_folder(path), []).append(((method, path), told))
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{key}}", "type": "string"}]},
        "variable": [{"key": key, "value": value} for key, value in _variables().items()],
        "item": [
            {"name": name, "item": [_request(*each) for each in sorted(found, key=_turn)]}
            for name, found in folders.items()
        ],
    }


def as_text(document: Mapping[str, Any]) -> str:
    """The same as a file."""
    return json.dumps(collection(document), indent=2, ensure_ascii=False) + "\n"


def _variables() -> dict[str, str]:
    return {
        "address": "http://127.0.0.1:8080",
        "key": "",
        "image": base64.b64encode(_PICTURE.read_bytes()).decode(),
        "stream": "postman",
        "source": "synthetic:",
        "first_model": "lite",
        "model": "lite-cc0",
        "result": "",
        "job": "",
    }


def _folder(path: str) -> str:
    words = [word for word in path.split("/") if word]
    return words[1] if words[0] == "api" and len(words) > 2 else words[1 if words[0] == "api" else 0]


def _turn(entry: tuple[_Operation, Mapping[str, Any]]) -> int:
    operation, _ = entry
    return -1 if operation in _FIRST else 1 if operation[0] == "delete" else 0


def _request(operation: _Operation, told: Mapping[str, Any]) -> dict[str, Any]:
    method, path = operation
    filled = path
    for parameter in told.get("parameters", ()):
        if parameter["in"] == "path":
            name = parameter["name"]
            filled = filled.replace(f"{{{name}}}", _NAMES_OF.get(path) or _NAMES[name])
    request: dict[str, Any] = {
        "method": method.upper(),
        "url": {
            "raw": f"{{{{address}}}}{filled}",
            "host": ["{{address}}"],
            "path": filled.strip("/").split("/"),
            "query": list(_query(told)),
        },
        "description": told.get("description", ""),
    }
    if "requestBody" in told:
        request["header"] = [{"key": "Content-Type", "value": "application/json"}]
        request["body"] = {"mode": "raw", "raw": json.dumps(BODIES[operation], indent=2)}
    item: dict[str, Any] = {"name": told["summary"], "request": request}
    if operation in CAPTURES:
        variable, place = CAPTURES[operation]
        line = f'pm.collectionVariables.set("{variable}", pm.response.json().{place});'
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": [line]}}]
    return item


def _query(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every parameter, switched off: whoever wants it ticks it. What would last for ever ends soon."""
    for parameter in told.get("parameters", ()):
        if parameter["in"] == "query":
            words = parameter.get("description", "")
            lasting = parameter["name"] == "for_s"
            value = "3" if lasting else ""
            yield {"key": parameter["name"], "value": value, "description": words, "disabled": not lasting}
