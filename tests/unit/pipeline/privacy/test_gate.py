"""Which events leave."""

import json
import sqlite3
from pathlib import Path

import pytest

from config.adding import settings_from
from config.settings import Settings
from domain.errors import SettingsError
from domain.events import Detail, WindowClosed, event_classes
from pipeline.privacy.gate import EventGate, GateOptions, GateState, leaving
from tests.support.command import Footfall
from tests.support.events import START, visit_event, window_event
from tests.support.run_events import documents_of

LEAVING: dict[Detail, set[str]] = {
    "full": {kind.kind() for kind in event_classes()},
    "visits": {kind.kind() for kind in event_classes()} - {"frame"},
    "windows": {"window", "exposure", "presence", "alert", "health"},
}


EACH = [kind.model_validate(kind.example) for kind in event_classes()]


@pytest.mark.parametrize("events", LEAVING)
def test_what_leaves_with_each_setting(events: Detail) -> None:
    left = EventGate(GateOptions(events)).let(EACH)
    assert {event.kind() for event in left} == LEAVING[events]


def test_visits_are_counted_though_they_do_not_leave() -> None:
    gate = EventGate(GateOptions("windows"))
    gate.let([visit_event(1), visit_event(2)])
    assert gate.visits == 2


def test_with_a_least_number_only_what_is_known_to_be_safe_leaves() -> None:
    gate = EventGate(GateOptions("windows", 2, 10))
    left = gate.let(EACH) + gate.end()
    assert {event.kind() for event in left} == {"window", "health"}


def test_windows_are_merged_until_they_are_about_enough() -> None:
    gate = EventGate(GateOptions("windows", 3, 10))
    assert gate.let([window_event(0), window_event(1), window_event(0, window_s=60)]) == []
    (merged,) = gate.let([window_event(2)])
    assert isinstance(merged, WindowClosed)
    assert (merged.window_start, merged.window_s, merged.visits_ended, merged.min_group) == (START, 30, 3, 3)
    assert merged.coverage.frames_read == 300
    assert merged.body == {"upper-body": {"red": 3}, "lower-body": {"unknown": 3}}
    gate.let([window_event(3)])
    (rest,) = gate.end()
    assert isinstance(rest, WindowClosed)
    assert (rest.visits_ended, rest.persons_mean, rest.garments, rest.body) == (0, 0.0, {}, {})
    assert rest.coverage.frames_read == 100
    assert gate.visits == 3


def test_what_was_kept_back_by_another_rule_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    before = EventGate(GateOptions("windows", 3, 10))
    before.let([window_event(0), window_event(1)])
    gate = EventGate(GateOptions("windows", 2, 10))
    gate.restore(before.snapshot())
    assert gate.end() == []
    assert "privacy.min_group is 2 now and was 3" in caplog.text


def test_what_a_run_before_left_open_leaves_as_both_settings_let_it() -> None:
    events = [*EACH, window_event(9).model_copy(update={"min_group": 5})]
    assert {event.kind() for event in leaving(events, "visits", 1)} == LEAVING["visits"]
    told = [event for event in leaving(events, "windows", 4) if event.kind() != "health"]
    assert told == events[-1:]


def test_a_state_of_before_there_was_a_gate() -> None:
    gate = EventGate()
    gate.restore(GateState(visits=7))
    assert gate.visits == 7


@pytest.fixture
def footfall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Footfall:
    return Footfall(monkeypatch, capsys)


@pytest.mark.parametrize("privacy", ["events: windows", "events: visits", "min_group: 2"])
def test_nothing_else_is_in_any_file(footfall: Footfall, tmp_path: Path, privacy: str) -> None:
    config = tmp_path / "privacy.yaml"
    config.write_text(
        "cameras:\n"
        "  - {source: 'synthetic:', id: door, sampling: {limit_s: 6}}\n"
        "  - {source: 'synthetic:?seed=2', id: till, sampling: {limit_s: 6}}\n"
        "analytics: {visitors: {site: the-whole-mall}, presence: {}, exposure: {}}\n"
        f"privacy: {{{privacy}}}\n"
    )
    out = tmp_path / "out"
    assert footfall("run", "--config", config, "--out", out, "--no-overlay", "-q").code == 0
    allowed = LEAVING["visits" if privacy == "events: visits" else "windows"]
    lines = documents_of(out)
    assert {line["event_type"] for line in lines} <= allowed
    with sqlite3.connect(out / "footfall.db") as store:
        assert store.execute("SELECT count(*) FROM frames").fetchone() == (0,)
        if privacy != "events: visits":
            assert store.execute("SELECT count(*) FROM visits").fetchone() == (0,)
        of_sites = store.execute("SELECT count(*) FROM site_visitors").fetchone()
        assert (of_sites > (0,)) == (privacy == "events: visits")
    with sqlite3.connect(out / ".footfall" / "spool.db") as spool:
        assert {kind for (kind,) in spool.execute("SELECT DISTINCT kind FROM event")} <= allowed
    report = (out / "report.html").read_text(encoding="utf-8")
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))["sites"]
    assert bool(told) == ("the-whole-mall" in report) == (privacy != "min_group: 2")
    # Frames have no list in the report.
    assert ("Not kept by privacy.events" in report) == (privacy != "events: visits")
    assert ("No number is about fewer than 2 people" in report) == (privacy == "min_group: 2")
    assert ("data:image/" in report) == (privacy != "min_group: 2")


def test_single_people_and_a_least_number_do_not_go_together() -> None:
    assert settings_from({"privacy": {"min_group": 5}}).privacy.leaving == "windows"
    assert Settings().privacy.leaving == "full"
    with pytest.raises(
        SettingsError, match="min_group: 5 lets no event of single people leave, and events: visits"
    ):
        settings_from({"privacy": {"min_group": 5, "events": "visits"}})
