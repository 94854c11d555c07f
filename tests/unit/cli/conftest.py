import logging
from collections.abc import Iterator

import pytest

from tests.support.command import Footfall


@pytest.fixture
def footfall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Footfall]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield Footfall(monkeypatch, capsys)
    root.handlers[:], root.level = before
