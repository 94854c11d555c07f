"""What is said beside each person of an overlay, and where: tags that make way for one another and for people.

A tag has forms, from the fullest to the number of the track alone. Somebody small gets a short one, and so does whoever has no free
place beside them for more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.captions import BOLD, REGULAR, Plate, Rect, Swatch, Text, Typesetter
from pipeline.palette import Bgr

_INK: Bgr = (20, 16, 14)
# A person from so many lines of text high gets words, and from so many the colours without words.
_WORDS_FROM, _COLORS_FROM = 6.5, 3.5
# What a tag covers counts that much a pixel: of another tag or caption, of a head, of somebody.
_PLATE, _HEAD, _BODY = 1000, 8, 1
# Part of a box's height that the head takes, upright and seen whole.
_HEAD_SHARE = 0.2

_Costs: TypeAlias = npt.NDArray[np.int64]
_Form: TypeAlias = tuple[int, int, tuple[Text, ...], tuple[Swatch, ...]]
"""Width, height, texts and swatches."""


@dataclass(frozen=True, slots=True)
class Worn:
    """A garment on a tag.

    Attributes:
        words: Its colour and what it is.
        color: As the pixels show it.
    """

    words: str
    color: Bgr


@dataclass(frozen=True, slots=True)
class Tag:
    """What is said about one person.

    Attributes:
        box: The person's box.
        color: The colour of the track.
        number: Of the track.
        worn: From the most to the least important.
    """

    box: Rect
    color: Bgr
    number: str
    worn: tuple[Worn, ...]


class TagPlacer:
    """Makes the plates of tags for one frame.

    Args:
        typesetter: For frames of that size.
        taken: Where no tag may lie, if there is any other place.
        bodies: The boxes of persons; a tag keeps clear of them while a shorter form of it can.
    """

    def __init__(self, typesetter: Typesetter, taken: Sequence[Rect], bodies: Sequence[Rect]) -> None:
        self._set = typesetter
        occupied = [(*_corners(rect), _PLATE) for rect in taken]
        for body in bodies:
            head = Rect(body.left, body.top, body.right, body.top + round(_HEAD_SHARE * body.height))
            occupied += [(*_corners(head), _HEAD), (*_corners(body), _BODY)]
        self._occupied = np.array(occupied, np.int64).reshape(-1, 5)

    def plates(self, tags: Iterable[Tag]) -> list[Plate]:
        """A plate for each tag, those that come first first served. One that does not fit into the frame at all is left out."""
        return [plate for plate in map(self._plate, tags) if plate is not None]

    def _plate(self, tag: Tag) -> Plate | None:
        chosen = None
        for width, height, texts, swatches in self._forms(tag):
            places = [(x, y, x + width, y + height) for x, y in self._corners(tag.box, width, height)]
            if not places:
                continue
            costs = self._costs(places)
            least = int(costs.argmin())
            chosen = Plate(Rect(*places[least]), texts, swatches)
            # Of the first form that covers nothing, the first place; else the shortest form where it covers least.
            if not costs[least]:
                break
        if chosen is not None:
            self._occupied = np.vstack((self._occupied, (*_corners(chosen.area), _PLATE)))
        return chosen

    def _costs(self, areas: Sequence[tuple[int, int, int, int]]) -> _Costs:
        """What tags there would cover."""
        others, mine = self._occupied, np.array(areas, np.int64)[:, None]
        widths = np.minimum(others[:, 2], mine[..., 2]) - np.maximum(others[:, 0], mine[..., 0])
        heights = np.minimum(others[:, 3], mine[..., 3]) - np.maximum(others[:, 1], mine[..., 1])
        costs: _Costs = (np.maximum(widths, 0) * np.maximum(heights, 0)) @ others[:, 4]
        return costs

    def _corners(self, box: Rect, width: int, height: int) -> Iterator[tuple[int, int]]:
        """Top left corners: above the head, beside it right and left, beside the body, below, and last on the person."""
        most_left, most_top = self._set.width - width, self._set.height - height
        if most_left < 0 or most_top < 0:
            return
        gap = max(2, self._set.pad // 2)
        middle = min(max((box.left + box.right - width) // 2, 0), most_left)
        right, left = box.right + gap, box.left - width - gap
        top, waist = (min(max(at, 0), most_top) for at in (box.top, (2 * box.top + box.bottom) // 3))
        for corner in (
            (middle, box.top - height - gap),
            (right, top),
            (left, top),
            (right, waist),
            (left, waist),
            (middle, box.bottom + gap),
            (middle, min(max((box.top + box.bottom) // 2, 0), most_top)),
            (middle, min(max(box.bottom - height, 0), most_top)),
        ):
            if 0 <= corner[0] <= most_left and 0 <= corner[1] <= most_top:
                yield corner

    def _forms(self, tag: Tag) -> Iterator[_Form]:
        lines = tag.box.height / self._set.line
        if tag.worn and lines >= _WORDS_FROM:
            yield self._card(tag)
            if len(tag.worn) > 2:
                yield self._card(tag, 2)
        if tag.worn and lines >= _COLORS_FROM:
            yield self._row(tag)
        yield self._row(Tag(tag.box, tag.color, tag.number, ()))

    def _card(self, tag: Tag, most: int = 255) -> _Form:
        """The number, and below it a line for each garment."""
        pad, line = self._set.pad, self._set.line
        start, worn = line + self._set.pad // 2, tag.worn[:most]
        widths = [self._set.text_width(item.words, REGULAR) + line for item in worn]
        width = max(*widths, self._set.text_width(tag.number, BOLD)) + 2 * pad
        texts = [self._number(tag, pad)]
        swatches = [Swatch(Rect(0, 0, self._set.text_width(tag.number, BOLD) + 2 * pad, start), tag.color)]
        for row, item in enumerate(worn):
            top = start + pad // 2 + row * line
            swatches.append(self._set.swatch(pad, top, item.color))
            texts.append(Text(pad + line, self._set.baseline(top), item.words, REGULAR))
        height = start + pad // 2 + len(worn) * line + pad // 2
        return width, height, tuple(texts), tuple(swatches)

    def _row(self, tag: Tag) -> _Form:
        """The number, and beside it a swatch for each garment."""
        pad, line = self._set.pad, self._set.line
        end = self._set.text_width(tag.number, BOLD) + 2 * max(2, pad * 2 // 3)
        height = line + pad // 2
        swatches = [Swatch(Rect(0, 0, end, height), tag.color)]
        top, left = pad // 4, end
        for item in tag.worn:
            left += pad // 2
            swatch = self._set.swatch(left, top, item.color)
            swatches.append(swatch)
            left = swatch.area.right
        width = left + (pad // 2 if tag.worn else 0)
        return width, height, (self._number(tag, max(2, pad * 2 // 3)),), tuple(swatches)

    def _number(self, tag: Tag, left: int) -> Text:
        return Text(left, self._set.baseline(self._set.pad // 4), tag.number, BOLD, _INK)


def _corners(rect: Rect) -> tuple[int, int, int, int]:
    return rect.left, rect.top, rect.right, rect.bottom
