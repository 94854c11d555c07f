"""Whatever a file system holds works as a source, as a place for results, as a store and as a settings file."""

import json
import os
from pathlib import Path

import pytest

from domain.names import original_name, shown_name
from sinks.sql.reader import SqlReader
from tests.support.clips import steady, write_clip
from tests.support.command import Footfall

NAMES = [
    b"why? a#b 100% shop%20one",
    b"10:30 user:pass@host",
    b"-dash 'single' \"double\" $(x) *",
    b"two\nlines back\\slash \x1b[31m",
    b"synthetic:",
    b"caf\xe9 \xe2\x80\xae",
]


@pytest.fixture
def footfall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Footfall:
    return Footfall(monkeypatch, capsys)


@pytest.mark.parametrize("encoded", NAMES)
def test_a_run_whose_every_path_has_an_odd_name(
    footfall: Footfall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoded: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(encoded)
    write_clip(tmp_path / "clip.mp4", steady(5, 5)).rename(name)
    config = Path(f"{name}.yaml")
    config.write_text("log_level: debug\n")
    outcome = footfall(
        "run",
        f"--config={config}",
        f"--out=out {name}",
        "--sql",
        f"sqlite:///{name}.db",
        "--masks",
        "--",
        name,
    )
    assert outcome.code == 0, outcome.err
    results = tmp_path / f"out {name}"
    summary = json.loads((results / "summary.json").read_bytes())
    assert original_name(summary["streams"][0]["source"]) == name
    assert summary["streams"][0]["frames_parsed"] == 5
    assert {"events.jsonl", "overlay.mp4", "report.html", "masks"} <= {
        path.name for path in results.iterdir()
    }
    assert outcome.out.splitlines()[-1] == f"results in {shown_name(f'out {name}')}"
    reader = SqlReader(f"sqlite:///{name}.db")
    assert [totals.frames for totals in reader.totals()] == [5]
    reader.close()
    assert sorted(os.fsencode(path.name) for path in tmp_path.iterdir()) == sorted(
        [encoded, b"out " + encoded, encoded + b".db", encoded + b".yaml"]
    )


@pytest.mark.parametrize("encoded", NAMES)
def test_a_message_names_it_on_one_line(
    footfall: Footfall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoded: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(encoded)
    Path(name).touch()
    outcome = footfall("run", "--", name)
    assert outcome.code == 2
    assert outcome.err == f"footfall: {shown_name(name)} is empty; copy or record it again\n"
    assert [os.fsencode(path.name) for path in tmp_path.iterdir()] == [encoded]
