import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SourceError
from pipeline.sources.synthetic.options import SyntheticOptions, parse_location

KEYS = "persons, seconds, seed, size, fps"


def test_defaults() -> None:
    assert parse_location("synthetic:") == parse_location("synthetic:?") == SyntheticOptions()


def test_every_key() -> None:
    options = parse_location("synthetic:?persons=4&seconds=2.5&seed=7&size=640x360&fps=12.5")

    assert options == SyntheticOptions(persons=4, seconds=2.5, seed=7, size=(640, 360), fps=12.5)
    assert options.frames == 32


@pytest.mark.parametrize(
    ("location", "message"),
    [
        (
            "synthetic:walk",
            f"synthetic:walk: write synthetic:, or synthetic: with a query (?...) of the keys {KEYS}",
        ),
        ("file:", f"file:: write synthetic:, or synthetic: with a query (?...) of the keys {KEYS}"),
        ("synthetic:?people=3", f"synthetic:?people=3: no such key people; there are {KEYS}"),
        ("synthetic:?seed=1&seed=2", "synthetic:?seed=1&seed=2: seed is named twice; name it once"),
        (
            "synthetic:?persons=201",
            "synthetic:?persons=201: persons must be a whole number from 0 to 200, got '201'",
        ),
        ("synthetic:?persons", "synthetic:?persons: persons must be a whole number from 0 to 200, got ''"),
        (
            "synthetic:?seconds=0",
            "synthetic:?seconds=0: seconds must be a number above 0 and at most 86400, got '0'",
        ),
        ("synthetic:?fps=nan", "synthetic:?fps=nan: fps must be a number above 0 and at most 120, got 'nan'"),
        (
            "synthetic:?size=63x99",
            "synthetic:?size=63x99: size must be WIDTHxHEIGHT, each from 64 to 4096, got '63x99'",
        ),
        (
            "synthetic:?seed=4294967296",
            "synthetic:?seed=4294967296: seed must be a whole number from 0 to 4294967295, got '4294967296'",
        ),
    ],
)
def test_refusals_name_the_key_and_the_cure(location: str, message: str) -> None:
    with pytest.raises(SourceError, match=f"^{re.escape(message)}$"):
        parse_location(location)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        options = parse_location(f"synthetic:?{text}")
    except SourceError:
        return
    assert 0 <= options.persons <= 200
    assert 1 <= options.frames <= 86400 * 120
