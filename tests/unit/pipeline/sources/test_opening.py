import re
from pathlib import Path

import pytest

from domain.errors import SourceError
from pipeline.sources.opening import source_kind


def test_kinds(tmp_path: Path) -> None:
    assert source_kind("rtsp://camera/live") == "rtsp"
    assert source_kind("RTSPS://camera/live") == "rtsp"
    assert source_kind("synthetic:") == "synthetic"
    assert source_kind("synthetic:shop?seed=3") == "synthetic"
    assert source_kind(str(tmp_path)) == "images"
    assert source_kind(str(tmp_path / "missing.mp4")) == "file"
    assert source_kind("odd:name.mp4") == "file"


@pytest.mark.parametrize(
    ("location", "message"),
    [
        (
            "http://u:secret@host/x.m3u8",
            (
                "the source http://***@host/x.m3u8 cannot be read: it must be a file, a folder, an rtsp:// or rtsps:// address, or "
                "synthetic:, and not http://"
            ),
        ),
        (
            "rtsp:///live",
            (
                "the source rtsp:///live cannot be read: it must name a host and, if any, a port from 1 to 65535, as in "
                "rtsp://camera.example:554/stream"
            ),
        ),
        (
            "admin:hunter2@camera/live",
            (
                "the source *** cannot be read: it must name a file that is there; for the address of a camera write rtsp:// in "
                "front of it"
            ),
        ),
        (
            " ",
            "the source ' ' cannot be read: it must be a file, a folder, an rtsp:// or rtsps:// address, or synthetic:",
        ),
    ],
)
def test_refusals(location: str, message: str) -> None:
    with pytest.raises(SourceError, match=f"^{re.escape(message)}$"):
        source_kind(location)


@pytest.mark.parametrize(
    "name", ["synthetic:", "synthetic:?persons=1", "user:pass@host", "a:", "@clip.mp4", "rtsp:x", "-x"]
)
def test_what_is_there_is_a_path_whatever_it_is_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).touch()
    assert source_kind(name) == "file"
    assert source_kind(f"{tmp_path}/{name}") == "file"


def test_a_path_may_look_like_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("http:/shop").mkdir(parents=True)
    assert source_kind("http://shop") == "images"
