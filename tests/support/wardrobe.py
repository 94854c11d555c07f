"""Persons drawn from a list of what they wear: frames and label maps with exactly known answers, made with NumPy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from analytics.clothing import Clothing
from analytics.lengths import SkinEvidence
from domain.events import ColorName, GarmentName, GarmentSeen
from domain.frame import Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from tests.support.events import START

WIDTH, HEIGHT = 320, 180
_WALL = (205, 207, 206)

Rgb = tuple[int, int, int]
BLACK, GREY, RED, BLUE, SKIN = (20, 20, 22), (120, 120, 120), (185, 30, 35), (45, 75, 160), (205, 150, 125)


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of a person: what it is, its colour, and its box in pixels of the frame."""

    part: BodyPart
    rgb: Rgb
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Person:
    """Patches, the later ones in front."""

    patches: tuple[Patch, ...] = field(default=())


def walker(left: int, upper: Rgb = RED, lower: Rgb = BLACK) -> Person:
    """Somebody 40 wide and 140 high in upper-clothes, pants and shoes, with face and hands."""
    return Person(
        (
            Patch(BodyPart.FACE, SKIN, (left + 12, 20, left + 28, 40)),
            Patch(BodyPart.UPPER_CLOTHES, upper, (left + 4, 40, left + 36, 90)),
            Patch(BodyPart.ARM, SKIN, (left, 80, left + 4, 92)),
            Patch(BodyPart.PANTS, lower, (left + 8, 90, left + 32, 150)),
            Patch(BodyPart.LEFT_SHOE, BLACK, (left + 6, 150, left + 18, 160)),
            Patch(BodyPart.RIGHT_SHOE, BLACK, (left + 20, 150, left + 32, 160)),
        )
    )


def drawn(
    persons: Sequence[Person], index: int = 0, moment: datetime | None = None
) -> tuple[Frame, ParsedFrame]:
    """A frame at that position of a stream of 5 frames a second, unless a moment is named, and its label maps."""
    image = np.full((HEIGHT, WIDTH, 3), _WALL, np.uint8)
    image = (image + np.random.default_rng(3).integers(-4, 5, image.shape)).astype(np.uint8)
    labels, ids = np.zeros((2, HEIGHT, WIDTH), np.uint8)
    for person_id, person in enumerate(persons, 1):
        for patch in person.patches:
            left, top, right, bottom = patch.box
            image[top:bottom, left:right] = patch.rgb[::-1]
            labels[top:bottom, left:right] = patch.part
            ids[top:bottom, left:right] = person_id
    boxes = [_box(ids == person_id) for person_id in range(1, len(persons) + 1)]
    parsed = ParsedFrame(
        labels, ids, np.full(len(persons), 0.9, np.float32), np.array(boxes, np.float32).reshape(-1, 4)
    )
    seconds = index / 5
    when = START + timedelta(seconds=seconds) if moment is None else moment
    return Frame("door", index, index, image, seconds, when, "file"), parsed


def _box(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return 0, 0, 0, 0
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def garment(part: GarmentName, color: ColorName, share: float = 0.3, confidence: float = 0.8) -> GarmentSeen:
    """What one frame shows of one garment."""
    return GarmentSeen(
        part=part,
        color=color,
        share=share,
        color_share=0 if color == "unknown" else 0.9,
        confidence=confidence,
    )


def worn(
    garments: tuple[GarmentSeen, ...],
    pixels: int = 1000,
    skin: SkinEvidence | None = None,
    beliefs: Mapping[GarmentName, float] | None = None,
) -> Clothing:
    """What one frame shows of one person; a parser that does not tell believes what its pixels show."""
    main = {"upper-clothes", "dress", "coat", "pants", "skirt"}
    shown = {seen.part: seen.share for seen in garments if seen.part in main}
    guesses = tuple((seen.color, seen.confidence) for seen in garments)
    return Clothing(pixels, garments, skin or SkinEvidence(), guesses, shown if beliefs is None else beliefs)
