import logging
import os
import re
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from domain.frame import BgrImage, Frame, SignalLost, SignalRestored
from tests.support.clips import BRIGHT, DARK, ClipOptions, steady, write_clip
from tests.support.reading import CONTAINERS, assert_upright, read, source_of
from tests.support.shared_data import ROOT, shared_file


@pytest.mark.parametrize("name", CONTAINERS)
def test_reads_what_ffmpeg_decodes(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, steady(30, 10), CONTAINERS[name])

    source = source_of(path)
    frames = read(source)

    assert [frame.index for frame in frames] == list(range(30))
    assert [frame.sample_index for frame in frames] == list(range(30))
    assert [frame.media_time_s for frame in frames] == pytest.approx(
        [number / 10 for number in range(30)], abs=0.002
    )
    assert_upright(frames[7].image, tolerance=40 if name.endswith("gif") else 12)
    assert (source.stats().frames_read, source.stats().frames_sampled) == (30, 30)
    assert source.stats().media_seconds == pytest.approx(3.0, abs=0.12)
    assert source.duration_s == pytest.approx(3.0, abs=0.12)
    assert (source.live, source.stream_id, source.location) == (False, "clip", str(path))


@pytest.mark.parametrize("name", CONTAINERS)
def test_keyframes_only(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, steady(30, 10), CONTAINERS[name])

    source = source_of(path, keyframes_only=True)
    frames = read(source)

    expected = [0.0] if name.endswith("gif") else [0.0, 1.0, 2.0]
    assert [frame.media_time_s for frame in frames] == pytest.approx(expected, abs=0.002)
    assert_upright(frames[-1].image, tolerance=40 if name.endswith("gif") else 12)
    assert source.stats().frames_read == 30
    assert source.stats().media_seconds == pytest.approx(3.0, abs=0.12)


def test_keyframes_only_shows_the_same_pictures_as_all_frames(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", steady(40, 10), ClipOptions(b_frames=2))
    whole = {round(frame.media_time_s, 3): frame for frame in read(source_of(path))}

    for frame in read(source_of(path, keyframes_only=True)):
        np.testing.assert_array_equal(frame.image, whole[round(frame.media_time_s, 3)].image)


def test_keyframes_only_still_obeys_the_rate(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", steady(40, 10), ClipOptions(keyframe_every=1))
    frames = read(source_of(path, sample_fps=2.0, keyframes_only=True))
    assert [frame.media_time_s for frame in frames] == pytest.approx(
        [number / 2 for number in range(8)], abs=0.002
    )


def test_samples_by_time_not_by_count(tmp_path: Path) -> None:
    times_ms = [*range(0, 2000, 40), *range(2000, 6000, 200), 9000, 9040, 9080]
    path = write_clip(tmp_path / "variable.mkv", times_ms)

    times = [frame.media_time_s for frame in read(source_of(path, sample_fps=2.0))]

    assert times == pytest.approx(
        [0.0, 0.52, 1.0, 1.52, 2.0, 2.6, 3.0, 3.6, 4.0, 4.6, 5.0, 5.6, 9.0], abs=0.01
    )
    assert all(after - before > 0.39 for before, after in pairwise(times))


def test_a_raw_stream_without_time_stamps_is_counted(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "raw.h264", steady(30, 25))
    assert read(source_of(path))[-1].media_time_s == pytest.approx(29 / 25)
    assert [round(f.media_time_s, 3) for f in read(source_of(path, keyframes_only=True))] == [0.0, 0.4, 0.8]


def test_joined_recordings_go_on_where_the_first_ended(tmp_path: Path) -> None:
    one = write_clip(tmp_path / "one.ts", steady(20, 10, start_ms=700_000)).read_bytes()
    other = write_clip(tmp_path / "other.ts", steady(20, 10, start_ms=3_000)).read_bytes()
    path = tmp_path / "joined.ts"
    path.write_bytes(one + other)

    times = [frame.media_time_s for frame in read(source_of(path))]

    assert len(times) == 40
    assert all(0 <= after - before < 0.5 for before, after in pairwise(times))
    assert times[-1] == pytest.approx(3.9, abs=0.3)


@pytest.mark.parametrize("name", ["late.mkv", "late.mp4", "late.ts"])
def test_a_late_start_is_no_truncation(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, steady(20, 10, start_ms=60_000))
    frames = read(source_of(path))
    assert (frames[0].media_time_s, len(frames)) == (0.0, 20)
    assert frames[-1].media_time_s == pytest.approx(1.9, abs=0.01)


@pytest.mark.parametrize("name", ["long.mp4", "long.mkv"])
def test_sound_longer_than_the_pictures_is_no_truncation(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, steady(10, 10), ClipOptions(sound_s=6.0))
    assert len(read(source_of(path))) == 10


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [
        ("libx264", "yuvj420p"),
        ("libx264", "yuv420p10le"),
        ("libx264", "yuv444p"),
        ("ffv1", "yuv420p16le"),
        ("ffv1", "bgra"),
        ("png", "rgb48be"),
        ("rawvideo", "bgr24"),
        ("rawvideo", "rgb565le"),
    ],
)
def test_pixel_formats(tmp_path: Path, codec: str, pixel_format: str) -> None:
    path = write_clip(
        tmp_path / "clip.nut", steady(4, 10), ClipOptions(codec=codec, pixel_format=pixel_format)
    )
    for frame in read(source_of(path)):
        assert_upright(frame.image)
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable


def test_gray_video(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", steady(4, 10), ClipOptions(codec="ffv1", pixel_format="gray"))
    image = read(source_of(path))[0].image
    assert (image[..., 0] == image[..., 2]).all()
    assert image[5, 5, 0] > 180
    assert image[5, 90, 0] < 60


@pytest.mark.parametrize("size", [(97, 65), (33, 17), (640, 2), (18, 402)])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    path = write_clip(
        tmp_path / "odd.mkv", steady(3, 10), ClipOptions(codec="ffv1", pixel_format="bgr0", size=size)
    )
    assert [(frame.width, frame.height) for frame in read(source_of(path))] == [size] * 3


def test_the_size_may_change_on_the_way(tmp_path: Path) -> None:
    small = write_clip(tmp_path / "small.ts", steady(10, 10)).read_bytes()
    big = write_clip(tmp_path / "big.ts", steady(10, 10, 1000), ClipOptions(size=(160, 120))).read_bytes()
    path = tmp_path / "both.ts"
    path.write_bytes(small + big)

    frames = read(source_of(path))

    assert {(frame.width, frame.height) for frame in frames} == {(96, 64), (160, 120)}
    assert_upright(frames[-1].image)


TURNS: dict[str, tuple[tuple[int, int, int, int], Callable[[BgrImage], BgrImage]]] = {
    # a, b, c, d of the display matrix: how the stored picture was turned, so that this turns it upright again
    "as it is": ((1, 0, 0, 1), lambda image: image),
    "quarter turn right": ((0, 1, -1, 0), lambda image: np.rot90(image, 1)),
    "half turn": ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
    "quarter turn left": ((0, -1, 1, 0), lambda image: np.rot90(image, -1)),
    "mirrored": ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
    "upside down": ((1, 0, 0, -1), lambda image: image[::-1]),
    "mirrored and turned": ((0, 1, 1, 0), lambda image: image.transpose(1, 0, 2)),
}


@pytest.mark.parametrize("turn", TURNS)
def test_rotated_video_is_turned_upright(tmp_path: Path, turn: str) -> None:
    matrix, store = TURNS[turn]

    def paint(_number: int, size: tuple[int, int]) -> BgrImage:
        upright = np.full((96, 64, 3) if matrix[0] == 0 else (64, 96, 3), DARK, np.uint8)
        upright[: upright.shape[0] // 2, : upright.shape[1] // 2] = BRIGHT
        stored = np.ascontiguousarray(store(upright))
        assert stored.shape[1::-1] == size
        return stored

    path = write_clip(tmp_path / "turned.mp4", steady(3, 10), ClipOptions(), paint)
    set_display_matrix(path, matrix)

    frame = read(source_of(path))[0]

    assert (frame.width, frame.height) == ((64, 96) if matrix[0] == 0 else (96, 64))
    assert_upright(frame.image)


def set_display_matrix(path: Path, matrix: tuple[int, int, int, int]) -> None:
    """Write a display matrix into the track header of an mp4."""
    data = bytearray(path.read_bytes())
    begin = data.index(b"tkhd") + 4 + 40  # version 0: times, id, duration, layer, volume stand before it
    a, b, c, d = (value << 16 for value in matrix)
    data[begin : begin + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


@pytest.mark.parametrize("keyframes_only", [False, True])
@pytest.mark.parametrize(
    ("pixel_aspect", "shown"),
    [
        (Fraction(3), (288, 64)),
        (Fraction(4, 3), (128, 64)),
        (Fraction(8, 9), (96, 72)),
        (Fraction(1, 2), (96, 128)),
        (Fraction(1), (96, 64)),
        (Fraction(321, 320), (96, 64)),
        (Fraction(200), (96, 64)),
    ],
)
def test_pixels_that_are_not_square_are_stretched(
    tmp_path: Path, pixel_aspect: Fraction, shown: tuple[int, int], keyframes_only: bool
) -> None:
    path = write_clip(tmp_path / "clip.mp4", steady(12, 10), ClipOptions(pixel_aspect=pixel_aspect))
    for frame in read(source_of(path, keyframes_only=keyframes_only)):
        assert (frame.width, frame.height) == shown
        assert_upright(frame.image)


def test_a_stretched_picture_is_turned_after_it_was_stretched(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", steady(3, 10), ClipOptions(pixel_aspect=Fraction(2)))
    set_display_matrix(path, (0, 1, -1, 0))
    frame = read(source_of(path))[0]
    assert (frame.width, frame.height) == (64, 192)


def test_hd_without_a_colour_matrix_is_taken_for_bt709(tmp_path: Path) -> None:
    def red(_number: int, size: tuple[int, int]) -> BgrImage:
        return np.full((size[1], size[0], 3), (0, 0, 200), np.uint8)

    path = write_clip(tmp_path / "hd.mkv", [0, 40], ClipOptions(size=(1280, 720), codec="ffv1"), red)
    # It was written by BT.601 and is read by BT.709: saturated red becomes lighter, as in any player.
    assert int(read(source_of(path))[0].image[100, 100, 2]) > 205


def test_the_recorded_time_given_comes_first(tmp_path: Path) -> None:
    path = dated(tmp_path, "2020-05-06T07:08:09.500000Z")
    begin = datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))

    frames = read(source_of(path, recorded_at=begin))

    assert frames[0].event_time == begin
    assert frames[0].event_time.tzinfo is UTC
    assert frames[-1].event_time - begin == timedelta(seconds=frames[-1].media_time_s)
    assert {frame.time_source for frame in frames} == {"file"}


def test_then_the_time_in_the_file(tmp_path: Path) -> None:
    path = dated(tmp_path, "2020-05-06T07:08:09.000000Z")
    assert read(source_of(path))[0].event_time == datetime(2020, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize("written", ["1970-01-01T00:00:00.000000Z", None])
def test_then_the_time_of_the_last_change(tmp_path: Path, written: str | None) -> None:
    path = dated(tmp_path, written)
    os.utime(path, (1_600_000_000, 1_600_000_000))
    assert read(source_of(path))[0].event_time == datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC)


def dated(folder: Path, creation_time: str | None) -> Path:
    metadata = (("creation_time", creation_time),) if creation_time else ()
    return write_clip(folder / "dated.mp4", steady(5, 10), ClipOptions(metadata=metadata))


def test_ends_at_the_limit(tmp_path: Path) -> None:
    source = source_of(write_clip(tmp_path / "clip.mp4", steady(50, 10)), limit_s=2.0)
    assert len(read(source)) == 20
    assert source.duration_s == 2.0
    assert source.stats().media_seconds == 2.0


def test_close_ends_it_from_another_thread(tmp_path: Path) -> None:
    source = source_of(write_clip(tmp_path / "clip.mp4", steady(50, 10)))
    source.open()
    items = source.items()
    next(items)
    other = threading.Thread(target=source.close)
    other.start()
    other.join()
    assert list(items) == []
    source.close()


def test_closed_before_it_was_read(tmp_path: Path) -> None:
    source = source_of(write_clip(tmp_path / "clip.mp4", steady(5, 10)))
    assert source.duration_s is None
    assert source.stats().frames_read == 0
    source.open()
    source.close()
    assert list(source.items()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"recorded_at": datetime(2024, 1, 1)},
            "recorded_at must carry a time zone, got 2024-01-01T00:00:00",
        ),
        ({"limit_s": 0.0}, "limit_s must be above 0, got 0.0"),
        ({"sample_fps": -1.0}, "sample_fps must be a positive number, got -1.0"),
    ],
)
def test_wrong_arguments(options: dict[str, float | datetime], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        source_of(Path("clip.mp4"), **options)  # type: ignore[arg-type]  # one of them each


def test_names_with_ffmpegs_special_characters_are_names(tmp_path: Path) -> None:
    for name in ("clip%03d.mp4", "concat:a|b.mp4", "http:x.mp4", "a b'c.mp4", "ü漢.mp4"):
        path = write_clip(tmp_path / "plain.mp4", steady(3, 10)).rename(tmp_path / name)
        assert len(read(source_of(path))) == 3


def test_ffmpeg_says_nothing_on_stderr(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.avi", steady(30, 10), ClipOptions(codec="mpeg4"))
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 600] = bytes(600)
    path.write_bytes(data)
    script = (
        "import sys; from pathlib import Path; from pipeline.sources.file import FileSource\n"
        "s = FileSource(Path(sys.argv[1]), stream_id='x', sample_fps=9); s.open(); print(len(list(s.items())))"
    )
    ran = subprocess.run(  # noqa: S603 - this project's own module
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(ran.stdout) > 10
    assert all("clip.avi" in line for line in ran.stderr.splitlines())


@pytest.mark.shared_data
def test_a_real_recording() -> None:
    path = shared_file("data/video/one-by-one-person-detection.mp4")
    source = source_of(path, sample_fps=5.0)
    source.open()

    indexes = [item.index for item in source.items() if isinstance(item, Frame)]

    assert indexes == list(range(0, 1394, 2))
    assert source.stats().frames_read == 1394
    assert source.stats().media_seconds == pytest.approx(139.4)


@pytest.mark.parametrize("b_frames", [0, 3])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_a_pause_inside_is_counted_once(tmp_path: Path, name: str, b_frames: int) -> None:
    times_ms = [*steady(20, 10), *steady(20, 10, start_ms=52_000)]
    source = source_of(write_clip(tmp_path / name, times_ms, ClipOptions(b_frames=b_frames)))

    frames = read(source)

    assert source.stats().media_seconds == pytest.approx(54.0, abs=0.2)
    assert frames[-1].media_time_s == pytest.approx(53.9, abs=0.01)


@pytest.mark.parametrize("keyframes_only", [False, True])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_a_pause_is_time_without_a_signal(tmp_path: Path, name: str, keyframes_only: bool) -> None:
    times_ms = [*steady(20, 10), *steady(20, 10, start_ms=52_000), *steady(20, 10, start_ms=60_000)]
    path = write_clip(tmp_path / name, times_ms, ClipOptions(b_frames=3, keyframe_every=5))
    source = source_of(path, keyframes_only=keyframes_only, recorded_at=datetime(2026, 5, 4, tzinfo=UTC))
    source.open()

    items = list(source.items())
    changes = [item for item in items if not isinstance(item, Frame)]
    moments = [(item.event_time - datetime(2026, 5, 4, tzinfo=UTC)).total_seconds() for item in changes]

    assert [type(item) for item in changes] == [SignalLost, SignalRestored] * 2
    assert moments == pytest.approx([2.0, 52.0, 54.0, 60.0], abs=0.11)
    assert [item.gap_s for item in changes if isinstance(item, SignalRestored)] == pytest.approx(
        [50.0, 6.0], abs=0.11
    )
    assert all(before.event_time <= after.event_time for before, after in pairwise(items))


@pytest.mark.parametrize("keyframes_only", [False, True])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts", "clip.mov"])
@pytest.mark.parametrize("step_s", [4, 10, 30])
def test_pictures_that_are_always_far_apart_are_no_pauses(
    tmp_path: Path, name: str, keyframes_only: bool, step_s: int
) -> None:
    times_ms = [1000 * step_s * number for number in range(12)]
    source = source_of(write_clip(tmp_path / name, times_ms), keyframes_only=keyframes_only)
    source.open()

    assert [item for item in source.items() if not isinstance(item, Frame)] == []


@pytest.mark.parametrize("keyframes_only", [False, True])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
@pytest.mark.parametrize("leap_s", [5 * 3600, 20 * 3600])
def test_a_leap_of_hours_adds_no_time_and_is_told(
    tmp_path: Path, name: str, leap_s: int, keyframes_only: bool, caplog: pytest.LogCaptureFixture
) -> None:
    times_ms = [*steady(30, 10), *steady(30, 10, start_ms=3_000 + leap_s * 1000)]
    path = write_clip(tmp_path / name, times_ms, ClipOptions(b_frames=2, keyframe_every=5))
    source = source_of(path, keyframes_only=keyframes_only)

    with caplog.at_level(logging.WARNING):
        frames = read(source)

    assert source.stats().media_seconds == pytest.approx(6.0, abs=0.7)
    assert all(before.event_time <= after.event_time for before, after in pairwise(frames))
    assert len(caplog.messages) == 1
    assert re.fullmatch(
        r".*: at \d\.\d s its time stamps leap by \d+ s; that is taken for a clock that was set, not for time that passed",
        caplog.messages[0],
    )


def test_a_transport_streams_counter_may_wrap(tmp_path: Path) -> None:
    wrap_ms = round(2**33 / 90)
    path = write_clip(tmp_path / "clip.ts", steady(60, 10, start_ms=wrap_ms - 3_000), ClipOptions(b_frames=2))
    source = source_of(path)

    assert len(read(source)) == 60
    assert source.stats().media_seconds == pytest.approx(6.0, abs=0.2)


@pytest.mark.parametrize(
    ("sample_fps", "keyframes_only", "step_s"),
    [(5.0, False, 0.2), (100.0, False, 0.1), (0.4, False, 2.5), (5.0, True, 2.0), (0.1, True, 10.0)],
)
def test_the_distance_of_its_pictures_is_known(
    tmp_path: Path, sample_fps: float, keyframes_only: bool, step_s: float
) -> None:
    path = write_clip(tmp_path / "clip.mp4", steady(100, 10), ClipOptions(keyframe_every=20))
    source = source_of(path, sample_fps, keyframes_only=keyframes_only)
    source.open()
    source.close()
    assert source.picture_step_s == pytest.approx(step_s, rel=0.01)


@pytest.mark.parametrize("keyframes_only", [False, True])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_recordings_joined_end_to_end_are_as_long_as_all_of_them(
    tmp_path: Path, keyframes_only: bool, b_frames: int
) -> None:
    one = write_clip(tmp_path / "one.ts", steady(50, 25), ClipOptions(b_frames=b_frames)).read_bytes()
    (tmp_path / "three.ts").write_bytes(one * 3)
    source = source_of(tmp_path / "three.ts", keyframes_only=keyframes_only)

    frames = read(source)

    assert source.stats().media_seconds == pytest.approx(6.0, abs=0.05)
    assert frames[-1].media_time_s == pytest.approx(5.6 if keyframes_only else 5.96, abs=0.05)
