"""A runtime from Python leaves in its folder what the command leaves."""

import logging
from pathlib import Path
from typing import Any

import pytest

import footfall
from domain.errors import OutputError
from domain.summary import RunSummary
from pipeline.results import ResultFolder


def run(out: Path, **output: Any) -> footfall.Runtime:
    settings = {"output": {"dir": str(out), **output}, "parser": {"kind": "lite", "precision": "fp32"}}
    with footfall.open_runtime(settings) as runtime:
        runtime.add_stream({"id": "door", "source": "synthetic:?persons=2&seconds=3&size=320x192"})
        assert runtime.wait(60)
    return runtime


def test_report_and_summary_tell_of_streams_that_came_later(tmp_path: Path) -> None:
    runtime = run(tmp_path)
    summary = RunSummary.model_validate_json((tmp_path / "summary.json").read_bytes())
    assert summary.streams == runtime.result().streams
    assert [sink.name for sink in summary.sinks] == ["jsonl", "sqlite"]
    report = (tmp_path / "report.html").read_text("utf-8")
    assert "door" in report
    assert "No windows were closed" not in report


def test_without_a_report_there_is_the_summary_alone(tmp_path: Path) -> None:
    run(tmp_path, report=False)
    assert (tmp_path / "summary.json").exists()
    assert not (tmp_path / "report.html").exists()


def test_what_cannot_be_written_is_logged_and_the_folder_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OutputError("summary.json cannot be written: no room")

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr(ResultFolder, "write_summary", refuse)
        run(tmp_path)
    assert caplog.messages == ["summary: summary.json cannot be written: no room"]
    run(tmp_path)
    assert (tmp_path / "summary.json").exists()
