"""Picture files that somebody from outside made, looked at before any library sees them: small ones can ask for gigabytes.

PNG keeps texts and profiles packed, of which libpng unpacks each one; its pixels may unpack to more than it says that it has.
JPEG may come to the same pixels a thousand times (scans). TIFF may keep sixteen pixels in a tile of a gigabyte, and its tags, of
which EXIF is made, too, one value a thousand times over. HEIC and AVIF may lay a thousand pictures over one another
(`screening_heif`). What is left after this costs no more than its pixels do (PNG: ISO/IEC 15948; JPEG: ITU-T T.81; TIFF 6.0, and
BigTIFF of libtiff).
"""

import re
import struct
import zlib
from collections.abc import Iterator

from pipeline.sources.screening_heif import Malformed, weigh_items

_PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_TIFF = {b"II*\0": "<", b"MM\0*": ">", b"II+\0": "<", b"MM\0+": ">"}
_TAGS = re.compile(rb"II[*+]\0|MM\0[*+]")
_MOST_TAGS, _MOST_LISTED = 100, 65_535
_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_MOST_CHUNKS = 100_000
_ORIENTATION, _MOST_EXIF = b"eXIf", 64 << 10
_PIECE = 1 << 20
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Adam7: first column, first row, and steps between columns and rows.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

_MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
_END, _SCAN = 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_SEGMENTS, _MOST_SCANS = 5_000, 40
"""Programs write ten scans; and a file of 32 MB has five hundred segments where each is as long as it can be."""

_WIDTH, _HEIGHT, _TILE_WIDTH, _TILE_HEIGHT = 256, 257, 322, 323
_SIZES = {3: "H", 4: "I", 16: "Q"}
_BYTES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)
# Where the list is, how many tags it has, and each of them: tag, kind, and number of values.
_OLD_TAGS, _BIG_TAGS = ("I", 4, "H", "HHI"), ("Q", 8, "Q", "HHQ")
_MOST_VALUES = 16 << 20


class Untrusted(Exception):  # noqa: N818 - it reads as what it is
    """It asks for more than a picture of its size may; the text says of what."""


def screened(data: bytes) -> bytes:
    """The picture without what is not needed to show it.

    Args:
        data: A file of any kind; what is no PNG, JPEG or TIFF comes back as it is.

    Raises:
        Untrusted: It asks for too much.
    """
    if data.startswith(_PNG):
        return b"".join(_needed_chunks(data))
    if data.startswith(JPEG):
        jpeg_size(data)
    elif data[:4] in _TIFF:
        _weigh_tags(data, 0)
    elif data[4:8] == b"ftyp":
        _weigh_all_tags(data)
        try:
            weigh_items(data)
        except Malformed as error:
            raise Untrusted(str(error)) from None
    return data


def require_its_own_pixels(data: bytes) -> None:
    """Make sure that it unpacks to no more pixels than it says that it has. Its size must have been looked at.

    Args:
        data: From `screened`.

    Raises:
        Untrusted: It unpacks to more.
    """
    if data.startswith(_PNG):
        _unpack(data)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each, the four bytes of length and the checksum included."""
    place = len(_PNG)
    for _ in range(_MOST_CHUNKS):
        if place + 12 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, place)
        yield kind, place, place + 12 + length
        place += 12 + length
        if kind == b"IEND":
            return
    raise Untrusted(f"it has more than {_MOST_CHUNKS} chunks")


def _needed_chunks(data: bytes) -> Iterator[bytes]:
    yield _PNG
    turned = False
    for kind, begin, end in _chunks(data):
        keeps = kind == _ORIENTATION and not turned and end - begin <= _MOST_EXIF
        turned |= keeps
        if keeps or kind in _NEEDED:
            yield data[begin:end]


def _unpack(data: bytes) -> None:
    unpacker, left = zlib.decompressobj(), -1
    for kind, begin, end in _chunks(data):
        if kind == b"IHDR" and end - begin >= 25:
            left = _bytes_of_rows(data[begin + 8 : begin + 21])
        if kind != b"IDAT" or left < 0:
            continue
        packed = data[begin + 8 : end - 4]
        while packed and not unpacker.eof:
            try:
                left -= len(unpacker.decompress(packed, min(_PIECE, left + 1)))
            except zlib.error:
                # Damaged: whoever decodes it says so.
                return
            if left < 0:
                raise Untrusted("it unpacks to more pixels than it says that it has")
            packed = unpacker.unconsumed_tail


def _bytes_of_rows(header: bytes) -> int:
    """What the pixels of a PNG unpack to, with the byte that begins each row."""
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * _CHANNELS.get(kind, 4)
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for column, row, right, down in passes:
        columns, rows = -(-(width - column) // right), -(-(height - row) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG file, pixels; None where it does not say.

    It is walked from marker to marker to the end of the picture: what phones put behind it does not count.

    Raises:
        Untrusted: It asks for too much.
    """
    place, segments, scans, size = 2, 0, 0, None
    while found := _MARKER.search(data, place):
        marker, place = found[1][0], found.end()
        segments, scans = segments + 1, scans + (marker == _SCAN)
        if segments > _MOST_SEGMENTS or scans > _MOST_SCANS:
            raise Untrusted("it is in more parts than any program writes")
        if marker in _FRAMES and size is None and place + 7 <= len(data):
            height, width = struct.unpack_from(">HH", data, place + 3)
            size = width, height
        if marker == _END or place + 2 > len(data):
            break
        place += max(2, int.from_bytes(data[place : place + 2], "big"))
    return size


def _weigh_all_tags(data: bytes) -> None:
    """Of HEIC and AVIF, which keep EXIF anywhere."""
    for number, found in enumerate(_TAGS.finditer(data)):
        if number > _MOST_TAGS:
            raise Untrusted("it holds more lists of tags than any program writes")
        _weigh_tags(data, found.start())


def _weigh_tags(data: bytes, start: int) -> None:
    """Values of tags may lie over one another, and libraries read each; tiles may be larger than the picture."""
    order = _TIFF[data[start : start + 4]]
    at_list, at_place, counted, tag_of = _BIG_TAGS if b"+" in data[start : start + 4] else _OLD_TAGS
    if start + 16 > len(data):
        return
    place = start + struct.unpack_from(order + at_list, data, start + at_place)[0]
    if place + 8 > len(data):
        return
    (count,) = struct.unpack_from(order + counted, data, place)
    if count > _MOST_LISTED:
        raise Untrusted("it has more tags than any program writes")
    first, head = place + struct.calcsize(f"={counted}"), struct.calcsize(f"={tag_of}")
    size = head + struct.calcsize(f"={at_list}")
    total = 0
    numbers: dict[int, int] = {}
    for at in range(first, min(first + size * count, len(data) - size + 1), size):
        tag, kind, values = struct.unpack_from(order + tag_of, data, at)
        total += values * (_BYTES[kind] if kind < len(_BYTES) else 8)
        if kind in _SIZES and values == 1 and head + struct.calcsize(f"={_SIZES[kind]}") <= size:
            (numbers[tag],) = struct.unpack_from(order + _SIZES[kind], data, at + head)
    if total > max(_MOST_VALUES, 2 * len(data)):
        raise Untrusted("its tags hold more values than the file has room for")
    _weigh_tile(numbers)


def _weigh_tile(numbers: dict[int, int]) -> None:
    tile = numbers.get(_TILE_WIDTH, 0) * numbers.get(_TILE_HEIGHT, 0)
    # Tiles have sides of whole sixteens, so those at the border reach beyond it.
    pixels = (numbers.get(_WIDTH, 0) + 4096) * (numbers.get(_HEIGHT, 0) + 4096)
    if tile > pixels:
        raise Untrusted("its tiles are larger than the picture")
