"""Packages that only `make setup-train` installs. Tests that need them are marked `training`; `make test-training` runs them."""

import importlib
import os
from typing import Any

import pytest

REQUIRED = "FOOTFALL_TEST_TRAINING"
"""A variable: where it is set, as `make test-training` does, such a package must be there; elsewhere its tests are skipped."""


def extra(package: str) -> Any:
    """The package, or a skip."""
    if os.environ.get(REQUIRED):
        return importlib.import_module(package)
    return pytest.importorskip(package, reason=f"{package} is not installed: make test-training")
