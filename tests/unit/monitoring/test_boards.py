"""Boards are those of the code, ask for what there is, and rules do what their tests say."""

import json
import re
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.common import GraphFieldConfig
from grafana_foundation_sdk.models.dashboard import Dashboard

from monitoring.boards.every import FOLDER, texts
from service.metrics import families
from tests.support.grafana import POSTGRES, PROMETHEUS, questions
from tests.support.prometheus import CONFIGURATION, command

RULES = CONFIGURATION / "rules.yml"
_METRIC = re.compile(r"\b(?:footfall|process)_\w+|\bfootfall:\w[\w:]*")


def boards() -> Mapping[str, Any]:
    return {path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def rules() -> list[Any]:
    files = [CONFIGURATION / "opening_hours.yml", RULES]
    return [
        rule
        for file in files
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
    ]


def known() -> set[str]:
    """Names that may be asked for."""
    ends = ("_bucket", "_count", "_sum")
    exported = {
        f"{one.name}{end}" if one.kind == "histogram" else one.name for one in families() for end in ends
    }
    return exported | {rule["record"] for rule in rules() if "record" in rule}


def test_boards_are_those_of_the_code() -> None:
    written = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert written == texts(), "run: python -m monitoring.boards"
    assert len(written) == 7


def test_every_board_can_be_told_from_the_others_and_from_its_panels() -> None:
    found = boards().values()
    assert len({board["uid"] for board in found}) == len({board["title"] for board in found}) == 7
    for board in found:
        titles = [panel["title"] for panel in board["panels"]]
        assert len(set(titles)) == len(titles) > 5
        assert not board["editable"]
        for panel in board["panels"]:
            refs = [target["refId"] for target in panel["targets"]]
            assert len(set(refs)) == len(refs) > 0, panel["title"]
            assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24


def test_boards_are_as_grafanas_own_models_read_them() -> None:
    """A field that Grafana's schemas do not have is lost on the way, and so is a setting of one series."""
    register_default_plugins()
    for name, board in boards().items():
        read = Dashboard.from_json(board)
        assert json.loads(JSONEncoder().encode(read)) == board, name
        for panel in board["panels"]:
            assert panel["options"], panel["title"]
            for override in panel.get("fieldConfig", {}).get("overrides", ()):
                for one in override["properties"]:
                    _, custom, key = one["id"].rpartition("custom.")
                    if custom:
                        drawn = GraphFieldConfig.from_json({key: one["value"]})
                        assert json.loads(JSONEncoder().encode(drawn))[key] == one["value"], one


def test_boards_and_rules_ask_for_metrics_that_there_are() -> None:
    asked = [
        question.text
        for board in boards().values()
        for question in questions(board)
        if question.source == PROMETHEUS
    ]
    asked += [rule["expr"] for rule in rules()]
    used = {name for text in asked for name in _METRIC.findall(text)}
    assert used <= known()
    # Whatever is exported is shown somewhere, or watched.
    shown = {name.removesuffix("_bucket") for name in used}
    assert {one.name for one in families() if one.name.startswith("footfall_")} - shown == set()


def test_lines_on_postgresql_have_a_band_of_coverage() -> None:
    over_time = [
        panel
        for board in boards().values()
        for panel in board["panels"]
        if panel["type"] == "timeseries" and panel["targets"][0]["datasource"]["uid"] == POSTGRES
    ]
    assert len(over_time) > 5
    for panel in over_time:
        assert any('AS "coverage"' in target["rawSql"] for target in panel["targets"]), panel["title"]
        (band,) = [
            one["properties"]
            for one in panel["fieldConfig"]["overrides"]
            if one["matcher"] == {"id": "byName", "options": "coverage"}
        ]
        assert {"id": "custom.axisPlacement", "value": "right"} in band


def test_promtool_agrees_with_configuration_and_rules() -> None:
    for arguments in (["check", "config", "prometheus.yml"], ["test", "rules", "rules_test.yml"]):
        done = subprocess.run(  # noqa: S603 - our own words
            [command("promtool"), *arguments],
            cwd=CONFIGURATION,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_seen_to_fire_and_to_keep_still_in_its_tests() -> None:
    cases = [
        case
        for test in yaml.safe_load((CONFIGURATION / "rules_test.yml").read_text())["tests"]
        for case in test.get("alert_rule_test", ())
    ]
    fires = {case["alertname"] for case in cases if case["exp_alerts"]}
    silent = {case["alertname"] for case in cases if not case["exp_alerts"]}
    alerts = [rule for rule in rules() if "alert" in rule]
    assert {rule["alert"] for rule in alerts} == fires == silent
    for rule in alerts:
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert {"summary", "description"} <= rule["annotations"].keys()


@pytest.mark.parametrize("change", ["== 1", "> 0.8", "> 300", "== 0", "> 0.1"])
def test_the_tests_of_rules_can_fail(change: str, tmp_path: Any) -> None:
    for name in ("opening_hours.yml", "rules_test.yml"):
        (tmp_path / name).write_text((CONFIGURATION / name).read_text())
    text = RULES.read_text()
    assert change in text
    (tmp_path / "rules.yml").write_text(text.replace(change, "> 1e9"))
    done = subprocess.run(  # noqa: S603 - our own words
        [command("promtool"), "test", "rules", "rules_test.yml"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
