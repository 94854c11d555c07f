"""Files that ask for much are known before any library sees them, and others come through as they are."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.sources.image_files import decode_image
from pipeline.sources.screening import Untrusted, jpeg_size, require_its_own_pixels, screened
from pipeline.sources.uploaded_recordings import look_at_recording
from pipeline.sources.uploads import NoPicture, decode_upload
from tests.support import bombs

MOST = 40_000_000


def saved(mode: str, kind: str, **options: object) -> bytes:
    random = np.random.default_rng(1)
    channels = {"L": (), "LA": (2,), "RGB": (3,), "RGBA": (4,), "P": (), "1": (), "I;16": ()}[mode]
    values = random.integers(0, 256, (37, 53, *channels), np.uint8)
    if mode == "I;16":
        image = Image.fromarray(values.astype(np.uint16) * 257)
    elif mode in {"P", "1"}:
        image = Image.fromarray(values).convert(mode)
    else:
        image = Image.fromarray(values, mode)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


ORDINARY = {
    **{f"PNG {mode}": saved(mode, "PNG") for mode in ("L", "LA", "RGB", "RGBA", "P", "1", "I;16")},
    "JPEG": saved("RGB", "JPEG"),
    "JPEG in ten scans": saved("RGB", "JPEG", progressive=True),
    "JPEG with EXIF": saved("RGB", "JPEG", exif=Image.Exif()),
    "TIFF": saved("RGB", "TIFF"),
    "TIFF, packed": saved("RGB", "TIFF", compression="tiff_deflate"),
    "WebP": saved("RGB", "WEBP"),
    "GIF": saved("P", "GIF"),
    "AVIF": saved("RGB", "AVIF"),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_pictures_come_through_as_they_are(name: str) -> None:
    data = ORDINARY[name]
    kept = screened(data)
    require_its_own_pixels(kept)
    before, after = decode_image(data), decode_image(kept)
    assert before is not None
    assert after is not None
    assert np.array_equal(before, after)
    assert np.array_equal(decode_upload(data, MOST), before)


def test_an_interlaced_png_has_room_for_its_pixels() -> None:
    # Adam7 of 3x3 grey pixels: rows of the passes 1, 4, 5, 6 (two) and 7.
    header = struct.pack(">IIBBBBB", 3, 3, 8, 0, 0, 0, 1)
    rows = b"".join(bytes(1 + columns) for columns in (1, 1, 2, 1, 1, 3))
    assert interlaced(header, rows)
    with pytest.raises(Untrusted, match="more pixels"):
        interlaced(header, rows + b"0000000000")


def interlaced(header: bytes, rows: bytes) -> bool:
    data = bombs.PNG + b"".join(
        bombs.chunk(kind, content)
        for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )
    require_its_own_pixels(screened(data))
    return True


def test_the_orientation_of_a_png_is_kept_and_its_texts_are_not() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = screened(saved("RGB", "PNG", exif=exif) + b"behind")
    assert b"eXIf" in kept
    assert b"behind" not in kept
    assert decode_upload(kept, MOST).shape == (53, 37, 3)
    assert b"tEXt" not in screened(bombs.png_with(b"zTXt", 3, behind=True))


def test_a_jpeg_says_its_size() -> None:
    assert jpeg_size(ORDINARY["JPEG in ten scans"]) == (53, 37)
    assert jpeg_size(b"\xff\xd8\xff") is None
    # What phones put behind a picture is none of its scans.
    assert jpeg_size(ORDINARY["JPEG"] + b"\xff\xda\0\2" * 1000) == (53, 37)


REFUSED: dict[str, Callable[[], bytes]] = {
    "PNG that unpacks to a gigabyte": bombs.lying_png,
    "PNG of a million chunks": bombs.png_in_crumbs,
    "JPEG of thousands of scans": lambda: bombs.jpeg_of_scans(5000, 300),
    "JPEG of millions of comments": bombs.jpeg_in_crumbs,
    "TIFF in a huge tile": lambda: bombs.tiff_in_a_tile(12_000),
    "BigTIFF in a huge tile": lambda: bombs.big_tiff_in_a_tile(12_000),
    "TIFF whose tags hold the same": lambda: bombs.tags_over_one_another(2000, 1 << 20),
    "WebP that is huge by its header": bombs.webp_that_lies,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_asks_for_much_is_refused(name: str) -> None:
    with pytest.raises(NoPicture if name[:4] != "WebP" else Exception, match=r"picture"):
        decode_upload(REFUSED[name](), MOST)


def test_a_bigtiff_that_asks_for_no_more_than_others_is_read() -> None:
    assert decode_upload(bombs.big_tiff_in_a_tile(16), MOST).shape == (16, 16, 3)


def test_tags_in_an_avif_are_weighed() -> None:
    tags = bombs.tags_over_one_another(2000, 1 << 20)
    with pytest.raises(Untrusted, match="tags"):
        screened(ORDINARY["AVIF"] + tags)


def test_an_index_that_is_packed_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "packed.mov"
    path.write_bytes(bombs.mp4_packed(50))
    with pytest.raises(NoPicture, match="index is packed"):
        look_at_recording(path, MOST)
