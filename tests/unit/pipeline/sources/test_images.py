import logging
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SourceError
from domain.names import shown_name
from pipeline.sources.images import ImagesSource, natural_order
from tests.support.clips import picture
from tests.support.photographs import BEGIN, read, save, source_of


def test_every_image_in_natural_order_whatever_its_size(tmp_path: Path) -> None:
    for name, size in (
        ("img10.png", (30, 20)),
        ("img2.jpg", (96, 64)),
        ("Img1.bmp", (7, 5)),
        ("z.webp", (64, 64)),
    ):
        save(tmp_path / name, picture(0, size))
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / ".hidden.png").write_bytes(b"left behind by a system")
    (tmp_path / "folder.png").mkdir()

    source = source_of(tmp_path)
    frames = read(source)

    assert [frame.name for frame in frames] == ["Img1", "img2", "img10", "z"]
    assert [(frame.width, frame.height) for frame in frames] == [(7, 5), (96, 64), (30, 20), (64, 64)]
    assert [frame.media_time_s for frame in frames] == [0.0, 0.5, 1.0, 1.5]
    assert [frame.event_time - BEGIN for frame in frames] == [
        timedelta(seconds=t) for t in (0, 0.5, 1.0, 1.5)
    ]
    assert [(frame.index, frame.sample_index) for frame in frames] == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert (source.duration_s, source.stats().media_seconds, source.live) == (2.0, 2.0, False)
    assert (source.location, source.stream_id) == (str(tmp_path), "photos")


def test_images_that_differ_in_their_endings_only_keep_them(tmp_path: Path) -> None:
    for name in ("a.png", "a.jpg", "b.png"):
        save(tmp_path / name)
    assert [frame.name for frame in read(source_of(tmp_path))] == ["a.jpg", "a.png", "b"]


def test_an_image_is_known_by_its_content_too(tmp_path: Path) -> None:
    save(tmp_path / "photo.png").rename(tmp_path / "photo")
    assert len(read(source_of(tmp_path))) == 1


def test_the_oldest_change_is_the_beginning(tmp_path: Path) -> None:
    for name, moment in (("a.png", 1_600_000_100), ("b.png", 1_600_000_000)):
        os.utime(save(tmp_path / name), (moment, moment))
    source = ImagesSource(tmp_path, stream_id="photos", sample_fps=1.0)
    assert read(source)[0].event_time == datetime.fromtimestamp(1_600_000_000, UTC)


def test_limit_and_close(tmp_path: Path) -> None:
    for number in range(6):
        save(tmp_path / f"{number}.png")
    assert len(read(source_of(tmp_path, limit_s=1.5))) == 3

    source = source_of(tmp_path)
    source.open()
    items = source.items()
    next(items)
    source.close()
    assert list(items) == []


def test_bad_folders(tmp_path: Path) -> None:
    file = save(tmp_path / "one.png")
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "notes.txt").write_text("no image")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "a.jpg").write_bytes(b"")
    (damaged / "b.png").write_bytes(b"not a png")
    messages = {
        tmp_path / "missing": "there is no folder {}; check the path",
        file: "{} is not a folder; name a folder of images",
        empty: "there is no image in {} that can be read; name a folder with jpg, png, heic, bmp, tiff or webp files in it",
        damaged: "none of the 2 images in {} can be read: copy them again",
    }
    for folder, message in messages.items():
        with pytest.raises(SourceError, match=f"^{re.escape(message.format(folder))}$"):
            source_of(folder).open()


def test_wrong_rates(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sample_fps must be a positive number, got 0"):
        ImagesSource(tmp_path, stream_id="photos", sample_fps=0)


@given(st.lists(st.integers(0, 10**6), unique=True))
def test_numbers_in_names_are_numbers(numbers: list[int]) -> None:
    names = [f"frame {number} of a.png" for number in numbers]
    expected = [f"frame {number} of a.png" for number in sorted(numbers)]
    assert sorted(names, key=natural_order) == expected


@given(st.lists(st.text(max_size=8)))
def test_any_names_can_be_ordered(names: list[str]) -> None:
    assert sorted(sorted(names, key=natural_order)) == sorted(names)


@pytest.mark.parametrize(
    "name",
    [b"caf\xe9", b"two\nlines", rb"back\slash", b"-x", b"a?b#c%20d", b"synthetic:", b"'\"", b"\x1b[31m"],
)
def test_pictures_of_any_name_are_read(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    folder.mkdir()
    for ending in ("", ".png"):
        (folder / (os.fsdecode(name) + ending)).write_bytes(save(tmp_path / "a.png").read_bytes())
    source = source_of(folder)
    assert len(read(source)) == 2
    assert source.location == f"{tmp_path}/{shown_name(os.fsdecode(name))}"


def test_a_file_from_outside_the_calendar_counts_from_1970(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = save(tmp_path / "a.png")
    os.utime(path, (0, 33_000_000_000))
    source = ImagesSource(tmp_path, stream_id="photos", sample_fps=2.0)
    with caplog.at_level(logging.WARNING):
        [frame] = read(source)
    assert frame.event_time == datetime(1970, 1, 1, tzinfo=UTC)
    assert caplog.messages == [
        f"{path} bears a date that cannot be; it counts from 1970-01-01: set recorded_at"
    ]


def test_a_folder_that_would_last_for_centuries_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    source = ImagesSource(tmp_path, stream_id="photos", sample_fps=1e-10)
    with pytest.raises(SourceError, match="would last for more than a hundred years; raise sample_fps"):
        source.open()
