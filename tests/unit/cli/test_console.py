"""What is piped is the same whatever the terminal's variables say: whole lines without colours."""

import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.table import Table

from cli import console
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.command import Footfall

PATH = "/a/folder/" + "with a long name/" * 20 + "clip.mp4"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=["", "1", "40", "200"])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", request.param)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "GITHUB_ACTIONS", "PY_COLORS"):
        monkeypatch.setenv(name, "1")


@pytest.mark.usefixtures("columns")
def test_a_piped_line_is_neither_wrapped_nor_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    written = {"stdout": StringIO(), "stderr": StringIO()}
    for name, stream in written.items():
        monkeypatch.setattr(sys, name, stream)
    table = Table()
    table.add_column("recording", overflow="fold")
    table.add_row(PATH, style="red")

    for one in (console.output(), console.errors()):
        one.print(PATH, style="yellow")
        one.print(table)

    for stream in written.values():
        assert stream.getvalue().splitlines()[0] == PATH
        assert stream.getvalue().count(PATH) == 2
        assert "\x1b" not in stream.getvalue()


def test_a_terminal_keeps_its_width_and_its_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", Terminal())

    assert console.output().is_terminal
    assert console.output().width == 40
    assert console.output().color_system == "256"


@pytest.mark.usefixtures("columns")
@pytest.mark.parametrize(
    "command", [(), ("run",), ("demo",), ("check-config",), ("migrate",), ("models",), ("models", "quantize")]
)
def test_piped_help_has_one_line_for_each_sentence(footfall: Footfall, command: tuple[str, ...]) -> None:
    outcome = footfall(*command, "--help")

    assert outcome.code == 0
    assert "\x1b" not in outcome.out
    assert "│" not in outcome.out
    assert not any(line.endswith("-") for line in outcome.out.splitlines())
    if command == ("run",):
        assert "Stop after that much of each source." in outcome.out
        assert "Default: 640." in outcome.out


@pytest.mark.usefixtures("columns")
def test_a_piped_complaint_is_one_line(footfall: Footfall) -> None:
    outcome = footfall("run", "--no-such-option")

    assert outcome.code == 2
    assert outcome.err.splitlines()[-1] == "Error: No such option: --no-such-option"


@pytest.mark.usefixtures("columns")
def test_a_run_names_its_results_in_one_line(tmp_path: Path, footfall: Footfall) -> None:
    out = tmp_path / ("a long name of a folder " * 5)
    clip = write_clip(tmp_path / f"{'clip' * 10}.mp4", steady(3, 5), ClipOptions(size=(96, 64)))

    outcome = footfall("run", clip, "--out", out, "--no-overlay")

    assert outcome.code == 0, outcome.err
    assert outcome.out.splitlines()[-1] == f"results in {out}"
    assert clip.stem in outcome.out
    assert "\x1b" not in outcome.out + outcome.err
