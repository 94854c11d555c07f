"""How persons are filled and outlined: one function a style, each on the piece of the picture inside a person's box."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import cv2
import numpy as np

from domain.frame import BgrImage, BoolMask, LabelMap
from domain.labels import BodyPart
from domain.parsing import Outline
from domain.rendering import OverlayStyle
from pipeline.figures import PARTS_OF, Figure
from pipeline.palette import Bgr, name_color, part_table

# How much of the pixels is covered: so little that clothes keep their colours, and so much that shading still shows form.
_TINT, _SOLID, _NAMED = 0.1, 0.85, 0.85
_HALO: Bgr = (24, 20, 18)
# Length of a dash and the gap after it, in thicknesses of a line and one pixel more.
_DASH = 8

_TABLE = part_table()
_GLASS = np.rint((255 - _TABLE.astype(np.float64)) * _TINT).astype(np.uint8)
_GLASS[BodyPart.BACKGROUND] = 0
_Fill: TypeAlias = Callable[[BgrImage, Figure, int], None]


def fill(style: OverlayStyle, canvas: BgrImage, figure: Figure, thickness: int) -> None:
    """Fill one person.

    Args:
        style: How.
        canvas: Shape (H, W, 3) uint8 BGR, the whole frame; changed inside the person's box.
        figure: The person.
        thickness: Of borders, pixels.
    """
    _FILLS[style](canvas[figure.view.window], figure, thickness)


def outline(canvas: BgrImage, figure: Figure, thickness: int) -> None:
    """Draw the border of a person in the colour of the track, on a dark one.

    Of a person without pixels the outline of an earlier parse, in dashes; where there is none, the box's corners.
    """
    piece = canvas[figure.view.window]
    mask = figure.view.mask.view(np.uint8)
    found, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not found:
        if figure.view.outline is None:
            _corners(piece, figure.color, thickness)
        else:
            _dashes(piece, figure.view.outline - (figure.view.left, figure.view.top), figure.color, thickness)
        return
    # Stairs become slopes: of so few corners an antialiased line takes no longer than one around every pixel.
    smooth = [cv2.approxPolyDP(contour, 0.8 * thickness, True) for contour in found]
    if thickness > 1:
        cv2.drawContours(piece, smooth, -1, _HALO, thickness + 2)
    else:
        # Like a shadow; thin lines take a fraction of the time of a thick one.
        cv2.drawContours(piece, smooth, -1, _HALO, offset=(1, 1))
    cv2.drawContours(piece, smooth, -1, figure.color, thickness, cv2.LINE_AA)


def _tinted(piece: BgrImage, figure: Figure, thickness: int) -> None:
    """Like coloured glass: it takes from what is light, and dark clothes stay dark. A third of the cost of mixing."""
    del thickness
    cv2.subtract(piece, cv2.applyColorMap(figure.view.labels * figure.view.mask, _GLASS), piece)


def _filled(piece: BgrImage, figure: Figure, thickness: int) -> None:
    del thickness
    colors = cv2.applyColorMap(figure.view.labels, _TABLE)
    cv2.addWeighted(piece, 1 - _SOLID, colors, _SOLID, 0, colors)
    cv2.copyTo(colors, figure.view.mask.view(np.uint8), piece)


def _bordered(piece: BgrImage, figure: Figure, thickness: int) -> None:
    """The borders between the parts of a person, each side in the colour of its part."""
    mask = figure.view.mask
    parts: LabelMap = figure.view.labels * mask
    around = np.ones((2 * thickness + 1, 2 * thickness + 1), np.uint8)
    border = cv2.absdiff(cv2.dilate(parts, around), cv2.erode(parts, around))
    border[~mask] = 0
    cv2.copyTo(cv2.applyColorMap(parts, _TABLE), border, piece)


def _named(piece: BgrImage, figure: Figure, thickness: int) -> None:
    """Each garment in the colour that it is called; one whose colour is unknown is hatched."""
    labels, worn = figure.view.labels, figure.observed.garments
    table, where = np.zeros((256, 1, 3), np.uint8), np.zeros(256, np.uint8)
    for garment in worn:
        for part in PARTS_OF[garment.part]:
            table[part, 0], where[part] = name_color(garment.color), 1
    colors = cv2.applyColorMap(labels, table).astype(np.uint8, copy=False)
    unknown = [part for garment in worn if garment.color == "unknown" for part in PARTS_OF[garment.part]]
    if unknown:
        _hatch(colors, np.isin(labels, unknown), 3 * thickness + 2)
    cv2.addWeighted(piece, 1 - _NAMED, colors, _NAMED, 0, colors)
    cv2.copyTo(colors, cv2.LUT(labels, where) * figure.view.mask, piece)


def _hatch(colors: BgrImage, where: BoolMask, width: int) -> None:
    rows, columns = np.ogrid[: where.shape[0], : where.shape[1]]
    colors[where & ((rows + columns) // width % 2 == 0)] = name_color("grey")


def _dashes(piece: BgrImage, corners: Outline, color: Bgr, thickness: int) -> None:
    """A closed line in dashes."""
    closed = np.vstack((corners, corners[:1]))
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))))
    count = max(4, round(along[-1] / (_DASH * (1 + thickness))))
    # Every dash bends once, in its middle, and the gap after it is as long.
    at = (np.arange(count)[:, None] + np.array([0.0, 0.25, 0.5])) / count * along[-1]
    dashes = np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=-1)
    lines = list(np.rint(dashes).astype(np.int32))
    cv2.polylines(piece, lines, False, _HALO, thickness + 2)
    cv2.polylines(piece, lines, False, color, thickness, cv2.LINE_AA)


def _corners(piece: BgrImage, color: Bgr, thickness: int) -> None:
    """The four corners of a box."""
    height, width = piece.shape[:2]
    arm = max(2, min(height, width) // 5)
    for row in (slice(0, thickness), slice(max(0, height - thickness), height)):
        piece[row, :arm] = piece[row, max(0, width - arm) :] = color
    for column in (slice(0, thickness), slice(max(0, width - thickness), width)):
        piece[:arm, column] = piece[max(0, height - arm) :, column] = color


_FILLS: Mapping[OverlayStyle, _Fill] = {
    "tint": _tinted,
    "solid": _filled,
    "outline": _bordered,
    "colors": _named,
}
