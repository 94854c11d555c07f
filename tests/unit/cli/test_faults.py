"""A fault of Footfall's own in one stream: the others are counted, and the run says so."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from cli.running import run_settings
from config import load_settings
from domain.frame import SourceItem
from pipeline.sources.synthetic.source import SyntheticSource

FLAGS = {"--sample-fps": 5.0, "--overlay": False}
ENDED = "a fault of Footfall's own ended it (ZeroDivisionError); the log says where"


def test_a_fault_in_one_stream_is_in_the_exit_code_and_the_others_are_counted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole = SyntheticSource.items

    def items(source: SyntheticSource) -> Iterator[SourceItem]:
        for position, item in enumerate(whole(source)):
            if position == 3 and source.stream_id == "synthetic":
                raise ZeroDivisionError
            yield item

    monkeypatch.setattr(SyntheticSource, "items", items)
    sources = ["synthetic:?persons=1&seconds=2", "synthetic:?persons=2&seconds=2"]
    settings = load_settings(None, {**FLAGS, "SOURCE": sources, "--out": str(tmp_path / "out")}, {})

    assert run_settings(settings) is ExitCode.BUG

    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    found = [
        (stream["stream_id"], stream["frames_parsed"], stream["faults"], stream["problem"])
        for stream in summary["streams"]
    ]
    assert found == [("synthetic", 3, 1, ENDED), ("synthetic-2", 10, 0, None)]
    assert f"synthetic: {ENDED}" in capsys.readouterr().out
    faults = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in faults] == [
        "synthetic: a fault of Footfall's own: it has ended"
    ]
    assert faults[0].exc_info is not None
