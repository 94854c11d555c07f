import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.logs import set_up_logging
from tests.support.command import Footfall


def test_a_run_names_the_new_keys_of_old_ones(footfall: Footfall, tmp_path: Path) -> None:
    config = tmp_path / "old.yaml"
    config.write_text("sampling: {sample_fps: 2}\n", encoding="utf-8")

    done = footfall(
        "run", "synthetic:?seconds=1", "--no-overlay", "--config", config, "--out", tmp_path / "o"
    )

    assert done.code == 0
    assert f"WARNING sampling.sample_fps ({config}:1) is now called sampling.fps\n" in done.err


@pytest.fixture
def as_before() -> Iterator[None]:
    """The root logger as pytest has set it up."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.mark.usefixtures("as_before")
def test_one_veil_stands_before_every_logger_and_form(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("footfall", "libav.rtsp", "uvicorn.access", "somebody.else")
    for name in names:
        # A server that ran before has its own way with some of them.
        for attribute, value in {
            "propagate": True,
            "disabled": False,
            "level": logging.NOTSET,
            "handlers": [],
        }.items():
            monkeypatch.setattr(logging.getLogger(name), attribute, value)
    for form in ("text", "json"):
        errors = io.StringIO()
        monkeypatch.setattr(sys, "stderr", errors)
        set_up_logging("debug", form)
        for name in names:
            logging.getLogger(name).warning("GET %s failed", "rtsp://admin:hunter2@cam/live")
        try:
            raise ValueError("postgresql://me:hunter2@db/x")
        except ValueError:
            logging.getLogger("a.bug").exception("it broke", stack_info=True)
        said = errors.getvalue()
        assert "hunter2" not in said
        assert said.count("rtsp://***@cam/live") == 4
        assert "postgresql://***@db/x" in said


@pytest.mark.usefixtures("as_before")
def test_json_lines_say_when_who_and_what(
    footfall: Footfall, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = footfall(
        "run",
        "synthetic:?seconds=1",
        "--no-overlay",
        "--log-format",
        "json",
        "--out",
        tmp_path / "o",
        "--json",
    )
    assert done.code == 0
    logging.getLogger("cam\u00e9ra").error("line\nbreak")
    lines = [json.loads(line) for line in (done.err + capsys.readouterr().err).splitlines()]
    assert {"time", "level", "logger", "message"} == set(lines[-1])
    assert (lines[-1]["level"], lines[-1]["logger"], lines[-1]["message"]) == (
        "error",
        "cam\u00e9ra",
        "line\nbreak",
    )


def test_an_unknown_form_is_one_line(footfall: Footfall, tmp_path: Path) -> None:
    refused = footfall("run", "synthetic:?seconds=1", "--log-format", "xml", "--out", tmp_path / "o")
    assert (refused.code, refused.err) == (
        2,
        "footfall: log_format = 'xml' (flag --log-format): must be 'text' or 'json'\n",
    )
