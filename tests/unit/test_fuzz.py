"""That `make fuzz` notices what it is there to notice."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from config import load_settings
from tests.fuzz.cases import SETTINGS, config, picture, recording
from tests.fuzz.trial import attempt
from tests.support.corpus import write_pictures, write_recordings


def hangs() -> None:
    signal.pause()


def crashes() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def has_a_bug() -> None:
    raise KeyError("bug")


def is_dumb() -> None:
    sys.exit(2)


def refuses() -> None:
    sys.stderr.write("footfall: no such thing\n")
    sys.exit(2)


def refuses_too_late() -> None:
    Path("out").mkdir()
    Path("out", "events.jsonl").touch()
    refuses()


def leaves_half() -> None:
    Path("out").mkdir()
    Path("out", "events.jsonl").touch()


def works() -> None:
    leaves_half()
    Path("out", "summary.json").write_text("{}", encoding="utf-8")
    Path("out", "report.html").touch()


@pytest.mark.parametrize(
    ("command", "ending"),
    [
        (hangs, "hang"),
        (crashes, "crash"),
        (has_a_bug, "traceback"),
        (is_dumb, "no word"),
        (refuses, "refused"),
        (refuses_too_late, "half done"),
        (leaves_half, "half done"),
        (works, "whole"),
    ],
)
def test_every_ending_is_told(tmp_path: Path, command: Callable[[], None], ending: str) -> None:
    limit_s = 2.0 if command is hangs else 120.0
    assert attempt([], tmp_path, limit_s, command)[0] == ending


def test_each_case_can_be_made_again(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    clip, image = write_recordings(whole)[0], write_pictures(whole)[0]
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        recording(clip, 5, folder)
        picture(image, 6, folder)
        config(7, folder)
        contents.append({path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()})

    assert contents[0] == contents[1]
    assert contents[0][f"damaged{clip.suffix}"] != clip.read_bytes()


def test_the_settings_that_are_damaged_are_whole_before(tmp_path: Path) -> None:
    path = tmp_path / "footfall.yaml"
    path.write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    assert [camera.id for camera in load_settings(path).cameras] == ["door", "till"]
