"""Overlays: who is where and wears what, drawn on a copy of the frame.

Drawn the same way every time: nothing random, no clock, a fixed palette, a font that is part of OpenCV. Everything is drawn inside
the persons' boxes and the plates of `Compositor.plates`; every other pixel stays as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from domain.events import FrameObserved, GarmentSeen, PersonObserved
from domain.frame import BgrImage, Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, PersonView
from pipeline.captions import WHITE, Label, Plate, Rect, Typesetter
from pipeline.palette import part_table, track_color

# A plate keeps a quarter of what it covers.
_PLATE_SHADE, _PLATE_LIGHT = 0.25, 14.0


@dataclass(frozen=True, slots=True)
class CompositorOptions:
    """How an overlay looks.

    Attributes:
        mask_opacity: How much of a person's pixels the part colours cover, 0 to 1.
        confidence_min: A garment's colour is named from this confidence on, and is `?` below it.
        garment_share_min: A garment is named if it covers at least this part of the person.
        garments_max: How many garments are named, the largest first.
        legend: Whether to explain the part colours.
    """

    mask_opacity: float = 0.5
    confidence_min: float = 0.3
    garment_share_min: float = 0.04
    garments_max: int = 3
    legend: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class _Figure:
    view: PersonView
    observed: PersonObserved
    color: tuple[int, int, int]


class Compositor:
    """Draws overlays. One thread at a time.

    Args:
        options: How they look.
    """

    def __init__(self, options: CompositorOptions | None = None) -> None:
        self._options = options or CompositorOptions()
        self._table = part_table()
        self._font = cv2.FontFace("sans")

    def draw(self, frame: Frame, parsed: ParsedFrame, observed: FrameObserved) -> BgrImage:
        """Masks, outline, box and label of each person, legend, stream, time and count.

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
        figures = _figures(frame, parsed, observed)
        typesetter = Typesetter(self._font, frame.width, frame.height)
        canvas = frame.image.copy()
        thickness = max(1, round(typesetter.size / 11))
        for figure in figures:
            self._tint(canvas, figure.view)
        for figure in figures:
            _outline(canvas, figure, thickness)
        for plate in self._plates(typesetter, figures, frame, observed):
            self._write(canvas, plate, typesetter.size)
        return canvas

    def plates(self, frame: Frame, parsed: ParsedFrame, observed: FrameObserved) -> list[Plate]:
        """The captions that `draw` puts on this frame, and where; arguments and errors as there."""
        typesetter = Typesetter(self._font, frame.width, frame.height)
        return self._plates(typesetter, _figures(frame, parsed, observed), frame, observed)

    def _plates(
        self, typesetter: Typesetter, figures: list[_Figure], frame: Frame, observed: FrameObserved
    ) -> list[Plate]:
        count = len(observed.persons)
        moment = clean(frame.name) if frame.name is not None else media_time(frame.media_time_s)
        persons = "1 person" if count == 1 else f"{count} persons"
        step = 1 + min(frame.width, frame.height) // 360
        header = typesetter.header(clean(frame.stream_id), (moment, persons))
        legend = typesetter.legend(_parts_in_view(figures, step)) if self._options.legend else None
        around = [plate for plate in (legend, header) if plate is not None]
        labels = [self._label(figure) for figure in figures]
        return [*typesetter.labels(labels, [plate.area for plate in around]), *around]

    def _label(self, figure: _Figure) -> Label:
        view, person = figure.view, figure.observed
        name = "#?" if person.track_id is None else f"#{person.track_id}"
        worn = [item for item in person.garments if item.share >= self._options.garment_share_min]
        worn.sort(key=lambda item: (-item.share, item.part))
        words = name, *(self._garment(item) for item in worn[: self._options.garments_max])
        return Label(Rect(view.left, view.top, view.right, view.bottom), figure.color, words)

    def _garment(self, item: GarmentSeen) -> str:
        sure = item.color != "unknown" and item.confidence >= self._options.confidence_min
        return f"{item.part} {item.color if sure else '?'}"

    def _tint(self, canvas: BgrImage, view: PersonView) -> None:
        piece = canvas[view.window]
        colors = cv2.applyColorMap(view.labels, self._table)
        opacity = self._options.mask_opacity
        cv2.addWeighted(piece, 1 - opacity, colors, opacity, 0, colors)
        cv2.copyTo(colors, view.mask.view(np.uint8), piece)

    def _write(self, canvas: BgrImage, plate: Plate, size: int) -> None:
        area = plate.area
        piece = canvas[area.top : area.bottom, area.left : area.right]
        cv2.convertScaleAbs(piece, piece, _PLATE_SHADE, _PLATE_LIGHT)
        if plate.edge is not None:
            piece[:, : max(2, size // 5)] = plate.edge
        for swatch in plate.swatches:
            square = swatch.area
            piece[square.top : square.bottom, square.left : square.right] = swatch.color
        for text in plate.texts:
            cv2.putText(piece, text.words, (text.left, text.baseline), WHITE, self._font, size, text.weight)


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


def _figures(frame: Frame, parsed: ParsedFrame, observed: FrameObserved) -> list[_Figure]:
    """The persons from the farthest to the nearest (the lower a box ends, the nearer), whatever their numbers."""
    size = frame.height, frame.width
    if parsed.labels.shape != size:
        raise ValueError(f"label maps must have the frame's size {size}, got {parsed.labels.shape}")
    if len(parsed) != len(observed.persons):
        raise ValueError(f"observed must have {len(parsed)} persons, got {len(observed.persons)}")
    figures = [
        _Figure(view, person, track_color(person.track_id))
        for view, person in zip(parsed.persons(), observed.persons, strict=True)
        if view.mask.size
    ]
    return sorted(figures, key=_nearness)


def _nearness(figure: _Figure) -> tuple[int, int, int, int, int]:
    view, track = figure.view, figure.observed.track_id
    return view.bottom, view.top, view.left, view.right, -1 if track is None else track


def _outline(canvas: BgrImage, figure: _Figure, thickness: int) -> None:
    # Drawn on the box's own piece of the picture, so that no line leaves it. A thin line drawn several times, each a pixel further,
    # takes about half as long as a thick one, and a quarter of an antialiased one.
    piece = canvas[figure.view.window]
    mask = figure.view.mask.view(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for right, down in product(range(thickness), repeat=2):
        cv2.drawContours(piece, contours, -1, figure.color, offset=(right, down))
    height, width = figure.view.mask.shape
    for step in range(thickness):
        cv2.rectangle(piece, (step, step), (width - 1 - step, height - 1 - step), figure.color)


def _parts_in_view(figures: Iterable[_Figure], step: int) -> list[BodyPart]:
    """Parts of at least one pixel in 300 of the persons, so that a few stray pixels do not make the legend flicker.

    Only every `step`-th pixel of every `step`-th line is looked at: at 1080p all of them would take as long as the masks.
    """
    counts = np.zeros(256, np.int64)
    for figure in figures:
        labels, mask = figure.view.labels[::step, ::step], figure.view.mask[::step, ::step]
        counts += np.bincount(labels[mask], minlength=256)
    least = counts.sum() / 300
    return [part for part in BodyPart if part != BodyPart.BACKGROUND and counts[part] > least]
