"""A spool into which a run writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sinks.spool.store import SpoolStore
from tests.unit.sinks.spool.stored import RUN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.db"


@pytest.fixture
def store(path: Path) -> Iterator[SpoolStore]:
    store = SpoolStore(path)
    store.begin_run(RUN, "fingerprint")
    yield store
    store.close()
