"""HEIC and AVIF files that are put together from other pictures: small ones can ask for thousands of large ones.

A picture may be derived from others (`dimg`): tiles of a grid, or layers over one another; another one may hold its transparency
(`auxl`). All of them are decoded, however little is seen, and layers may have layers. What that comes to is added up from the sizes
that the file says; libheif and libavif refuse what is larger than it says (ISO/IEC 23008-12, ISO/IEC 14496-12).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

_Span: TypeAlias = tuple[int, int]

_MOST_BOXES, _MOST_NOTES = 10_000, 100_000
_DEEPEST = 8
_MORE_THAN_ITSELF, _AT_LEAST = 4, 4096 * 4096
"""Pixels of all that a picture is made of: so many times its own, or as many as a small one may have beside its own."""


class Malformed(Exception):  # noqa: N818 - it reads as what it is
    """It is put together in a way that no program writes; the text says in which."""


@dataclass(slots=True)
class _Items:
    """Of a file.

    Attributes:
        sizes: Pixels by what `ipco` has in that place; 0 for what is no size.
        pixels: Of each item, by its number.
        made_of: Items that are decoded for an item.
        notes: How much was said of items.
    """

    sizes: list[int] = field(default_factory=list)
    pixels: dict[int, int] = field(default_factory=dict)
    made_of: dict[int, list[int]] = field(default_factory=dict)
    notes: int = 0

    def note(self, more: int) -> None:
        """Count what is said.

        Raises:
            Malformed: It is too much.
        """
        self.notes += more
        if self.notes > _MOST_NOTES:
            raise Malformed("it is in more parts than any program writes")


def weigh_items(data: bytes) -> None:
    """Make sure that no picture in it is made of many more pixels than it has.

    Args:
        data: A file of ISO base media; what is damaged is left to whoever decodes it.

    Raises:
        Malformed: One is.
    """
    for kind, begin, end in _boxes(data, (0, len(data))):
        if kind == b"meta":
            items = _items(data, (begin + 4, end))
            known: dict[int, int] = {}
            for item in items.made_of:
                own = items.pixels.get(item, 0)
                if _cost(items, item, known, 0) - own > max(_AT_LEAST, _MORE_THAN_ITSELF * own):
                    raise Malformed("it is put together from many more pixels than it has")


def _cost(items: _Items, item: int, known: dict[int, int], depth: int) -> int:
    """Pixels that are decoded for an item."""
    if depth > _DEEPEST:
        raise Malformed("its pictures are made of pictures that are made of pictures")
    if item not in known:
        parts = items.made_of.get(item, ())
        known[item] = items.pixels.get(item, 0) + sum(_cost(items, part, known, depth + 1) for part in parts)
    return known[item]


def _boxes(data: bytes, span: _Span) -> Iterator[tuple[bytes, int, int]]:
    """Kind of each box, and where its content begins and ends."""
    place, end = span
    for _ in range(_MOST_BOXES):
        if place + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, place)
        begin = place + 8
        if size == 1 and begin + 8 <= end:
            (size,) = struct.unpack_from(">Q", data, begin)
            begin += 8
        following = end if size == 0 else min(end, place + size)
        if following < begin:
            return
        yield kind, begin, following
        place = following
    raise Malformed("it is in more parts than any program writes")


def _items(data: bytes, span: _Span) -> _Items:
    items = _Items()
    for kind, begin, end in _boxes(data, span):
        if kind == b"iprp":
            for inner, start, stop in _boxes(data, (begin, end)):
                if inner == b"ipco":
                    items.sizes += [_size(data, box) for box in _boxes(data, (start, stop))]
                elif inner == b"ipma":
                    _note_sizes(items, data[start:stop])
        elif kind == b"iref":
            _note_references(items, data, (begin, end))
    return items


def _size(data: bytes, box: tuple[bytes, int, int]) -> int:
    kind, begin, end = box
    if kind != b"ispe" or end - begin < 12:
        return 0
    width, height = struct.unpack_from(">II", data, begin + 4)
    return int(width * height)


def _note_sizes(items: _Items, content: bytes) -> None:
    """Which properties each item has."""
    if len(content) < 8:
        return
    version, wide = content[0], content[3] & 1
    number = ">I" if version else ">H"
    place = 8
    for _ in range(struct.unpack_from(">I", content, 4)[0]):
        if place + struct.calcsize(number) >= len(content):
            return
        (item,) = struct.unpack_from(number, content, place)
        place += struct.calcsize(number)
        count, place = content[place], place + 1
        items.note(1 + count)
        for _ in range(count):
            if place + 1 + wide > len(content):
                return
            index = int.from_bytes(content[place : place + 1 + wide], "big") & (0x7FFF if wide else 0x7F)
            place += 1 + wide
            if 0 < index <= len(items.sizes):
                items.pixels[item] = max(items.pixels.get(item, 0), items.sizes[index - 1])


def _note_references(items: _Items, data: bytes, span: _Span) -> None:
    """Which items are decoded for an item: those that it is made of, and what goes with it, as its transparency does (`auxl`)."""
    begin, end = span
    if end - begin < 4:
        return
    letter = "I" if data[begin] else "H"
    size = struct.calcsize(letter)
    for kind, start, stop in _boxes(data, (begin + 4, end)):
        if kind not in {b"dimg", b"auxl"} or stop - start < size + 2:
            continue
        item, count = struct.unpack_from(f">{letter}H", data, start)
        count = min(count, (stop - start - size - 2) // size)
        others = struct.unpack_from(f">{count}{letter}", data, start + size + 2)
        items.note(1 + count)
        for other in others:
            whole, part = (item, other) if kind == b"dimg" else (other, item)
            items.made_of.setdefault(whole, []).append(part)
