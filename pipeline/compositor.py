"""Overlays: who is where and wears what, drawn on a copy of the frame.

Drawn the same way every time: nothing random, no clock, a fixed palette, a font that is part of OpenCV. Everything is drawn inside
the persons' boxes and the plates of `Compositor.plates`, and on lines and zones where there are any; every other pixel stays.
Only plates lie on covers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

import cv2
import numpy as np

from domain.events import ColorName, FrameObserved, GarmentSeen
from domain.frame import BgrImage
from domain.parsing import ParsedFrame
from domain.rendering import CoveredFrame, OverlayStyle
from pipeline.captions import Plate, Swatch, Typesetter
from pipeline.figures import Figure, figures_of, parts_in_view
from pipeline.fills import fill, outline
from pipeline.floor_painter import FloorPainter, Name
from pipeline.palette import Bgr, name_color, part_color
from pipeline.tags import Tag, TagPlacer, Worn

# A plate keeps a quarter of what it covers.
_PLATE_SHADE, _PLATE_LIGHT = 0.25, 14.0
_FRAME: Bgr = (150, 146, 144)


@dataclass(frozen=True, slots=True)
class CompositorOptions:
    """How an overlay looks.

    Attributes:
        style: How persons are filled: `tint`, `solid`, `outline` or `colors`.
        confidence_min: A garment's colour is named from this confidence on, and is `?` below it.
        garment_share_min: A garment is named if it covers at least this part of the person.
        garments_max: How many garments are named, the largest first.
        legend: Whether to explain the colours.
        tags: Whether to say who each person is by number, and wears what, and how many there are.

    Raises:
        ValueError: There is no such style.
    """

    style: OverlayStyle = "tint"
    confidence_min: float = 0.3
    garment_share_min: float = 0.04
    garments_max: int = 3
    legend: bool = True
    tags: bool = True

    def __post_init__(self) -> None:
        if self.style not in get_args(OverlayStyle):
            raise ValueError(f"style must be one of {', '.join(get_args(OverlayStyle))}, got {self.style!r}")


class Compositor:
    """Draws overlays. One thread at a time.

    Args:
        options: How they look.
        floor: Draws lines and zones below everybody.
    """

    def __init__(self, options: CompositorOptions | None = None, floor: FloorPainter | None = None) -> None:
        self._options, self._floor = options or CompositorOptions(), floor
        self._font = cv2.FontFace("sans")
        self._set = Typesetter(self._font, 1, 1)

    def draw(self, frame: CoveredFrame, parsed: ParsedFrame, observed: FrameObserved) -> BgrImage:
        """Fill, outline and tag of each person, legend, stream, time and count, and of how many the pixels were not looked at.

        Persons may be numbered in any order: with the same tracks the picture is the same.

        Args:
            frame: The picture; it is not changed.
            parsed: Its label maps, at the same size.
            observed: Its persons, in the order of `parsed`.

        Returns:
            A new picture of the same shape.

        Raises:
            ValueError: The three do not belong together.
        """
        figures = figures_of(frame, parsed, observed)
        typesetter = self._typesetter(frame)
        canvas = frame.image.copy()
        thickness = max(1, round(typesetter.size / 11))
        around = self._around(figures, frame)
        names = self._names(frame, around)
        if self._floor is not None:
            self._floor.paint(canvas, self._font, typesetter.size, names)
        for figure in figures:
            fill(self._options.style, canvas, figure, thickness)
        for figure in figures:
            outline(canvas, figure, thickness)
        if frame.hidden is not None:
            cv2.copyTo(frame.image, frame.hidden.view(np.uint8), canvas)
        for plate in self._plates(figures, frame, around, names):
            self._write(canvas, plate, typesetter.size)
        return canvas

    def plates(self, frame: CoveredFrame, parsed: ParsedFrame, observed: FrameObserved) -> list[Plate]:
        """The captions that `draw` puts on this frame, and where; arguments and errors as there."""
        figures = figures_of(frame, parsed, observed)
        around = self._around(figures, frame)
        return self._plates(figures, frame, around, self._names(frame, around))

    def _around(self, figures: list[Figure], frame: CoveredFrame) -> list[Plate]:
        """Legend and header."""
        typesetter = self._typesetter(frame)
        moment = clean(frame.name) if frame.name is not None else media_time(frame.media_time_s)
        facts = _counts(figures) if self._options.tags else []
        header = typesetter.header(clean(frame.stream_id), [moment, *facts])
        legend = typesetter.legend(self._meanings(figures)) if self._options.legend else None
        return [plate for plate in (legend, header) if plate is not None]

    def _names(self, frame: CoveredFrame, around: list[Plate]) -> list[Name]:
        """Of lines and zones."""
        if self._floor is None:
            return []
        size, taken = self._typesetter(frame).size, [plate.area for plate in around]
        return self._floor.names((frame.width, frame.height), self._font, size, taken)

    def _plates(
        self, figures: list[Figure], frame: CoveredFrame, around: list[Plate], names: list[Name]
    ) -> list[Plate]:
        if not self._options.tags:
            return around
        typesetter = self._typesetter(frame)
        taken = [plate.area for plate in around] + [name.area for name in names]
        placer = TagPlacer(typesetter, taken, [figure.box for figure in figures])
        # The nearest first: they are the largest, and most is said about them.
        tags = [self._tag(figure, frame) for figure in reversed(figures)]
        return [*placer.plates(tags), *around]

    def _typesetter(self, frame: CoveredFrame) -> Typesetter:
        if (self._set.width, self._set.height) != (frame.width, frame.height):
            self._set = Typesetter(self._font, frame.width, frame.height)
        return self._set

    def _meanings(self, figures: list[Figure]) -> list[tuple[str, Bgr]]:
        """What the colours of the fills stand for."""
        if self._options.style == "colors":
            return [(name, name_color(name)) for name in _colors_worn(figures)]
        return [(part.label, part_color(part)) for part in parts_in_view(figures)]

    def _tag(self, figure: Figure, frame: CoveredFrame) -> Tag:
        person, least = figure.observed, self._options.garment_share_min
        number = "#?" if person.track_id is None else f"#{person.track_id}"
        worn = sorted(
            (item for item in person.garments if item.share >= least),
            key=lambda item: (-item.share, item.part),
        )[: self._options.garments_max]
        colors = figure.shown_colors(frame, worn)
        named = tuple(Worn(self._in_words(item), color) for item, color in zip(worn, colors, strict=True))
        return Tag(figure.box, figure.color, number, named)

    def _in_words(self, item: GarmentSeen) -> str:
        sure = item.color != "unknown" and item.confidence >= self._options.confidence_min
        return f"{item.color} {item.part}" if sure else f"{item.part} ?"

    def _write(self, canvas: BgrImage, plate: Plate, size: int) -> None:
        area = plate.area
        piece = canvas[area.top : area.bottom, area.left : area.right]
        cv2.convertScaleAbs(piece, piece, _PLATE_SHADE, _PLATE_LIGHT)
        for swatch in plate.swatches:
            _paint(piece, swatch)
        for text in plate.texts:
            cv2.putText(
                piece, text.words, (text.left, text.baseline), text.ink, self._font, size, text.weight
            )


def _counts(figures: Sequence[Figure]) -> list[str]:
    """How many are in the picture, and of how many the pixels are not known."""
    persons = "1 person" if len(figures) == 1 else f"{len(figures)} persons"
    unparsed = [figure.view for figure in figures if not figure.view.parsed]
    moved = sum(view.outline is not None for view in unparsed)
    facts = [persons]
    facts += [f"{moved} with an outline of before"] if moved else []
    facts += [f"{len(unparsed) - moved} as boxes alone"] if len(unparsed) > moved else []
    return facts


def media_time(seconds: float) -> str:
    """`03:07.4`, or `1:03:07.4` from an hour on."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02d}:{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{clock}" if hours else clock


def clean(name: str) -> str:
    """A name on one line: anything that cannot be printed becomes a blank."""
    return "".join(letter if letter.isprintable() else " " for letter in name)


def _colors_worn(figures: Iterable[Figure]) -> list[ColorName]:
    """The names of colours that somebody wears, in their own order."""
    worn = {item.color for figure in figures for item in figure.observed.garments}
    return [name for name in get_args(ColorName) if name in worn]


def _paint(piece: BgrImage, swatch: Swatch) -> None:
    area, frame = swatch.area, 0
    if swatch.framed:
        frame = max(1, area.height // 14)
        piece[area.top : area.bottom, area.left : area.right] = _FRAME
    piece[area.top + frame : area.bottom - frame, area.left + frame : area.right - frame] = swatch.color
