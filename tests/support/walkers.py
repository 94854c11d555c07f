"""Drawn persons of one colour each, and what a perfect parser would say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from domain.frame import Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from tests.support.streams import START

WIDTH, HEIGHT = 160, 90
RED, BLUE, GREY = (30, 30, 200), (200, 40, 30), (90, 90, 90)


@dataclass(frozen=True)
class Walker:
    """Somebody in one picture.

    Attributes:
        left, top: Of the box, pixels; it may reach beyond the picture.
        color: Of all that is worn, B, G, R.
        size: Width and height of the box.
        score: How sure the parser is.
    """

    left: int
    top: int = 30
    color: tuple[int, int, int] = GREY
    size: tuple[int, int] = (14, 40)
    score: float = 0.9


def scene(time_s: float, people: Sequence[Walker]) -> tuple[Frame, ParsedFrame]:
    """The people before a light wall; the first stands in front. Whoever shows no pixel is not found."""
    image = np.full((HEIGHT, WIDTH, 3), 210, np.uint8)
    labels, ids = np.zeros((HEIGHT, WIDTH), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
    for number, person in reversed(list(enumerate(people, start=1))):
        rows = slice(max(0, person.top), max(0, person.top + person.size[1]))
        columns = slice(max(0, person.left), max(0, person.left + person.size[0]))
        image[rows, columns], labels[rows, columns], ids[rows, columns] = (
            person.color,
            BodyPart.UPPER_CLOTHES,
            number,
        )
    seen = [number for number in range(1, len(people) + 1) if (ids == number).any()]
    renumbered = np.zeros(256, np.uint8)
    renumbered[seen] = np.arange(1, len(seen) + 1)
    boxes = np.array([_box(ids == number) for number in seen], np.float32).reshape(-1, 4)
    scores = np.array([people[number - 1].score for number in seen], np.float32)
    frame = Frame("door", 0, 0, image, time_s, START + timedelta(seconds=time_s), "file")
    return frame, ParsedFrame(labels, renumbered[ids], scores, boxes)


def _box(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
