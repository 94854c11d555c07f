"""What a folder holds besides pictures that can be read is told, and so are pictures of which a part is read."""

import logging
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from domain.errors import SourceError
from pipeline.sources.image_files import holds_several, read_image
from pipeline.sources.images import ImagesSource
from tests.support.clips import picture
from tests.support.photographs import as_heic, as_pillow, read, save, source_of


def test_a_damaged_image_is_left_out_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(4):
        save(tmp_path / f"{number}.png")
    damaged = tmp_path / "1.png"
    damaged.write_bytes(damaged.read_bytes()[:-200])

    source = source_of(tmp_path)
    with caplog.at_level(logging.WARNING):
        frames = read(source)

    assert [(frame.name, frame.index, frame.sample_index, frame.media_time_s) for frame in frames] == [
        ("0", 0, 0, 0.0),
        ("2", 2, 1, 1.0),
        ("3", 3, 2, 1.5),
    ]
    assert caplog.messages == [f"{damaged} is damaged or no image; left out"]
    assert (source.stats().frames_read, source.stats().frames_sampled) == (4, 3)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".bmp", ".webp", ".tiff", ".ppm"])
def test_an_image_cut_off_is_damaged(tmp_path: Path, ending: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = save(tmp_path / f"cut{ending}", np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8))
    assert read_image(path) is not None
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 7 // 10])
    assert read_image(path) is None
    assert capfd.readouterr().err == ""


def test_what_is_passed_over_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    save(tmp_path / "1.png")
    save(tmp_path / "2.tiff", picture(0).astype(np.float32))
    (tmp_path / "3.heic").write_bytes(as_heic(picture(0)))
    for number in range(5):
        (tmp_path / f"raw{number}.NEF").write_bytes(b"MM\0*")
    (tmp_path / "clip.MOV").touch()
    (tmp_path / "notes.txt").write_text("no picture")
    source = source_of(tmp_path)
    with caplog.at_level(logging.WARNING):
        frames = read(source)
    floating = "its values are floating-point, and nobody says which of them is white; save it with 8 or 16 bits a channel"
    film = "a film is a source of its own; name it beside the folder"
    raw = "the raw data of a camera cannot be read; export it as JPEG"
    assert [frame.name for frame in frames] == ["1", "3"]
    assert [str(files) for files in source.stats().left_out] == [
        f"1 MOV file was left out (clip.MOV): {film}",
        f"5 NEF files were left out (raw0.NEF, raw1.NEF, raw2.NEF, ...): {raw}",
        f"1 TIFF file was left out (2.tiff): {floating}",
    ]
    assert caplog.messages == [
        f"{tmp_path}: 1 MOV file was left out (clip.MOV): {film}",
        f"{tmp_path}: 5 NEF files were left out (raw0.NEF, raw1.NEF, raw2.NEF, ...): {raw}",
        f"{tmp_path}/2.tiff is left out: {floating}",
    ]
    assert (source.stats().frames_read, source.stats().frames_damaged) == (2, 0)


def test_what_is_no_file_but_called_like_a_picture_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save(tmp_path / "1.png")
    (tmp_path / "2.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "3.jpg").symlink_to(tmp_path / "3.jpg")
    os.mkfifo(tmp_path / "4.jpg")
    (tmp_path / "5.mp4").symlink_to(tmp_path / "gone.mp4")
    (tmp_path / "notes").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "folder.png").mkdir()
    source = source_of(tmp_path)
    assert [frame.name for frame in read(source)] == ["1"]
    said = [str(files) for files in source.stats().left_out]
    assert said == [
        (
            "1 JPG file was left out (3.jpg): it cannot be reached (Too many levels of symbolic links); check the rights, and "
            "where links lead"
        ),
        "1 JPG file was left out (2.jpg): it is a link to a file that does not exist; put the file itself there",
        "1 JPG file was left out (4.jpg): it is a pipe, a socket or a device; put a file there",
        "1 MP4 file was left out (5.mp4): it is a link to a file that does not exist; put the file itself there",
    ]
    assert caplog.messages == [f"{tmp_path}: {line}" for line in said]


@pytest.mark.parametrize("ending", ["pcx", "dds", "ico", "tga", "sgi", "qoi", "icns", "eps", "xpm"])
def test_every_kind_of_picture_that_cannot_be_read_is_told(tmp_path: Path, ending: str) -> None:
    save(tmp_path / "1.png")
    path = tmp_path / f"2.{ending}"
    if f".{ending}" in Image.registered_extensions() and ending != "xpm":
        as_pillow(picture(0)).save(path)
    else:
        path.write_bytes(b"/* XPM */")
    source = source_of(tmp_path)
    assert len(read(source)) == 1
    assert [str(files) for files in source.stats().left_out] == [
        f"1 {ending.upper()} file was left out (2.{ending}): this kind of picture cannot be read; save it as JPEG or PNG"
    ]


def test_a_folder_of_what_cannot_be_read_says_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.cr3").touch()
    with pytest.raises(
        SourceError, match=r"1 CR3 file was left out \(a\.cr3\): the raw data of a camera cannot be read"
    ):
        source_of(tmp_path).open()


@pytest.mark.parametrize("ending", ["gif", "png", "webp", "tif"])
def test_of_a_file_with_several_pictures_the_first_is_counted_and_that_is_said(
    tmp_path: Path, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    pictures = [as_pillow(picture(number)) for number in range(3)]
    for name in ("a", "b"):
        pictures[0].save(tmp_path / f"{name}.{ending}", save_all=True, append_images=pictures[1:])
    pictures[0].save(tmp_path / f"c.{ending}")

    source = ImagesSource(tmp_path, stream_id="folder", sample_fps=1.0)
    assert len(read(source)) == 3
    said = (
        "of this and other such files in the folder only the first picture is counted: "
        "name a moving one itself as a source, and save pages one by one"
    )
    assert caplog.messages == [f"{tmp_path}/a.{ending} holds several pictures; {said}"]
    assert [str(files) for files in source.stats().in_part] == [
        (
            f"2 {ending.upper()} files hold several pictures (a.{ending}, b.{ending}), of which only the first is counted: "
            "name a moving one itself as a source, and save pages one by one"
        )
    ]


def test_smaller_versions_of_a_page_are_no_pictures_of_their_own(tmp_path: Path) -> None:
    page, smaller = as_pillow(picture(0)), as_pillow(picture(0)).resize((24, 16))
    smaller.encoderinfo = {"tiffinfo": {254: 1}}
    page.save(tmp_path / "page.tif", save_all=True, append_images=[smaller])

    assert not holds_several(tmp_path / "page.tif")
