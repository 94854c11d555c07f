"""Lines and zones of a camera in its overlays, with what they have counted since the stream began."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from analytics.floor import Floor, FloorPlan, Line, Zone, floor_at
from domain.events import Event, LineCrossed, ZoneVisitEnded
from domain.frame import BgrImage
from domain.geometry import Point
from pipeline.captions import Rect
from pipeline.floor_counts import FloorCountsState
from pipeline.palette import Bgr

_LINE: Bgr = (96, 214, 88)
_ZONE: Bgr = (255, 178, 92)
_DARK: Bgr = (20, 18, 16)
_WHITE: Bgr = (250, 250, 250)
# Part of a zone's colour on its floor.
_TINT = 0.14
_SHADE = 0.3
_WEIGHT = 400


@dataclass(frozen=True, slots=True)
class Name:
    """Of a line or zone, with its counts, and its place in the picture."""

    words: str
    area: Rect


class FloorPainter:
    """Draws the floor of one stream, and counts what is drawn beside it. One thread.

    Args:
        plan: Lines and zones.
        counts: Whether it hears of events, so that numbers stand beside the names.
    """

    def __init__(self, plan: FloorPlan, *, counts: bool) -> None:
        self._plan, self._with_counts = plan, counts
        self._came: Counter[str] = Counter()
        self._went: Counter[str] = Counter()
        self._stays: Counter[str] = Counter()

    def hear(self, events: Sequence[Event]) -> None:
        """Count crossings and stays that are over."""
        for event in events:
            if isinstance(event, LineCrossed) and event.counts:
                (self._came if event.direction == "in" else self._went)[event.line] += 1
            elif isinstance(event, ZoneVisitEnded):
                self._stays[event.zone] += 1

    def snapshot(self) -> FloorCountsState:
        """What it has counted."""
        return FloorCountsState(came=dict(self._came), went=dict(self._went), stays=dict(self._stays))

    def restore(self, state: FloorCountsState) -> None:
        """Go on counting from there."""
        self._came, self._went, self._stays = (
            Counter(counted) for counted in (state.came, state.went, state.stays)
        )

    def names(
        self, extent: tuple[int, int], font: cv2.FontFace, size: int, around: Sequence[Rect]
    ) -> list[Name]:
        """What is written, and where.

        Args:
            extent: Width and height of the picture, pixels.
            font: Of the names.
            size: Of the letters, pixels.
            around: What is written over the picture later, as the legend: names keep clear of it, and of one another.
        """
        floor, taken, placed = _floor(self._plan, *extent), list(around), []
        wanted = [(self._zone_words(zone), _middle(zone.polygon)) for zone in floor.zones]
        for words, place in [*wanted, *((self._line_words(line), line.end) for line in floor.lines)]:
            area = _area(words, place, (font, size), taken, extent)
            taken.append(area)
            placed.append(Name(words, area))
        return placed

    def paint(self, canvas: BgrImage, font: cv2.FontFace, size: int, names: Sequence[Name]) -> None:
        """Draw on a picture.

        Args:
            canvas: Shape (H, W, 3) uint8, changed.
            font: Of the names.
            size: Of the letters, pixels.
            names: As `names` says.
        """
        floor = _floor(self._plan, canvas.shape[1], canvas.shape[0])
        thick = max(2, round(size / 7))
        for zone in floor.zones:
            _paint_zone(canvas, zone, thick)
        for line in floor.lines:
            _paint_line(canvas, line, thick)
        for name in names:
            _write(canvas, name, (font, size))

    def _line_words(self, line: Line) -> str:
        if not self._with_counts:
            return line.name
        return f"{line.name}  {self._came[line.name]} in  {self._went[line.name]} out"

    def _zone_words(self, zone: Zone) -> str:
        stays = self._stays[zone.name]
        if not self._with_counts:
            return zone.name
        return f"{zone.name}  {stays} stay" if stays == 1 else f"{zone.name}  {stays} stays"


def _area(
    words: str,
    place: Point,
    letters: tuple[cv2.FontFace, int],
    taken: Sequence[Rect],
    extent: tuple[int, int],
) -> Rect:
    """Of a plate inside the picture, below or above those that are there already."""
    font, size = letters
    _, _, width, _ = cv2.getTextSize((0, 0), words, (0, 0), font, size, _WEIGHT)
    pad = _pad(size)
    wide, high = min(int(width) + 2 * pad, extent[0]), min(size + 2 * pad, extent[1])
    left = int(min(max(place[0] - wide / 2, 0), extent[0] - wide))
    top = int(min(max(place[1] - high / 2, 0), extent[1] - high))
    beside = [one for one in taken if left < one.right and one.left < left + wide]
    top = _free(top, high, [(one.top, one.bottom) for one in beside], extent[1])
    return Rect(left, top, left + wide, top + high)


def _write(canvas: BgrImage, name: Name, letters: tuple[cv2.FontFace, int]) -> None:
    (font, size), area = letters, name.area
    piece = canvas[area.top : area.bottom, area.left : area.right]
    cv2.convertScaleAbs(piece, piece, _SHADE, 8)
    start = _pad(size), _pad(size) + round(0.85 * size)
    cv2.putText(piece, name.words, start, _WHITE, font, size, _WEIGHT)


def _pad(size: int) -> int:
    return max(2, size // 3)


def _free(wanted: int, high: int, taken: Sequence[tuple[int, int]], height: int) -> int:
    """Row of the nearest place that is free, rather the lower one; the wanted one where there is none."""
    tops = [wanted, *(bottom + 1 for _, bottom in taken), *(top - high - 1 for top, _ in taken)]
    free = [
        top
        for top in tops
        if 0 <= top <= height - high and all(top >= bottom or top + high <= above for above, bottom in taken)
    ]
    return min(free, key=lambda top: abs(top - wanted), default=wanted)


@lru_cache(maxsize=16)
def _floor(plan: FloorPlan, width: int, height: int) -> Floor:
    return floor_at(plan, width, height)


def _paint_zone(canvas: BgrImage, zone: Zone, thick: int) -> None:
    corners = np.rint(np.array(zone.polygon)).astype(np.int32)
    left, top, width, height = cv2.boundingRect(corners)
    left, top = max(left, 0), max(top, 0)
    piece = canvas[top : top + height, left : left + width]
    tinted = piece.copy()
    cv2.fillPoly(tinted, [corners - (left, top)], _ZONE)
    cv2.addWeighted(tinted, _TINT, piece, 1 - _TINT, 0, piece)
    for color, wide in ((_DARK, thick + 2), (_ZONE, thick)):
        cv2.polylines(canvas, [corners], True, color, wide, cv2.LINE_AA)


def _paint_line(canvas: BgrImage, line: Line, thick: int) -> None:
    begin, end = _whole(line.begin), _whole(line.end)
    x, y = line.end[0] - line.begin[0], line.end[1] - line.begin[1]
    length = math.hypot(x, y) or 1.0
    reach = 5 * thick + 12
    middle = _middle((line.begin, line.end))
    tip = (
        middle[0] - y / length * line.inside * reach * 2,
        middle[1] + x / length * line.inside * reach * 2,
    )
    for color, wide in ((_DARK, thick + 3), (_LINE, thick)):
        cv2.line(canvas, begin, end, color, wide, cv2.LINE_AA)
        cv2.arrowedLine(canvas, _whole(middle), _whole(tip), color, wide, cv2.LINE_AA, tipLength=0.3)


def _middle(points: Sequence[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _whole(point: Point) -> tuple[int, int]:
    return round(point[0]), round(point[1])
