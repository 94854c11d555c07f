"""Colours that mean something: body parts and tracks. Fixed, so that two overlays can be compared.

The parts start from the colours of Okabe and Ito ("Color Universal Design", 2008). Parts that touch each other (hair and face,
upper and lower clothes, trousers and shoes) and left and right of one limb differ in lightness too, so that they stay apart for the
colour-blind; a test simulates that after Machado et al. ("A Physiologically-based Model for Simulation of Color Vision
Deficiency", 2009). Left is the lighter of a pair, the unsided part lies between them.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from domain.events import ColorName
from domain.labels import BodyPart
from sinks.report.swatches import SWATCHES

Bgr: TypeAlias = tuple[int, int, int]
"""One colour, 0 to 255 each: blue, green, red."""

ColorTable: TypeAlias = npt.NDArray[np.uint8]
"""Shape (256, 1, 3) uint8 BGR, as `cv2.applyColorMap` takes it: one colour for each value of a label map."""

_PARTS = {
    BodyPart.BACKGROUND: "000000",
    BodyPart.HAT: "f0e442",
    BodyPart.HAIR: "7a3e1d",
    BodyPart.GLOVES: "b8f2e6",
    BodyPart.SUNGLASSES: "2b2d42",
    BodyPart.UPPER_CLOTHES: "56b4e9",
    BodyPart.DRESS: "cf5fa0",
    BodyPart.COAT: "1a3fb5",
    BodyPart.SOCKS: "f7f7f7",
    BodyPart.PANTS: "00875f",
    BodyPart.TORSO_SKIN: "c77d66",
    BodyPart.SCARF: "d7263d",
    BodyPart.SKIRT: "8b1e6b",
    BodyPart.FACE: "ffd7b0",
    BodyPart.LEFT_ARM: "ffc49b",
    BodyPart.RIGHT_ARM: "bf7f4f",
    BodyPart.LEFT_LEG: "f3da8e",
    BodyPart.RIGHT_LEG: "a67c1f",
    BodyPart.LEFT_SHOE: "ff9a3c",
    BodyPart.RIGHT_SHOE: "a83e00",
    BodyPart.BAG: "be5cff",
    BodyPart.ARM: "dfa077",
    BodyPart.LEG: "d8b75c",
    BodyPart.SHOE: "d85f00",
}

# Bright, because they are thin lines on any picture; neighbours in the list are far apart, as consecutive tracks are seen together.
_TRACKS = (
    "56d4ff",
    "ffb000",
    "ff6db6",
    "7ef29a",
    "b79cff",
    "fff36b",
    "ff7a59",
    "3fe0d0",
    "f2a2e8",
    "a4d65e",
    "6fa8ff",
    "ffd0a8",
)
_NO_TRACK = "d0d0d0"


def _bgr(code: str) -> Bgr:
    return int(code[4:6], 16), int(code[2:4], 16), int(code[0:2], 16)


_PART_COLORS = {part: _bgr(code) for part, code in _PARTS.items()}
_NAME_COLORS = {name: _bgr(swatch.fill.removeprefix("#")) for name, swatch in SWATCHES.items()}
_TRACK_COLORS = tuple(_bgr(code) for code in _TRACKS)


def part_color(part: BodyPart) -> Bgr:
    """The colour of a body part in overlays and legends."""
    return _PART_COLORS[part]


def name_color(name: ColorName) -> Bgr:
    """How a colour name is painted, as in the report."""
    return _NAME_COLORS[name]


def track_color(track_id: int | None) -> Bgr:
    """The colour of a track: the same id, the same colour, in every run; grey for a person without a confirmed track.

    Colours repeat after twelve tracks; the id beside the box tells them apart.
    """
    return _bgr(_NO_TRACK) if track_id is None else _TRACK_COLORS[track_id % len(_TRACK_COLORS)]


def part_table() -> ColorTable:
    """The colours of all parts, to colour a label map in one step. Values that are no part are grey."""
    table = np.full((256, 1, 3), 128, np.uint8)
    for part, color in _PART_COLORS.items():
        table[part, 0] = color
    return table
