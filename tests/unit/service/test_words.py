"""What is wrong with a request, in words."""

from typing import Any

import pytest

from service.words import problem_of, unknown


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"type": "json_invalid", "loc": ("body", 8), "msg": ""}, "the body is no JSON: check its form and its encoding"),
        (
            {"type": "model_attributes_type", "loc": ("body",), "msg": ""},
            "the body must be a JSON object, sent with Content-Type: application/json",
        ),
        ({"type": "missing", "loc": ("body", "source"), "msg": "Field required"}, "source: must be given"),
        ({"type": "bool_parsing", "loc": ("persons",), "msg": ""}, "persons: must be true or false"),
        ({"type": "string_type", "loc": ("body", "images", 3), "msg": ""}, "images.3: must be text"),
        (
            {"type": "literal_error", "loc": ("query", "kind", 0), "msg": "Input should be 'visit' or 'window'"},
            "kind: must be 'visit' or 'window'",
        ),
        ({"type": "extra_forbidden", "loc": ("person",), "msg": ""}, "person: no such option; did you mean persons?"),
        ({"type": "extra_forbidden", "loc": ("zzz",), "msg": ""}, "zzz: no such option; there are persons, masks"),
    ],
)  # fmt: skip
def test_the_first_problem_is_said_in_words(details: dict[str, Any], said: str) -> None:
    assert problem_of([details, {}], ["persons", "masks"]) == said


def test_where_there_are_no_options_none_are_named() -> None:
    assert unknown("x" * 100, []) == f"{'x' * 64}: no such option"
