import io
import logging
import os
import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.errors import SourceError
from domain.frame import BgrImage, Frame
from domain.names import shown_name
from pipeline.sources.hdr import Primaries, Transfer, to_screen
from pipeline.sources.image_files import Unreadable, holds_several, read_image
from pipeline.sources.images import ImagesSource, natural_order
from pipeline.sources.pictures import over_white
from tests.support.clips import BRIGHT, DARK, picture
from tests.support.reading import assert_upright

BEGIN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def save(path: Path, image: object = None) -> Path:
    ok, data = cv2.imencode(path.suffix, picture(0) if image is None else np.asarray(image))
    assert ok
    path.write_bytes(data.tobytes())
    return path


def source_of(folder: Path, limit_s: float | None = None) -> ImagesSource:
    return ImagesSource(folder, stream_id="photos", sample_fps=2.0, recorded_at=BEGIN, limit_s=limit_s)


def read(source: ImagesSource) -> list[Frame]:
    source.open()
    return [item for item in source.items() if isinstance(item, Frame)]


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


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """Put an EXIF block with that orientation behind the first marker."""
    tiff = (
        b"MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01"
        + bytes([0, orientation, 0, 0])
        + bytes(4)
    )
    block = b"Exif\x00\x00" + tiff
    return jpeg[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + jpeg[2:]


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 1), (8, -1)])
def test_photographs_are_turned_upright(tmp_path: Path, orientation: int, turns: int) -> None:
    path = save(tmp_path / "photo.jpg", np.ascontiguousarray(np.rot90(picture(0), turns)))
    path.write_bytes(with_orientation(path.read_bytes(), orientation))
    image = read_image(path)
    assert image is not None
    assert image.shape == (64, 96, 3)
    assert_upright(image)


def kinds() -> dict[str, object]:
    color = picture(0)
    opaque = np.full((*color.shape[:2], 1), 255, np.uint8)
    return {
        "16 bit": color.astype(np.uint16) * 257,
        "alpha, opaque": np.concatenate([color, opaque], axis=2),
        "alpha, 16 bit": np.concatenate([color, opaque], axis=2).astype(np.uint16) * 257,
    }


@pytest.mark.parametrize("kind", kinds())
def test_depths_and_alpha(tmp_path: Path, kind: str) -> None:
    image = read_image(save(tmp_path / "image.png", kinds()[kind]))
    assert image is not None
    np.testing.assert_array_equal(image, picture(0))


def test_gray_becomes_three_equal_channels(tmp_path: Path) -> None:
    gray = np.arange(200, dtype=np.uint8).reshape(10, 20)
    for image in (gray, gray.astype(np.uint16) * 257):
        read_back = read_image(save(tmp_path / "gray.png", image))
        assert read_back is not None
        np.testing.assert_array_equal(read_back, np.repeat(gray[..., None], 3, axis=2))


def test_transparent_pixels_are_white(tmp_path: Path) -> None:
    clear = np.zeros((4, 6, 4), np.uint8)
    clear[:, :3] = (*DARK, 255)
    image = read_image(save(tmp_path / "clear.png", clear))
    assert image is not None
    assert image[0, 0].tolist() == list(DARK)
    assert image[0, 5].tolist() == [255, 255, 255]


def test_half_transparent_pixels_are_mixed() -> None:
    pixel = np.array([[[*BRIGHT, 128]]], np.uint8)
    expected = [round(value * 128 / 255 + 127) for value in BRIGHT]
    mixed: BgrImage = over_white(pixel)
    assert mixed[0, 0].tolist() == expected


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


def as_heic(image: BgrImage, orientation: int = 1) -> bytes:
    return _encoded(pillow_heif.from_pillow(_rgb(image)), orientation)


def as_avif(image: BgrImage, orientation: int = 1) -> bytes:
    return _encoded(_rgb(image), orientation, format="AVIF")


def _rgb(image: BgrImage) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(image[..., ::-1]))


def _encoded(image: Any, orientation: int, **how: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, quality=95, exif=exif.tobytes(), **how)
    return file.getvalue()


@pytest.mark.parametrize("encode", [as_heic, as_avif])
@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 1), (8, -1)])
def test_photographs_of_phones_are_read_upright(
    tmp_path: Path, encode: Callable[[BgrImage, int], bytes], orientation: int, turns: int
) -> None:
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(encode(np.ascontiguousarray(np.rot90(picture(0), turns)), orientation))
    image = read_image(path)
    assert image is not None
    assert image.shape == (64, 96, 3)
    assert_upright(image)


@pytest.mark.parametrize("encode", [as_heic, as_avif])
@pytest.mark.parametrize(
    ("primaries", "transfer", "coding"),
    [
        (9, 16, (Transfer.PQ, Primaries.BT2020)),
        (9, 18, (Transfer.HLG, Primaries.BT2020)),
        (2, 16, (Transfer.PQ, Primaries.BT2020)),
        (12, 13, (Transfer.SDR, Primaries.P3)),
    ],
)
def test_photographs_for_bright_and_wide_screens_are_mapped_as_films_are(
    tmp_path: Path,
    encode: Callable[[BgrImage], bytes],
    primaries: int,
    transfer: int,
    coding: tuple[Transfer, Primaries],
) -> None:
    path, ordinary = tmp_path / "x", encode(picture(0))
    place = ordinary.index(b"colrnclx") + len(b"colrnclx")
    path.write_bytes(ordinary)
    as_coded = read_image(path)
    path.write_bytes(ordinary[:place] + struct.pack(">HH", primaries, transfer) + ordinary[place + 4 :])
    mapped = read_image(path)
    assert as_coded is not None
    assert mapped is not None
    assert np.array_equal(mapped, to_screen(as_coded[..., ::-1].astype(np.uint16) * 257, *coding))
    assert not np.array_equal(mapped, as_coded)


@pytest.mark.parametrize("encode", [as_heic, as_avif])
@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_photograph_of_a_phone_is_none(
    tmp_path: Path, encode: Callable[[BgrImage], bytes], data: st.DataObject
) -> None:
    whole = bytearray(encode(picture(0)))
    for place in data.draw(st.lists(st.integers(12, len(whole) - 1), min_size=1, max_size=8)):
        whole[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "x.heic"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    image = read_image(path)
    assert image is None or (image.ndim == 3 and image.dtype == np.uint8)


@pytest.mark.parametrize("ending", [".tiff", ".pfm", ".hdr"])
def test_floating_point_is_refused_and_not_guessed_at(tmp_path: Path, ending: str) -> None:
    path = save(tmp_path / f"a{ending}", picture(0).astype(np.float32) / 255)
    with pytest.raises(Unreadable, match="its values are floating-point"):
        read_image(path)
    message = f"none of the 1 images in {tmp_path} can be read: its values are floating-point, and nobody says which of them "
    with pytest.raises(SourceError, match=f"^{re.escape(message)}"):
        source_of(tmp_path).open()


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
        _rgb(picture(0)).save(path)
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


@pytest.mark.parametrize("ending", ["gif", "png", "webp", "tif"])
def test_of_a_file_with_several_pictures_the_first_is_counted_and_that_is_said(
    tmp_path: Path, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    pictures = [_rgb(picture(number)) for number in range(3)]
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
    page, smaller = _rgb(picture(0)), _rgb(picture(0)).resize((24, 16))
    smaller.encoderinfo = {"tiffinfo": {254: 1}}
    page.save(tmp_path / "page.tif", save_all=True, append_images=[smaller])

    assert not holds_several(tmp_path / "page.tif")
