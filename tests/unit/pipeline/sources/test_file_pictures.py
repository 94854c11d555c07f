"""Sizes, formats, colours and turns of the pictures in a recording."""

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from domain.frame import BgrImage
from tests.support.clips import BRIGHT, DARK, ClipOptions, steady, write_clip
from tests.support.reading import assert_upright, read, source_of


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
