"""Where the words of an overlay stand: header, legend and one label a person, as plates that never leave the frame.

Only geometry and text; `pipeline.compositor` draws them. Text is measured with the TrueType font that OpenCV 5 carries inside
("sans": Rubik, and where that lacks a letter a font with Chinese, Greek and Arabic), so a frame gets the same plates anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from domain.labels import BodyPart
from pipeline.palette import Bgr, part_color

WHITE: Bgr = (255, 255, 255)
_REGULAR, _BOLD = 400, 650
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Rect:
    """Whole pixels; right and bottom are one past the last pixel."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text; `left` and `baseline` count from the plate's corner."""

    left: int
    baseline: int
    words: str
    weight: int


@dataclass(frozen=True, slots=True)
class Swatch:
    """A square of one colour; `area` counts from the plate's corner."""

    area: Rect
    color: Bgr


@dataclass(frozen=True, slots=True)
class Plate:
    """A dark, translucent rectangle with words on it.

    Attributes:
        area: Where it lies, inside the frame.
        edge: Colour of a bar along its left side, or None.
        texts: What is written.
        swatches: The squares of a legend.
    """

    area: Rect
    edge: Bgr | None
    texts: tuple[Text, ...]
    swatches: tuple[Swatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """What is said about one person.

    Attributes:
        box: The person's box.
        color: The colour of the track.
        words: From the most to the least important; what does not fit is left out from the end.
    """

    box: Rect
    color: Bgr
    words: tuple[str, ...]


class Typesetter:
    """Measures text and makes plates for frames of one size.

    Args:
        font: TrueType font.
        width: Of the frame, pixels.
        height: Of the frame, pixels.
    """

    def __init__(self, font: cv2.FontFace, width: int, height: int) -> None:
        self._font = font
        self._width, self._height = width, height
        # 10 px at 320x240, 12 at 432 lines, 21 at 1080, 36 at 4K: readable where the picture is shown whole.
        self.size = max(10, 6 + min(width, height) // 72)
        self._pad = max(3, round(self.size * 0.4))
        self._line = round(self.size * 1.25)
        self._margin = max(2, self.size // 2)

    def header(self, title: str, facts: Sequence[str]) -> Plate | None:
        """The stream's name and what is known about the frame, at the top left; facts that do not fit are left out from the end."""
        for count in range(len(facts), -1, -1):
            details = "".join(f"  ·  {fact}" for fact in facts[:count])
            plate = self._titled(title, details)
            if plate.area.right <= self._width - self._margin:
                break
        else:
            plate = self._titled(self._shorten(title, self._width - 2 * (self._margin + self._pad)), "")
        return plate if self._holds(plate.area) else None

    def legend(self, parts: Sequence[BodyPart]) -> Plate | None:
        """Colours and names of parts, at the bottom left; None where it would take more than a third of the frame's height."""
        if not parts:
            return None
        swatches: list[Swatch] = []
        texts: list[Text] = []
        left, top, right = self._pad, self._pad, 0
        limit = self._width - 2 * self._margin - self._pad
        for part in parts:
            end = left + self._line + self._text_width(part.label, _REGULAR)
            if end > limit and left > self._pad:
                left, top, end = self._pad, top + self._line, end - left + self._pad
            corner = top + (self._line - self.size) // 2
            swatches.append(
                Swatch(Rect(left, corner, left + self.size, corner + self.size), part_color(part))
            )
            texts.append(Text(left + self._line, self._baseline(top), part.label, _REGULAR))
            right = max(right, end)
            left = end + 2 * self._pad
        width, height = right + self._pad, top + self._line + self._pad
        bottom = self._height - self._margin
        area = Rect(self._margin, bottom - height, self._margin + width, bottom)
        fits = self._holds(area) and height * 3 <= self._height
        return Plate(area, None, tuple(texts), tuple(swatches)) if fits else None

    def labels(self, labels: Sequence[Label], taken: Sequence[Rect]) -> list[Plate]:
        """A plate for each label, beside its box, clear of `taken` and of each other wherever there is room.

        Tried in turn: above the box, to its right and left, below it, inside it at the top and at the bottom. Where all of them
        collide, the one that hides least. A label whose shortest form does not fit into the frame is left out.
        """
        occupied = [(rect.left, rect.top, rect.right, rect.bottom) for rect in taken]
        plates = []
        for label in labels:
            words = self._fitting(label.words)
            width, height = self._text_width(words, _BOLD) + 3 * self._pad, self._line + self._pad
            if not words or width > self._width or height > self._height:
                continue
            area = _least_hidden(self._places(label.box, width, height), occupied)
            occupied.append((area.left, area.top, area.right, area.bottom))
            text = Text(2 * self._pad, self._baseline(self._pad // 2), words, _BOLD)
            plates.append(Plate(area, label.color, (text,)))
        return plates

    def _places(self, box: Rect, width: int, height: int) -> list[Rect]:
        left = min(max(box.left, 0), self._width - width)
        top = min(max(box.top, 0), self._height - height)
        corners = [
            (left, box.top - height),
            (box.right, top),
            (box.left - width, top),
            (left, box.bottom),
            (left, top),
            (left, max(box.bottom - height, 0)),
        ]
        places = [Rect(x, y, x + width, y + height) for x, y in corners]
        return [place for place in places if self._holds(place)]

    def _titled(self, title: str, details: str) -> Plate:
        baseline = self._baseline(self._pad)
        start = self._pad + self._text_width(title, _BOLD)
        texts = [Text(self._pad, baseline, title, _BOLD)]
        end = start
        if details:
            texts.append(Text(start, baseline, details, _REGULAR))
            end += self._text_width(details, _REGULAR)
        right = self._margin + end + self._pad
        return Plate(
            Rect(self._margin, self._margin, right, self._margin + self._line + 2 * self._pad),
            None,
            tuple(texts),
        )

    def _fitting(self, words: Sequence[str]) -> str:
        for count in range(len(words), 0, -1):
            text = " · ".join(words[:count])
            if self._text_width(text, _BOLD) + 3 * self._pad <= self._width:
                return text
        return ""

    def _shorten(self, text: str, width: int) -> str:
        # No letter is narrower than a pixel.
        text = text[:width]
        while text and self._text_width(text + _ELLIPSIS, _BOLD) > width:
            text = text[:-1]
        return text + _ELLIPSIS

    def _baseline(self, top: int) -> int:
        return top + round(self._line * 0.79)

    def _holds(self, area: Rect) -> bool:
        return area.left >= 0 and area.top >= 0 and area.right <= self._width and area.bottom <= self._height

    def _text_width(self, words: str, weight: int) -> int:
        if not words:
            return 0
        # One pixel more: the measured box ends where the last letter's ink ends, antialiasing not counted.
        _, _, width, _ = cv2.getTextSize((0, 0), words, (0, 0), self._font, self.size, weight)
        return int(width) + 1


def _least_hidden(places: Sequence[Rect], occupied: Sequence[tuple[int, int, int, int]]) -> Rect:
    if not occupied:
        return places[0]
    others: npt.NDArray[np.int64] = np.array(occupied, np.int64)
    best, least = places[0], -1
    for place in places:
        widths = np.minimum(others[:, 2], place.right) - np.maximum(others[:, 0], place.left)
        heights = np.minimum(others[:, 3], place.bottom) - np.maximum(others[:, 1], place.top)
        hidden = int((np.maximum(widths, 0) * np.maximum(heights, 0)).sum())
        if hidden == 0:
            return place
        if least < 0 or hidden < least:
            best, least = place, hidden
    return best
