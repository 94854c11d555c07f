"""Damaged pictures are left out, and so is what is built on them; holes in a file do not end it."""

import logging
import random
import re
from pathlib import Path

import av
import numpy as np
import pytest

from domain.frame import BgrImage, Frame
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.reading import read, source_of

TS_PACKET = 188
FRAMES, FPS = 60, 10
SCENE = ClipOptions(size=(160, 120), keyframe_every=20, b_frames=2)
_NOISE = np.random.default_rng(1).integers(0, 256, (120, 160 + 4 * FRAMES, 3), np.uint8)


def moving(number: int, size: tuple[int, int]) -> BgrImage:
    """Noise that moves sideways, so that each picture takes many packets and a smear shows."""
    return np.ascontiguousarray(_NOISE[:, number * 4 : number * 4 + size[0]])


def lose_packets(path: Path, share: float) -> Path:
    """Leave out that part of the transport packets of the second third, but none that begins a picture."""
    data, dice, kept = path.read_bytes(), random.Random(5), bytearray()  # noqa: S311 - must be repeatable
    for at in range(0, len(data), TS_PACKET):
        packet = data[at : at + TS_PACKET]
        of_picture = ((packet[1] & 31) << 8 | packet[2]) == 0x100 and not packet[1] & 0x40
        inside = len(data) // 3 <= at < len(data) * 2 // 3
        if not (of_picture and inside and dice.random() < share):
            kept += packet
    path.write_bytes(kept)
    return path


def scramble(path: Path, numbers: range) -> Path:
    """Overwrite a few bytes in the middle of these packets of the pictures."""
    dice = random.Random(7)  # noqa: S311 - must be repeatable
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for number in numbers:
        position, size = places[number]
        assert position is not None
        middle = position + size // 2
        data[middle : middle + 24] = dice.randbytes(24)
    path.write_bytes(data)
    return path


def furthest_off(frames: list[Frame], whole: list[Frame]) -> float:
    """The largest mean difference of a picture from that of the same time in the whole recording."""
    by_time = {round(frame.media_time_s, 2): frame.image.astype(float) for frame in whole}
    return max(float(np.abs(frame.image - by_time[round(frame.media_time_s, 2)]).mean()) for frame in frames)


@pytest.mark.parametrize("b_frames", [0, 2, 3])
def test_nothing_smeared_comes_out_of_a_stream_with_losses(
    tmp_path: Path, b_frames: int, caplog: pytest.LogCaptureFixture
) -> None:
    options = ClipOptions(size=(160, 120), keyframe_every=20, b_frames=b_frames)
    path = write_clip(tmp_path / "clip.ts", steady(FRAMES, FPS), options, moving)
    whole = read(source_of(path))
    source = source_of(lose_packets(path, 0.1))

    with caplog.at_level(logging.WARNING):
        frames = read(source)

    stats = source.stats()
    assert 20 <= len(frames) < len(whole) == FRAMES
    assert stats.frames_damaged == stats.frames_read - len(frames) > 0
    assert frames[-1].frames_damaged <= stats.frames_damaged
    assert stats.media_seconds == pytest.approx(FRAMES / FPS, abs=0.11)
    assert furthest_off(frames, whole) < 1.0
    assert re.fullmatch(
        r".*clip\.ts is damaged at \d\.\d s \(bits of it are missing\); its damaged pictures are not counted",
        caplog.messages[0],
    )
    assert re.fullmatch(r".*clip\.ts: \d+ of 60 pictures are damaged and were left out", caplog.messages[1])


KINDS = {
    "clip.mp4": SCENE,
    "clip.mkv": SCENE,
    "clip.avi": ClipOptions(size=(160, 120), codec="mpeg4", keyframe_every=20),
}


@pytest.mark.parametrize("keyframes_only", [False, True])
@pytest.mark.parametrize("name", KINDS)
def test_nothing_smeared_comes_out_of_a_scrambled_file(
    tmp_path: Path, name: str, keyframes_only: bool
) -> None:
    path = write_clip(tmp_path / name, steady(FRAMES, FPS), KINDS[name], moving)
    whole = read(source_of(path, keyframes_only=keyframes_only))
    source = source_of(scramble(path, range(20, 30)), keyframes_only=keyframes_only)

    frames = read(source)

    assert 0 < len(frames) < len(whole)
    assert source.stats().frames_damaged > 0
    assert furthest_off(frames, whole) < 1.0


def test_jpegs_that_are_cut_short_are_left_out(tmp_path: Path) -> None:
    options = ClipOptions(size=(160, 120), codec="mjpeg", pixel_format="yuvj420p")
    path = write_clip(tmp_path / "clip.mov", steady(FRAMES, FPS), options, moving)
    whole = read(source_of(path))
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for position, size in places[20:30]:
        assert position is not None
        data[position + size // 2 : position + size] = b"\xff\xd9".ljust(size - size // 2, b"\0")
    path.write_bytes(data)
    source = source_of(path)

    frames = read(source)

    assert (len(frames), source.stats().frames_damaged) == (FRAMES - 10, 10)
    assert furthest_off(frames, whole) < 1.0


def test_a_whole_recording_has_no_damage(tmp_path: Path) -> None:
    for name, options in KINDS.items():
        source = source_of(write_clip(tmp_path / name, steady(FRAMES, FPS), options, moving))
        assert len(read(source)) == FRAMES
        assert source.stats().frames_damaged == 0


def test_a_camera_that_writes_odd_jpegs_is_read_all_the_same(tmp_path: Path) -> None:
    options = ClipOptions(codec="mjpeg", pixel_format="yuvj420p")
    path = write_clip(tmp_path / "clip.avi", steady(20, FPS), options)
    # A comment that is longer than it says is against the standard, and harms nothing.
    path.write_bytes(path.read_bytes().replace(b"\xff\xfe\x00\x10", b"\xff\xfe\x00\x0f"))

    assert len(read(source_of(path))) == 20


@pytest.mark.parametrize("keyframes_only", [False, True])
@pytest.mark.parametrize("zeros", [TS_PACKET, TS_PACKET * 1000, TS_PACKET * 40_000, 999])
def test_what_follows_a_stretch_of_zeros_is_read_too(
    tmp_path: Path, zeros: int, keyframes_only: bool
) -> None:
    path = write_clip(tmp_path / "clip.ts", steady(FRAMES, FPS), SCENE, moving)
    whole = read(source_of(path, keyframes_only=keyframes_only))
    data = path.read_bytes()
    middle = len(data) // 2 // TS_PACKET * TS_PACKET
    path.write_bytes(data[:middle] + bytes(zeros) + data[middle:])
    source = source_of(path, keyframes_only=keyframes_only)

    frames = read(source)

    assert frames[-1].media_time_s == pytest.approx(whole[-1].media_time_s)
    assert source.stats().media_seconds == pytest.approx(FRAMES / FPS, abs=0.11)
    assert furthest_off(frames, whole) < 1.0


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.mov"])
def test_zeros_in_place_of_what_was_there(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, steady(FRAMES, FPS), KINDS.get(name, SCENE), moving)
    whole = read(source_of(path))
    data = bytearray(path.read_bytes())
    first = len(data) * 4 // 10
    data[first : first + len(data) // 10] = bytes(len(data) // 10)
    path.write_bytes(data)
    source = source_of(path)

    frames = read(source)

    assert frames[-1].media_time_s == pytest.approx(whole[-1].media_time_s)
    assert len(frames) < FRAMES
    assert furthest_off(frames, whole) < 1.0
