"""Options and fixtures of the whole suite."""

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from pipeline.parsers.telemetry import decline_telemetry
from tests.support.command import Footfall

# Tests import the engines themselves. Importing anything below `pipeline.parsers` declines; saying so here shows that it is meant.
decline_telemetry()

# No timing is asserted, and machines are noisy: an example may take as long as it takes. CI draws the same examples every time; who
# works on the code draws new ones.
settings.register_profile("footfall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("footfall"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "footfall")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="store what is drawn now as what the golden tests expect; look at it before committing",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what starts servers and waits for them: side by side, it leaves the processor to what computes, and ends no later."""
    items.sort(key=lambda item: item.get_closest_marker("integration") is None)


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """What a test says of logging does not hold for the next one."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before


@pytest.fixture
def footfall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Footfall:
    """The command, in this process."""
    return Footfall(monkeypatch, capsys)
