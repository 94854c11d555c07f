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
                "http://***@host/x.m3u8 cannot be read: http:// is not understood; name a video file, a folder of images, "
                "rtsp://, rtsps:// or synthetic:"
            ),
        ),
        ("rtsp:///live", "rtsp:///live names no host; write rtsp://HOST/PATH"),
        (" ", "a source has no name; name a video file, a folder of images or rtsp://HOST/PATH"),
    ],
)
def test_refusals(location: str, message: str) -> None:
    with pytest.raises(SourceError, match=f"^{re.escape(message)}$"):
        source_kind(location)
