"""Turns what pydantic refuses into lines for people."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.component import Component
from config.inheritance import INHERITED
from config.origins import KeyPath, Layer, Origins, dotted
from config.reference import find, siblings
from config.registry import group
from domain.urls import redact_url

_HIDDEN = "(hidden)"
_SECRETIVE = re.compile(
    r"pass|pw|secret|token|key|cred|auth|user|login|sasl|url|uri|source|address", re.IGNORECASE
)
_LIST = "must be a list; in the environment it is written as JSON, as in [10, 60]"
_WORDS = {
    "missing": "is needed here",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "string_type": "must be text; put it in quotes",
    "path_type": "must be a path, as text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "timezone_aware": "must name its time zone, as in 2026-11-22T09:00:00+01:00",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}
_SECTIONS = frozenset({"model_type", "model_attributes_type", "dict_type"})


def lines(error: ValidationError, given: Layer) -> list[str]:
    """One line for each problem: key, value, origin, and what is allowed. No line shows a password.

    What many cameras take from one place is told once.
    """
    problems = [
        details
        for details in error.errors(include_url=False, include_input=False)
        # The id that follows from a source that was refused is no problem of its own.
        if details["type"] != "default_factory_not_called"
    ]
    problems = [details for details in problems if not _follows(details, problems)]
    inherited = [_given(details, given.values)[0][:1] != details["loc"][:1] for details in problems]
    in_order = [
        details for _, details in sorted(zip(inherited, problems, strict=True), key=lambda each: each[0])
    ]
    return list(dict.fromkeys(_line(details, given) for details in in_order))


def _follows(details: ErrorDetails, problems: Sequence[ErrorDetails]) -> bool:
    """Whether a list is too short only since something in it was refused."""
    steps = len(details["loc"])
    return details["type"] == "too_short" and any(
        len(other["loc"]) > steps and other["loc"][:steps] == details["loc"] for other in problems
    )


def _line(details: ErrorDetails, given: Layer) -> str:
    path, value = _given(details, given.values)
    if details["type"] == "union_tag_invalid":
        path, value = (*path, "kind"), details["ctx"]["tag"]
    origin = Origins(given.origins).nearest(path)
    shown = _value(path, value, details["type"], given.values) + (f" ({origin})" if origin else "")
    return f"{shown}: {_allowed(details, path, given.values)}"


def _given(details: ErrorDetails, values: Any) -> tuple[KeyPath, Any]:
    """Where the value stands that is refused: what a camera takes from the top stands there."""
    location = details["loc"]
    path, value = _place(details, location, values)
    above = _above(location)
    own = path[-1:] == location[-1:] and details["type"] not in {"missing", *_SECTIONS}
    if above is None or own:
        return path, value
    there, other = _place(details, above, values)
    return (there, other) if len(there) > max(1, len(path) - 2) or there == above else (path, value)


def _above(location: KeyPath) -> KeyPath | None:
    """Where what holds for all cameras says it, of a key that one of them has."""
    if location[0] != "cameras" or len(location) < 3:
        return None
    if location[2] in INHERITED:
        return location[2:]
    return ("sources", *location[3:]) if location[2] == "source" and len(location) > 3 else None


def _place(details: ErrorDetails, location: Sequence[str | int], values: Any) -> tuple[KeyPath, Any]:
    """Path of the key among the given values: pydantic adds steps of its own, such as the names of a union's members."""
    path: list[str | int] = []
    for step in location:
        if _holds(values, step):
            values = values[step]
        elif details["type"] == "missing" and step == location[-1]:
            values = None
        else:
            continue
        path.append(step)
    return tuple(path), values


def _holds(values: Any, step: str | int) -> bool:
    if isinstance(values, list | tuple):
        return isinstance(step, int) and step < len(values)
    return isinstance(values, Mapping) and step in values


def _value(path: KeyPath, value: Any, problem: str, values: Any) -> str:
    if problem == "missing" or isinstance(value, Mapping | list | tuple):
        return dotted(path)
    return f"{dotted(path)} = {_shown(path, value, values)}"


def _shown(path: KeyPath, value: Any, values: Any) -> str:
    key = find(path, values)
    if isinstance(value, str) and ((key and key.secret) or (key is None and _may_be_secret(path, values))):
        return _veiled(path, value)
    if key is not None and key.secret:
        return _HIDDEN
    text = repr(value) if isinstance(value, str) else _as_yaml(value)
    if "@" in text or "://" in text:
        return _veiled(path, str(value))
    text = redact_url(text)
    return text if len(text) <= 80 else text[:77] + "..."


def _as_yaml(value: Any) -> str:
    names = {None: "null", True: "true", False: "false"}
    return names[value] if value is None or isinstance(value, bool) else str(value)


def _may_be_secret(path: KeyPath, values: Any) -> bool:
    """A mistyped `pasword` is not known, and must not be shown all the same."""
    close = get_close_matches(str(path[-1]), siblings(path, values), n=1, cutoff=0.4)
    meant = find((*path[:-1], close[0]), values) if close else None
    return bool(meant and meant.secret) or bool(_SECRETIVE.search(str(path[-1])))


def _veiled(path: KeyPath, value: str) -> str:
    if value.startswith("@") and not re.search("[@:]", value[1:]):
        # Names a file.
        return repr(value)
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://", value)
    if scheme:
        return scheme[0] + _HIDDEN
    is_place = path[-1] in ("source", "url") and not re.search("[@=:;&]", value)
    return repr(value) if is_place and len(value) <= 80 else _HIDDEN


def _allowed(details: ErrorDetails, path: KeyPath, values: Any) -> str:
    kind = details["type"]
    if kind == "extra_forbidden":
        return unknown_key(path, values)
    if kind == "union_tag_invalid":
        return _unknown_kind(path, str(details["ctx"]["tag"]), values)
    if kind == "union_tag_not_found":
        return f"needs its kind, one of {', '.join(_kinds(path, values))}"
    if kind in _SECTIONS:
        return f"must be a section with keys of its own: {', '.join(siblings((*path, ''), values))}"
    return in_words(details)


def in_words(details: ErrorDetails) -> str:
    """What is allowed where something was refused, in general."""
    if details["type"] == "too_short":
        least, there = details["ctx"]["min_length"], details["ctx"]["actual_length"]
        return f"must list {least} or more, and lists {there or 'none'}"
    if details["type"] == "too_long":
        return f"must list {details['ctx']['max_length']} or fewer"
    told = details["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return _WORDS.get(details["type"]) or told


def unknown_key(path: KeyPath, values: Any = None) -> str:
    """What to say of a key that does not exist."""
    owners = [kind for kind, model in _kinds(path[:-1], values).items() if path[-1] in model.model_fields]
    if owners:
        return f"no such key of this kind; it belongs to {' and '.join(owners)}"
    known = siblings(path, values)
    close = get_close_matches(str(path[-1]), known, n=1)
    return "no such key" + (f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}")


def _kinds(path: KeyPath, values: Any) -> Mapping[str, type[Component]]:
    """The components that may stand in a place, by kind."""
    key = find(path, values) if path else None
    return key.choice.models() if key and key.choice else {}


def _unknown_kind(path: KeyPath, kind: str, values: Any) -> str:
    """What to say of a kind that no component has, or whose package is broken."""
    key = find(path[:-1], values)
    broken = group(key.choice.group).broken if key and key.choice else {}
    if kind in broken:
        return broken[kind]
    kinds = list(_kinds(path[:-1], values))
    close = get_close_matches(kind, kinds, n=1)
    allowed = " or ".join(filter(None, (", ".join(kinds[:-1]), kinds[-1])))
    return f"must be {allowed}" + (f"; did you mean {close[0]}?" if close else "")
