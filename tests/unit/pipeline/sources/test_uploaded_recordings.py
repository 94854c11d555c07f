"""Recordings from outside are told by what they are, and nothing else is opened."""

from contextlib import suppress
from pathlib import Path

import pytest

from domain.errors import MediaBroken
from domain.frame import Frame
from pipeline.sources.file import FileSource
from pipeline.sources.uploaded_recordings import look_at_recording
from pipeline.sources.uploads import NoPicture, TooManyPixels
from tests.support.clips import ClipOptions, picture, steady, write_clip
from tests.support.service import png_file


@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi", "ts", "mov", "flv"])
def test_the_header_is_read_whatever_the_name(tmp_path: Path, ending: str) -> None:
    clip = write_clip(tmp_path / f"clip.{ending}", steady(20, 10))
    seen = look_at_recording(clip.rename(tmp_path / "upload"), 10_000)
    assert (seen.width, seen.height) == (96, 64)
    assert seen.duration_s == pytest.approx(2.0, abs=0.3)


def test_larger_pictures_are_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(5, 10))
    with pytest.raises(TooManyPixels, match="96x64"):
        look_at_recording(clip, 6_000)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 9 RTP/AVP 96\r\n",
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1/</BaseURL></MPD>',
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x88\x58\1\0\2\0\x10\0data\0\0\0\0",
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41",
        png_file(),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(NoPicture, match="no recording"):
        look_at_recording(path, 10_000)


def test_pictures_that_grow_in_the_middle_are_not_decoded(tmp_path: Path) -> None:
    small = write_clip(tmp_path / "small.ts", steady(10, 10))
    large = write_clip(
        tmp_path / "large.ts",
        steady(10, 10),
        ClipOptions(size=(640, 480)),
        lambda n, _: picture(n, (640, 480)),
    )
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    source = FileSource(both, stream_id="both", sample_fps=10, most_pixels=10_000)
    source.open()
    with suppress(MediaBroken):
        for item in source.items():
            assert not isinstance(item, Frame) or item.image.shape == (64, 96, 3)
    assert source.stats().frames_sampled == 10
