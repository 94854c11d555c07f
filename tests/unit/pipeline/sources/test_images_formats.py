"""What the pixels of a picture become, whatever it is written in."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import SourceError
from domain.frame import BgrImage
from pipeline.sources.hdr import Primaries, Transfer, to_screen
from pipeline.sources.image_files import Unreadable, read_image
from pipeline.sources.pictures import over_white
from tests.support.clips import BRIGHT, DARK, picture
from tests.support.photographs import as_avif, as_heic, save, source_of
from tests.support.reading import assert_upright


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
