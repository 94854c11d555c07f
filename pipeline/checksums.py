"""Checksums by which files and what is told of them are known again."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_sha256(told: Mapping[str, object]) -> str:
    """SHA-256 of JSON, hexadecimal; the order of the keys does not count."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
