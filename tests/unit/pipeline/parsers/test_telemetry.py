"""That nothing is reported; `tests/integration/test_calls_home.py` watches whole commands."""

import importlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.parsers.telemetry import decline_telemetry

REPORTER = "openvino_telemetry"


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if nobody had loaded or declined it."""
    for name in [name for name in sys.modules if name.split(".")[0] == REPORTER]:
        monkeypatch.delitem(sys.modules, name)
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == REPORTER]:
        del sys.modules[name]


@pytest.mark.usefixtures("forgotten")
def test_what_reports_can_be_imported_no_more() -> None:
    assert find_spec(REPORTER) is not None, "OpenVINO brings it; if not, this module has no purpose"

    decline_telemetry()
    decline_telemetry()

    with pytest.raises(ImportError):
        importlib.import_module(REPORTER)
    with pytest.raises(ImportError):
        importlib.import_module(f"{REPORTER}.main")


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("made_before", [True, False])
def test_where_it_is_loaded_already_it_sends_nothing_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, made_before: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    telemetry = importlib.import_module(REPORTER)
    sent: list[object] = []
    monkeypatch.setattr(f"{REPORTER}.main.TelemetrySender.send", lambda _self, *message: sent.append(message))
    if made_before:
        telemetry.Telemetry("app", "1", "an id", "ga4", enable_opt_in_dialog=False)
    there = list(tmp_path.rglob("*"))
    assert bool(there) == made_before

    decline_telemetry()
    reporter = telemetry.Telemetry("app", "1", "an id", "ga4", enable_opt_in_dialog=False)
    reporter.init("app", "1", "an id", "ga4", enable_opt_in_dialog=False)  # it is one for all, and made once
    reporter.send_event("conversion", "framework", "pytorch")

    assert not reporter.consent
    assert sent == []
    assert list(tmp_path.rglob("*")) == there
