"""Where header and legend of an overlay stand, as plates that never leave the frame; tags of persons are in `pipeline.tags`.

Only geometry and text; `pipeline.compositor` draws them. Text is measured with the TrueType font that OpenCV 5 carries inside
("sans": Rubik, and where that lacks a letter a font with Chinese, Greek and Arabic), so a frame gets the same plates anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from pipeline.palette import Bgr

WHITE: Bgr = (255, 255, 255)
REGULAR, BOLD = 400, 650
"""Weights of the font."""

_ELLIPSIS = "…"
_WORDS_KEPT = 2000


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
    ink: Bgr = WHITE


@dataclass(frozen=True, slots=True)
class Swatch:
    """A rectangle of one colour; `area` counts from the plate's corner. A framed one is seen on a ground of its own colour, too."""

    area: Rect
    color: Bgr
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Plate:
    """A dark, translucent rectangle with words on it.

    Attributes:
        area: Where it lies, inside the frame.
        texts: What is written.
        swatches: Rectangles of one colour each, under the words.
    """

    area: Rect
    texts: tuple[Text, ...]
    swatches: tuple[Swatch, ...] = ()


class Typesetter:
    """Measures text and makes plates for frames of one size.

    Args:
        font: TrueType font.
        width: Of the frame, pixels.
        height: Of the frame, pixels.
    """

    def __init__(self, font: cv2.FontFace, width: int, height: int) -> None:
        self._font = font
        self._widths: dict[tuple[str, int], int] = {}
        self.width, self.height = width, height
        # 10 px at 320x240, 12 at 432 lines, 21 at 1080, 36 at 4K: readable where the picture is shown whole.
        self.size = max(10, 6 + min(width, height) // 72)
        self.pad = max(3, round(self.size * 0.4))
        self.line = round(self.size * 1.25)
        self.margin = max(2, self.size // 2)

    def header(self, title: str, facts: Sequence[str]) -> Plate | None:
        """The stream's name and what is known about the frame, at the top left; facts that do not fit are left out from the end."""
        for count in range(len(facts), -1, -1):
            details = "".join(f"  ·  {fact}" for fact in facts[:count])
            plate = self._titled(title, details)
            if plate.area.right <= self.width - self.margin:
                break
        else:
            plate = self._titled(self._shorten(title, self.width - 2 * (self.margin + self.pad)), "")
        return plate if self.holds(plate.area) else None

    def legend(self, entries: Sequence[tuple[str, Bgr]]) -> Plate | None:
        """What colours mean, at the bottom left; None where it would take more than a third of the frame's height."""
        if not entries:
            return None
        swatches: list[Swatch] = []
        texts: list[Text] = []
        left, top, right = self.pad, self.pad, 0
        limit = self.width - 2 * self.margin - self.pad
        for name, color in entries:
            end = left + self.line + self.text_width(name, REGULAR)
            if end > limit and left > self.pad:
                left, top, end = self.pad, top + self.line, end - left + self.pad
            swatches.append(self.swatch(left, top, color))
            texts.append(Text(left + self.line, self.baseline(top), name, REGULAR))
            right = max(right, end)
            left = end + 2 * self.pad
        width, height = right + self.pad, top + self.line + self.pad
        bottom = self.height - self.margin
        area = Rect(self.margin, bottom - height, self.margin + width, bottom)
        fits = self.holds(area) and height * 3 <= self.height
        return Plate(area, tuple(texts), tuple(swatches)) if fits else None

    def swatch(self, left: int, top: int, color: Bgr) -> Swatch:
        """A square as high as a letter, in a line of text that begins at `top`."""
        side = round(self.size * 0.85)
        corner = top + (self.line - side) // 2
        return Swatch(Rect(left, corner, left + side, corner + side), color, framed=True)

    def baseline(self, top: int) -> int:
        """Where a line of text stands that begins at `top`."""
        return top + round(self.line * 0.79)

    def holds(self, area: Rect) -> bool:
        """Whether it lies inside the frame."""
        return area.left >= 0 and area.top >= 0 and area.right <= self.width and area.bottom <= self.height

    def text_width(self, words: str, weight: int) -> int:
        """Of a line, pixels. Most words come again with the next frame, so they are kept."""
        width = self._widths.get((words, weight))
        if width is None:
            if len(self._widths) > _WORDS_KEPT:
                self._widths.clear()
            width = self._widths[words, weight] = self._measured(words, weight)
        return width

    def _measured(self, words: str, weight: int) -> int:
        if not words:
            return 0
        # One pixel more: the measured box ends where the last letter's ink ends, antialiasing not counted.
        _, _, width, _ = cv2.getTextSize((0, 0), words, (0, 0), self._font, self.size, weight)
        return int(width) + 1

    def _titled(self, title: str, details: str) -> Plate:
        baseline = self.baseline(self.pad)
        start = self.pad + self.text_width(title, BOLD)
        texts = [Text(self.pad, baseline, title, BOLD)]
        end = start
        if details:
            texts.append(Text(start, baseline, details, REGULAR))
            end += self.text_width(details, REGULAR)
        right = self.margin + end + self.pad
        return Plate(
            Rect(self.margin, self.margin, right, self.margin + self.line + 2 * self.pad),
            tuple(texts),
        )

    def _shorten(self, text: str, width: int) -> str:
        # No letter is narrower than a pixel.
        text = text[:width]
        while text and self.text_width(text + _ELLIPSIS, BOLD) > width:
            text = text[:-1]
        return text + _ELLIPSIS
