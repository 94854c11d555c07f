"""Recordings that are damaged, cut off, or none."""

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from domain.errors import MediaBroken, SourceError
from domain.frame import BgrImage, SourceItem
from tests.support.clips import ClipOptions, steady, write_clip, write_sound
from tests.support.reading import CONTAINERS, read, source_of

TRUNCATED = {**CONTAINERS, "clip.mp4": ClipOptions(container=(("movflags", "faststart"),), size=(160, 120))}
del TRUNCATED["clip.ts"], TRUNCATED["clip.mov"]


@pytest.mark.parametrize("keyframes_only", [False, True])
@pytest.mark.parametrize("name", TRUNCATED)
def test_a_file_cut_off_gives_what_is_there_and_says_so(
    tmp_path: Path, name: str, keyframes_only: bool
) -> None:
    path = write_clip(tmp_path / name, steady(60, 10), TRUNCATED[name], noise)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    source = source_of(path, keyframes_only=keyframes_only)
    source.open()

    frames: list[SourceItem] = []
    with pytest.raises(MediaBroken) as caught:
        frames.extend(source.items())

    assert re.fullmatch(
        rf"{re.escape(str(path))} breaks off after \d\.\d s: .*; what came before is kept, copy or record it again .*",
        str(caught.value),
    )
    assert len(frames) >= 1
    assert source.stats().frames_sampled == len(frames)


def noise(number: int, size: tuple[int, int]) -> BgrImage:
    """Pictures that fill the file evenly, so that cutting bytes cuts time."""
    return np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)


def damage(path: Path, first: int, last: int) -> Path:
    """Zero the beginnings of the pictures from the first to the last."""
    with av.open(str(path)) as container:
        positions = [
            packet.pos for packet in container.demux(video=0) if packet.pos is not None and packet.size
        ]
    data = bytearray(path.read_bytes())
    for position in positions[first : last + 1]:
        data[position : position + 64] = bytes(64)
    path.write_bytes(data)
    return path


def test_a_few_damaged_pictures_are_left_out_counted_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    options = ClipOptions(codec="png", pixel_format="rgb24")
    path = damage(write_clip(tmp_path / "clip.mov", steady(60, 10), options), 20, 22)

    source = source_of(path)
    with caplog.at_level(logging.WARNING):
        frames = read(source)

    assert len(frames) == 57
    assert [frame.frames_damaged for frame in frames] == [0] * 20 + [3] * 37
    assert (source.stats().frames_read, source.stats().frames_damaged) == (60, 3)
    assert frames[-1].media_time_s == pytest.approx(5.9, abs=0.01)
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert re.fullmatch(
        r".*clip\.mov is damaged at \d\.\d s \(invalid data found .*\); its damaged pictures are not counted",
        caplog.messages[0],
    )
    assert re.fullmatch(r".*clip\.mov: 3 of 60 pictures are damaged and were left out", caplog.messages[1])


@pytest.mark.parametrize("keyframes_only", [False, True])
def test_a_file_whose_end_cannot_be_decoded_is_broken(tmp_path: Path, keyframes_only: bool) -> None:
    options = ClipOptions(codec="png", pixel_format="rgb24")
    path = damage(write_clip(tmp_path / "clip.mov", steady(60, 10), options), 30, 60)
    source = source_of(path, keyframes_only=keyframes_only)
    source.open()

    with pytest.raises(MediaBroken, match=r"clip\.mov breaks off after \d\.\d s: the rest cannot be decoded"):
        list(source.items())

    assert source.stats().frames_sampled == 30


def test_what_follows_a_long_damaged_stretch_is_counted(tmp_path: Path) -> None:
    options = ClipOptions(codec="png", pixel_format="rgb24")
    path = damage(write_clip(tmp_path / "clip.mov", steady(200, 10), options), 20, 150)
    source = source_of(path)

    frames = read(source)

    assert len(frames) == 200 - 131
    assert source.stats().frames_damaged == 131
    assert frames[-1].media_time_s == pytest.approx(19.9, abs=0.01)


def bad_inputs(folder: Path) -> Iterator[tuple[Path, str]]:
    yield folder / "missing.mp4", "there is no file {}; check the path"
    empty = folder / "empty.mp4"
    empty.touch()
    yield empty, "{} is empty; copy or record it again"
    yield folder, "{} is a folder; name a video file, or a folder of images"
    text = folder / "notes.txt"
    text.write_text("Not a video.\n" * 200)
    yield text, "{} is not a video (FFmpeg takes it for tty); name a video file (.*)"
    renamed = folder / "renamed.mp4"
    renamed.write_text("Not a video either.\n" * 200)
    yield (
        renamed,
        "{} is not a video, or is damaged or cut off (.*); name a video file (.*), or copy it again",
    )
    yield (
        write_sound(folder / "sound.wav", 0.5),
        "{} has sound but no pictures; name something with video in it",
    )
    yield (
        write_sound(folder / "sound.mp4", 0.5),
        "{} has sound but no pictures; name something with video in it",
    )
    cut = write_clip(folder / "cut.mp4", steady(20, 10))
    cut.write_bytes(cut.read_bytes()[:-200])  # the index stands at the end
    yield cut, "{} is not a video, or is damaged or cut off (.*); name a video file (.*), or copy it again"
    playlist = folder / "list.m3u8"
    playlist.write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://192.0.2.1/a.ts\n#EXT-X-ENDLIST\n"
    )
    yield playlist, "{} is not a video.*"
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    yield pipe, "{} is a device, a pipe or a socket; name a video file"


def test_bad_input_is_refused_in_one_line(tmp_path: Path) -> None:
    for path, message in bad_inputs(tmp_path):
        pattern = re.escape(message).replace(r"\.\*", ".*").replace(r"\{\}", re.escape(str(path)))
        with pytest.raises(SourceError, match=f"^{pattern}$"):
            source_of(path).open()


def test_a_header_without_a_picture_is_refused(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4", steady(20, 10), ClipOptions(container=(("movflags", "faststart"),))
    )
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + 8] + bytes(len(data)))
    with pytest.raises(
        SourceError, match=r"clip\.mp4 holds no picture that can be decoded; it is damaged or cut off: copy"
    ):
        source_of(path).open()


def test_a_moving_webp_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "moving.webp"
    still, *rest = [Image.fromarray(noise(number, (32, 24))) for number in range(3)]
    still.save(path, save_all=True, append_images=rest, duration=100)

    with pytest.raises(SourceError) as caught:
        source_of(path).open()

    assert (
        str(caught.value)
        == f"{path} is a moving WebP, which FFmpeg does not decode; convert it to a video first"
    )
