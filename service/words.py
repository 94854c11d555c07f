"""What pydantic refuses of a request, in a line for people. What was sent is not repeated."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Any

from config.problems import in_words

_PLACES = frozenset({"body", "query", "header", "path"})
_OBJECT = "must be a JSON object, sent with Content-Type: application/json"
_MOMENT = "must be a moment with its time zone, as in 2026-11-22T09:00:00+01:00 or 2026-11-22T08:00:00Z"
_WORDS = {
    "missing": "must be given",
    "list_type": "must be a list",
    "string_type": "must be text",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "json_invalid": "is no JSON: check its form and its encoding",
    "timezone_aware": _MOMENT,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
}


def problem_of(details: Iterable[Any], known: Collection[str] = ()) -> str:
    """The first problem: where it is, and what is allowed there.

    Args:
        details: As pydantic and FastAPI give them.
        known: Names that there are, where one is not known.
    """
    first = next(iter(details))
    words = _WORDS.get(first["type"]) or in_words(first)
    # Of an option in the address that is given several times, nobody knows a number.
    of_address = first["loc"][:1] == ("query",)
    steps = [
        step for step in first["loc"] if step not in _PLACES and not (of_address and isinstance(step, int))
    ]
    if not steps or first["type"] == "json_invalid":
        return f"the body {words}"
    where = ".".join(map(str, steps))
    return unknown(where, known) if first["type"] == "extra_forbidden" else f"{where}: {words}"


def unknown(name: str, known: Collection[str]) -> str:
    """What to say of an option that does not exist."""
    close = get_close_matches(name, known, n=1)
    cure = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}" if known else ""
    return f"{name[:64]}: no such option" + (f"; {cure}" if cure else "")
