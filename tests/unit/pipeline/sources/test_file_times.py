"""When the pictures of a recording were taken: its beginning, pauses, leaps, and recordings joined end to end."""

import logging
import os
import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from domain.frame import Frame, SignalLost, SignalRestored
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.reading import read, source_of


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
