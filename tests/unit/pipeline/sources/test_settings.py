import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from config import CameraSettings


def kind_of(location: str) -> str:
    """The kind of source that a text is short for."""
    return CameraSettings.model_validate({"source": location}).source.kind


def test_kinds(tmp_path: Path) -> None:
    assert kind_of("rtsp://camera/live") == "rtsp"
    assert kind_of("RTSPS://camera/live") == "rtsp"
    assert kind_of("synthetic:") == "synthetic"
    assert kind_of("synthetic:?seed=3") == "synthetic"
    assert kind_of(str(tmp_path)) == "images"
    assert kind_of(str(tmp_path / "missing.mp4")) == "file"
    assert kind_of("odd:name.mp4") == "file"


@pytest.mark.parametrize(
    ("location", "message"),
    [
        (
            "http://u:secret@host/x.m3u8",
            ("must be a file, a folder, an rtsp:// or rtsps:// address, or synthetic:, and not http://"),
        ),
        (
            "rtsp:///live",
            ("must name a host and, if any, a port from 1 to 65535, as in rtsp://camera.example:554/stream"),
        ),
        (
            "admin:hunter2@camera/live",
            ("must name a file that is there; for the address of a camera write rtsp:// in front of it"),
        ),
        (
            " ",
            "must be a file, a folder, an rtsp:// or rtsps:// address, or synthetic:",
        ),
    ],
)
def test_refusals(location: str, message: str) -> None:
    with pytest.raises(ValidationError, match=rf"Value error, {re.escape(message)} \["):
        kind_of(location)


@pytest.mark.parametrize(
    "name", ["synthetic:", "synthetic:?persons=1", "user:pass@host", "a:", "@clip.mp4", "rtsp:x", "-x"]
)
def test_what_is_there_is_a_path_whatever_it_is_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).touch()
    assert kind_of(name) == "file"
    assert kind_of(f"{tmp_path}/{name}") == "file"


def test_a_path_may_look_like_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("http:/shop").mkdir(parents=True)
    assert kind_of("http://shop") == "images"
