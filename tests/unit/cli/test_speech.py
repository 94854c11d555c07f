"""`-v`, `-q` and `--json`: how much is said, and to whom."""

import json
import re
from pathlib import Path

import pytest

from domain.summary import RunSummary
from tests.support.command import Footfall

SOURCE = "synthetic:?seconds=1&size=96x64"


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTFALL_PICTURES__OVERLAY", "false")
    monkeypatch.setenv("FOOTFALL_OUTPUT__REPORT", "false")
    return tmp_path / "out"


def test_json_is_the_summary_and_nothing_else(footfall: Footfall, out: Path) -> None:
    outcome = footfall("run", SOURCE, "--out", out, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out) == json.loads((out / "summary.json").read_text())
    assert RunSummary.model_validate_json(outcome.out).streams[0].frames_parsed > 0
    assert outcome.out.isascii()


def test_quiet_says_nothing_where_nothing_is_wrong(footfall: Footfall, out: Path) -> None:
    outcome = footfall("run", SOURCE, "--out", out, "-q")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert (out / "summary.json").is_file()


def test_quiet_still_says_what_is_wrong(footfall: Footfall, out: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "film.mp4").touch()
    footfall("run", SOURCE, "--out", out, "-q")
    (tmp_path / "one.png").touch()
    outcome = footfall("run", pictures, "--out", out, "-q")
    assert outcome.code == 2
    assert outcome.err.startswith("footfall: ")


def test_both_together_give_json_alone(footfall: Footfall, out: Path) -> None:
    outcome = footfall("run", SOURCE, "--out", out, "-q", "--json")
    assert outcome.err == ""
    assert json.loads(outcome.out)["streams"]


def test_verbose_logs_what_the_settings_would_not(footfall: Footfall, out: Path) -> None:
    outcome = footfall("run", SOURCE, "--out", out, "-v")
    assert outcome.code == 0
    assert re.search(r" DEBUG +precision: auto  # default$", outcome.err, re.MULTILINE)


def test_more_and_less_at_once_is_one_line(footfall: Footfall, out: Path) -> None:
    outcome = footfall("run", SOURCE, "--out", out, "-v", "-q")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "footfall: -v and -q contradict each other; give one of them\n"
    assert not out.exists()
