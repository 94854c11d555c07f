"""What is written down of the service is what it does."""

import hashlib
from pathlib import Path

from service.app import STATIC
from service.documentation import PAGE, SCHEMAS, renewed, schemas

ROOT = Path(__file__).parents[3]


def test_tables_are_those_of_the_code() -> None:
    text = (ROOT / PAGE).read_text()
    assert renewed(text) == text, "run: make schemas"


def test_schemas_are_those_of_the_code() -> None:
    written = {path.name: path.read_text() for path in (ROOT / SCHEMAS).glob("*.json")}
    assert written == schemas(), "run: make schemas"
    assert "post-api-parse.json" in written


def test_what_comes_from_others_is_as_it_came() -> None:
    vendor = STATIC / "vendor"
    lines = [line.split() for line in (vendor / "CHECKSUMS").read_text().splitlines()]
    assert {name for _, name in lines} == {path.name for path in vendor.iterdir()} - {"CHECKSUMS"}
    for digest, name in lines:
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name
