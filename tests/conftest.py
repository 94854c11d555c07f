"""Options and fixtures of the whole suite."""

import logging
from collections.abc import Iterator

import pytest

from tests.support.command import Footfall


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="store what is drawn now as what the golden tests expect; look at it before committing",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def footfall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Footfall]:
    """The command, in this process."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield Footfall(monkeypatch, capsys)
    root.handlers[:], root.level = before
