"""The data folder beside the repository: tests that need it skip where it is absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("FOOTFALL_SHARED", ROOT.parent / "shared"))


def shared_file(relative: str) -> Path:
    """That file of the data folder; skips the test where the folder is absent, and fails it where only the file is."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the data folder {SHARED}; name it in FOOTFALL_SHARED")
    path = SHARED / relative
    assert path.exists(), f"the data folder has no {relative}"
    return path
