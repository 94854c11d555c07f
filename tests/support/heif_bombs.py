"""HEIC files that are put together by hand, from one small picture that lies in them once."""

import io
import struct
from functools import cache

import pillow_heif
from PIL import Image

from tests.support.bombs import box

_HIDDEN = 1


@cache
def heic(side: int) -> bytes:
    """A grey square."""
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (side, side), (90, 90, 90))).save(file, quality=1)
    return file.getvalue()


def _part(data: bytes, kind: bytes) -> bytes:
    """A box of that kind, whole; none of those that are asked for here stands twice."""
    begin = data.index(kind) - 4
    return data[begin : begin + int(struct.unpack_from(">I", data, begin)[0])]


def _infe(item: int, kind: bytes, flags: int = 0) -> bytes:
    return box(b"infe", struct.pack(">IHH4sB", 0x02000000 | flags, item, 0, kind, 0))


def _ispe(side: int) -> bytes:
    return box(b"ispe", struct.pack(">III", 0, side, side))


def _reference(kind: bytes, item: int, others: list[int]) -> bytes:
    return box(kind, struct.pack(f">HH{len(others)}H", item, len(others), *others))


def _file(side: int, kinds: list[bytes], canvas: int, derived: bytes, references: list[bytes]) -> bytes:
    """Items of the same coded picture of that side, and the last one, which is the picture, of the side of the canvas."""
    whole = heic(side)
    coded, last = _part(whole, b"mdat")[8:], len(kinds)
    properties = [
        _part(whole, b"hvcC"),
        _part(whole, b"colr"),
        _ispe(side),
        _part(whole, b"pixi"),
        _ispe(canvas),
    ]
    uses = [b"\x04\x81\x02\x03\x04" if kind == b"hvc1" else b"\x02\x05\x04" for kind in kinds]
    ipma = struct.pack(">II", 0, last) + b"".join(
        struct.pack(">H", item) + used for item, used in enumerate(uses, start=1)
    )
    infes = b"".join(_infe(item, kind, _HIDDEN * (item != last)) for item, kind in enumerate(kinds, start=1))
    boxes = [
        box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        box(b"pitm", struct.pack(">IH", 0, last)),
        box(b"iinf", struct.pack(">IH", 0, last) + infes),
        box(b"iprp", box(b"ipco", b"".join(properties)) + box(b"ipma", ipma)),
        box(b"iref", bytes(4) + b"".join(references)),
    ]
    begin = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(at: int) -> bytes:
        rows = [
            (item, at, len(coded)) if kind == b"hvc1" else (item, at + len(coded), len(derived))
            for item, kind in enumerate(kinds, start=1)
        ]
        places = b"".join(struct.pack(">HHIHII", item, 0, 0, 1, place, size) for item, place, size in rows)
        return box(
            b"meta",
            bytes(4) + b"".join(boxes) + box(b"iloc", struct.pack(">IBBH", 0, 0x44, 0x40, last) + places),
        )

    return begin + meta(len(begin) + len(meta(0)) + 8) + box(b"mdat", coded + derived)


def heic_of_layers(layers: int, side: int, canvas: int = 64) -> bytes:
    """A small picture of so many large ones over one another; all are the same bytes."""
    told = struct.pack(">BBHHHHHH", 0, 0, 0, 0, 0, 65_535, canvas, canvas) + bytes(4 * layers)
    kinds = [*[b"hvc1"] * layers, b"iovl"]
    return _file(side, kinds, canvas, told, [_reference(b"dimg", layers + 1, list(range(1, layers + 1)))])


def heic_of_layers_of_layers(each: int, deep: int, side: int = 64) -> bytes:
    """So many layers, each of which is made of so many, and so on."""
    told = struct.pack(">BBHHHHHH", 0, 0, 0, 0, 0, 65_535, side, side) + bytes(4 * each)
    kinds, references, below = [b"hvc1"] * each, [], list(range(1, each + 1))
    for level in range(deep):
        above = list(range(below[-1] + 1, below[-1] + 1 + (each if level < deep - 1 else 1)))
        kinds += [b"iovl"] * len(above)
        references += [_reference(b"dimg", item, below) for item in above]
        below = above
    return _file(side, kinds, side, told, references)


def heic_of_tiles(rows: int, columns: int, side: int, canvas: int) -> bytes:
    """A picture of tiles."""
    told = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, canvas, canvas)
    count = rows * columns
    references = [_reference(b"dimg", count + 1, list(range(1, count + 1)))]
    return _file(side, [*[b"hvc1"] * count, b"grid"], canvas, told, references)
