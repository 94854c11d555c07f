"""A picture in overlapping tiles, for wide views in which people are small: each is parsed by itself, larger than in the whole."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.base import HumanParser
from pipeline.parsers.numbering import numbered

OVERLAP = 0.25
"""Of a tile's length with its neighbour: a person who is cut by one edge is mostly seen whole, or half in both."""

SAME_PERSON = 0.5
"""Two persons of two tiles are one if they share more than this part of the smaller, counted where the tiles overlap."""

_MOST_PERSONS = 255

Member = tuple[int, int]
"""A tile and the number of a person in it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A tile along one axis, pixels: what it sees, and the part of it that it decides."""

    start: int
    stop: int
    own_start: int
    own_stop: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of a picture."""

    rows: Span
    columns: Span


@dataclass(frozen=True, slots=True, eq=False)
class ParsedTile:
    """A tile and what was seen in it."""

    tile: Tile
    frame: ParsedFrame


def spans(length: int, tiles: int) -> list[Span]:
    """Cut a length into so many overlapping pieces of the same size; each decides up to the middle of an overlap."""
    size = min(length, -(-length // (tiles - (tiles - 1) * OVERLAP)))
    starts = [round(index * (length - size) / max(tiles - 1, 1)) for index in range(tiles)]
    stops = [int(start + size) for start in starts]
    seams = [0, *((left + right) // 2 for left, right in zip(stops[:-1], starts[1:], strict=True)), length]
    pieces = zip(starts, stops, seams[:-1], seams[1:], strict=True)
    return [Span(*piece) for piece in pieces]


class TiledParser:
    """Cuts pictures into rows and columns, as many of each, for another parser, and puts together what that sees.

    Args:
        parser: Of the tiles.
        tiles: Rows, and columns; a picture takes the square of it in time.
    """

    def __init__(self, parser: HumanParser, tiles: int) -> None:
        self._parser = parser
        self._tiles = tiles

    @property
    def info(self) -> ParserInfo:
        """Of the parser of the tiles."""
        return self._parser.info

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        height, width = image.shape[:2]
        parsed = []
        for rows in spans(height, self._tiles):
            for columns in spans(width, self._tiles):
                seen = image[rows.start : rows.stop, columns.start : columns.stop]
                frame = self._parser.parse(np.ascontiguousarray(seen))
                parsed.append(ParsedTile(Tile(rows, columns), frame))
        return merged(parsed, (height, width))


def merged(tiles: list[ParsedTile], size: tuple[int, int]) -> ParsedFrame:
    """One frame of several tiles.

    Persons of different tiles are one where they share most of their pixels in the overlap, those that share most first; two
    persons of one tile stay two. Each pixel is what the tile that decides it says. A person has the highest of its scores.

    Args:
        tiles: Together they decide every pixel once.
        size: Height and width of the picture.
    """
    persons = _persons(tiles)
    scores = [
        max(float(tiles[tile].frame.scores[number - 1]) for tile, number in person) for person in persons
    ]
    order = np.argsort(-np.array(scores, np.float64), kind="stable")[:_MOST_PERSONS]
    numbers = {member: place for place, person in enumerate(order.tolist(), 1) for member in persons[person]}
    labels, person_ids = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    for index, parsed in enumerate(tiles):
        rows, columns = parsed.tile.rows, parsed.tile.columns
        target = slice(rows.own_start, rows.own_stop), slice(columns.own_start, columns.own_stop)
        own = _inside(parsed, rows.own_start, rows.own_stop, columns.own_start, columns.own_stop)
        table = np.zeros(256, np.uint8)
        for number in range(1, len(parsed.frame) + 1):
            table[number] = numbers.get((index, number), 0)
        labels[target] = parsed.frame.labels[own]
        person_ids[target] = table[parsed.frame.person_ids[own]]
    return numbered(labels, person_ids, np.array(scores, np.float32)[order])


def _persons(tiles: list[ParsedTile]) -> list[list[Member]]:
    """Who is the same person in several tiles: each person with its members."""
    person_of = {
        (index, number): [(index, number)]
        for index, parsed in enumerate(tiles)
        for number in range(1, len(parsed.frame) + 1)
    }
    pairs = [pair for one, other in combinations(range(len(tiles)), 2) for pair in _shared(tiles, one, other)]
    for _, member, other in sorted(pairs, reverse=True):
        first, second = person_of[member], person_of[other]
        if first is not second and not {tile for tile, _ in first} & {tile for tile, _ in second}:
            first += second
            person_of.update(dict.fromkeys(second, first))
    return list({id(members): members for members in person_of.values()}.values())


def _shared(tiles: list[ParsedTile], one: int, other: int) -> list[tuple[float, Member, Member]]:
    """Pairs of persons of two tiles who are one, with the part of the smaller that they share."""
    first, second = tiles[one], tiles[other]
    top = max(first.tile.rows.start, second.tile.rows.start)
    bottom = min(first.tile.rows.stop, second.tile.rows.stop)
    left = max(first.tile.columns.start, second.tile.columns.start)
    right = min(first.tile.columns.stop, second.tile.columns.stop)
    if top >= bottom or left >= right:
        return []
    ids = [
        parsed.frame.person_ids[_inside(parsed, top, bottom, left, right)].ravel().astype(np.intp)
        for parsed in (first, second)
    ]
    counts = _table(ids[0], ids[1], len(first.frame) + 1, len(second.frame) + 1)
    smaller = np.minimum(counts.sum(axis=1)[:, None], counts.sum(axis=0)[None, :])
    part = counts / np.maximum(smaller, 1)
    part[0], part[:, 0] = 0, 0
    return [
        (float(part[a, b]), (one, int(a)), (other, int(b)))
        for a, b in zip(*np.nonzero(part > SAME_PERSON), strict=True)
    ]


def _table(
    first: npt.NDArray[np.intp], second: npt.NDArray[np.intp], rows: int, columns: int
) -> npt.NDArray[np.int64]:
    """How often each pair of numbers meets, shape (rows, columns)."""
    counted = np.bincount(first * columns + second, minlength=rows * columns)
    return counted.reshape(rows, columns).astype(np.int64)


def _inside(parsed: ParsedTile, top: int, bottom: int, left: int, right: int) -> tuple[slice, slice]:
    """A part of the picture, as a part of the tile."""
    rows, columns = parsed.tile.rows.start, parsed.tile.columns.start
    return slice(top - rows, bottom - rows), slice(left - columns, right - columns)
