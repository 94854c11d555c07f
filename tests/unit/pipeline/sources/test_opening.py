import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SourceError
from pipeline.sources.opening import default_stream_id, source_kind


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


@pytest.mark.parametrize(
    ("location", "stream_id"),
    [
        ("clips/door north.mp4", "door-north"),
        ("Eingang Süd.mkv", "Eingang-Süd"),
        ("rtsp://admin:p@ss/w#rd@10.0.0.5:554/Streaming/Channels/101", "10.0.0.5-554-Streaming-Channels-101"),
        ("rtsp://c/cam?channel=2&password=secret", "c-cam-channel-2"),
        ("rtsp://[::1]:8554/a", "1-8554-a"),
        ("synthetic:", "synthetic"),
        ("...mp4", "stream"),
    ],
)
def test_stream_ids(location: str, stream_id: str) -> None:
    assert default_stream_id(location) == stream_id


def test_the_stream_id_of_a_folder_is_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "street.photos"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert default_stream_id(str(folder)) == "street.photos"
    assert default_stream_id(".") == "street.photos"


@given(st.text(min_size=1), st.sampled_from(["", "rtsp://u:Zq9secretZq9@host/", "synthetic:"]))
def test_stream_ids_are_safe(text: str, start: str) -> None:
    try:
        stream_id = default_stream_id(start + text)
    except SourceError:
        return
    assert re.fullmatch(r"[\w.\-]{1,100}", stream_id)
    assert not stream_id.startswith((".", "-"))
    assert "Zq9" not in stream_id
