import re
import subprocess
import sys
import threading
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from domain.frame import Frame
from tests.support.clips import ClipOptions, steady, write_clip
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
