"""Small files that ask for much: each is a picture or a recording by its beginning, and costs far more than it weighs."""

import io
import struct
import zlib
from collections.abc import Callable

from PIL import Image

Chunk = tuple[bytes, bytes]
PNG = b"\x89PNG\r\n\x1a\n"


def zeros(megabytes: int) -> bytes:
    """So many megabytes of nothing, packed: a thousandth of it."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def png_of(
    width: int, height: int, rows: bytes, before: list[Chunk] | None = None, behind: list[Chunk] | None = None
) -> bytes:
    """A PNG file of 8-bit RGB with that in IDAT, and other chunks before and behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), *(before or ()), (b"IDAT", rows), *(behind or ()), (b"IEND", b"")]
    return PNG + b"".join(chunk(kind, content) for kind, content in chunks)


def chunk(kind: bytes, content: bytes) -> bytes:
    """Of PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def lying_png() -> bytes:
    """It says that it is small, and unpacks to a gigabyte."""
    return png_of(16, 16, zeros(1000))


def _rows() -> bytes:
    return zlib.compress(bytes(16 * 49))


def png_with(kind: bytes, count: int, *, behind: bool) -> bytes:
    """A small one with so many packed profiles or texts of 7 MB each."""
    packed = zeros(7)
    content = {
        b"iCCP": b"name\0\0" + packed,
        b"zTXt": b"name\0\0" + packed,
        b"iTXt": b"name\0\1\0\0\0" + packed,
    }[kind]
    chunks = [(kind, content)] * count
    return png_of(16, 16, _rows(), behind=chunks) if behind else png_of(16, 16, _rows(), before=chunks)


def png_in_crumbs(size: int = 12_000_000) -> bytes:
    """So many bytes of chunks without content."""
    crumb = chunk(b"tEXt", b"a\0")
    whole = png_of(16, 16, _rows())
    return whole[:33] + crumb * (size // len(crumb)) + whole[33:]


def gif_of_many(frames: int, side: int) -> bytes:
    """A moving picture of so many frames that are nothing but one colour."""
    file = io.BytesIO()
    first = Image.new("P", (side, side))
    first.save(file, "GIF")
    data = file.getvalue()
    begin = data.index(b",", 13)
    head, frame = data[:begin], data[begin:-1]
    return head + frame * frames + b";"


def webp_that_lies() -> bytes:
    """Its canvas is 65,536 pixels wide and high, and it holds a picture of 16."""
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "WEBP", lossless=True)
    picture = file.getvalue()[12:]
    canvas = struct.pack("<I", 65_535)[:3] * 2
    extended = b"VP8X" + struct.pack("<I", 10) + b"\0" * 4 + canvas
    body = b"WEBP" + extended + picture
    return b"RIFF" + struct.pack("<I", len(body)) + body


def avif_that_lies(side: int = 4096) -> bytes:
    """It says that it has 64 pixels, and its picture is larger."""
    file = io.BytesIO()
    Image.new("RGB", (side, side)).save(file, "AVIF", speed=10, quality=1)
    size = struct.pack(">II", side, side)
    return file.getvalue().replace(b"ispe\0\0\0\0" + size, b"ispe\0\0\0\0" + struct.pack(">II", 64, 64))


def tiff_in_a_tile(side: int) -> bytes:
    """A picture of 16 pixels in a tile of that side, packed."""
    packed = zlib.compress(bytes(3 * side * side), 9)
    entries = [
        (256, 4, 1, 16), (257, 4, 1, 16), (258, 3, 3, None), (259, 3, 1, 8), (262, 3, 1, 2), (277, 3, 1, 3), (284, 3, 1, 1),
        (322, 4, 1, side), (323, 4, 1, side), (324, 4, 1, None), (325, 4, 1, len(packed)),
    ]  # fmt: skip
    behind = 8 + 2 + 12 * len(entries) + 4
    places = {258: behind, 324: behind + 6}
    listed = b"".join(
        struct.pack("<HHI", tag, kind, count) + struct.pack("<I", places.get(tag, value or 0))
        for tag, kind, count, value in entries
    )
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + listed + struct.pack("<I", 0)
    return head + struct.pack("<HHH", 8, 8, 8) + packed


def tags_over_one_another(tags: int, length: int) -> bytes:
    """A list of TIFF whose tags all have the same megabyte for their value."""
    entries = [(256, 4, 1, 16), (257, 4, 1, 16), *((1000 + tag, 7, length, 0) for tag in range(tags))]
    listed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + listed + bytes(4) + bytes(length)


def jpeg_of_scans(scans: int, side: int) -> bytes:
    """A progressive one whose last scan comes again and again."""
    file = io.BytesIO()
    Image.new("RGB", (side, side)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * scans + data[-2:]


def jpeg_in_crumbs(comments: int = 3_000_000) -> bytes:
    """So many comments without words."""
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG")
    data = file.getvalue()
    return data[:2] + b"\xff\xfe\0\2" * comments + data[2:]


def box(kind: bytes, content: bytes) -> bytes:
    """Of ISO base media."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _within(data: bytes, path: list[bytes], change: Callable[[bytes], bytes]) -> bytes:
    """The same boxes of MP4, with the content of one of them changed."""
    made, place = b"", 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + size]
        if kind == path[0]:
            content = _within(content, path[1:], change) if len(path) > 1 else change(content)
        made += box(kind, content)
        place += size
    return made


_TABLE = [b"moov", b"trak", b"mdia", b"minf", b"stbl"]


def mp4_of_many(clip: bytes, samples: int) -> bytes:
    """A recording that says it has so many pictures, of one byte each, all in one chunk."""
    constant = _within(clip, [*_TABLE, b"stsz"], lambda _: struct.pack(">III", 0, 1, samples))
    times = _within(constant, [*_TABLE, b"stts"], lambda _: struct.pack(">IIII", 0, 1, samples, 1))
    return _within(times, [*_TABLE, b"stsc"], lambda _: struct.pack(">IIIII", 0, 1, 1, samples, 1))


def mp4_packed(megabytes: int) -> bytes:
    """A recording whose index is packed, and unpacks to so much."""
    packed = struct.pack(">I", megabytes << 20) + zeros(megabytes)
    movie = box(b"moov", box(b"cmov", box(b"dcom", b"zlib") + box(b"cmvd", packed)))
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + movie


def mp4_of_fragments(clip: bytes, samples: int) -> bytes:
    """A recording with a fragment that says it has so many pictures, all alike."""
    head = struct.pack(">II", 0x20038, 1) + struct.pack(">III", 1, 1, 0x1010000)
    run = struct.pack(">II", 0, samples)
    fragment = box(b"moof", box(b"mfhd", bytes(8)) + box(b"traf", box(b"tfhd", head) + box(b"trun", run)))
    extends = box(b"mvex", box(b"trex", struct.pack(">IIIIII", 0, 1, 1, 1, 1, 0)))
    return _within(clip, [b"moov"], lambda content: content + extends) + fragment + box(b"mdat", bytes(64))


def big_tiff_in_a_tile(side: int) -> bytes:
    """As `tiff_in_a_tile`, as files of more than four gigabytes are written (BigTIFF)."""
    packed = zlib.compress(bytes(side * side), 9)
    entries = [
        (256, 4, 1, 16), (257, 4, 1, 16), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1), (284, 3, 1, 1),
        (322, 4, 1, side), (323, 4, 1, side), (324, 16, 1, 0), (325, 4, 1, len(packed)),
    ]  # fmt: skip
    behind = 16 + 8 + 20 * len(entries) + 8
    listed = b"".join(
        struct.pack("<HHQQ", tag, kind, count, behind if tag == 324 else value)
        for tag, kind, count, value in entries
    )
    head = b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, len(entries)) + listed + struct.pack("<Q", 0)
    return head + packed


def webp_of_many(side: int, frames: int) -> bytes:
    """A moving picture of so many frames that are nothing but one colour."""
    file = io.BytesIO()
    Image.new("RGB", (side, side)).save(file, "WEBP", lossless=True)
    last = struct.pack("<I", side - 1)[:3] * 2
    frame = bytes(6) + last + b"\x0a\0\0\0" + file.getvalue()[12:]
    moving = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + last + b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    one = b"ANMF" + struct.pack("<I", len(frame)) + frame + bytes(len(frame) % 2)
    body = b"WEBP" + moving + one * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif_that_lies(side: int) -> bytes:
    """Its canvas has 16 pixels a side, and its picture that many."""
    file = io.BytesIO()
    Image.new("P", (side, side)).save(file, "GIF")
    data = file.getvalue()
    return data[:6] + struct.pack("<HH", 16, 16) + data[10:]


def bmp_in_runs(side: int) -> bytes:
    """It says that it is large, and its runs (RLE8) end after a few rows."""
    rows = (b"\xff\0" * (side // 255 + 1) + b"\0\0") * 4 + b"\0\1"
    told = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(rows), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 1078 + len(rows), 0, 0, 1078) + told + bytes(1024) + rows


def avif_of_many(samples: int) -> bytes:
    """A moving picture that says it has so many frames of one byte each."""
    file = io.BytesIO()
    first, *more = (Image.new("RGB", (64, 64), (shade, 0, 0)) for shade in range(3))
    first.save(file, "AVIF", save_all=True, append_images=more)
    return _within(file.getvalue(), [*_TABLE, b"stsz"], lambda _: struct.pack(">III", 0, 1, samples))
