"""Persons by themselves, as pixels of a picture, and one frame of several."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.frame import BoolMask, LabelMap
from domain.labels import BodyPart
from domain.parsing import Beliefs, ParsedFrame
from pipeline.parsers.cropping import Box
from pipeline.parsers.numbering import box_around, numbered

_DOUBLE = 0.6  # of the smaller one's pixels: two who share more are one person
_MOST_PERSONS = 255


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """One person, parsed, as pixels of the picture.

    Attributes:
        rows, columns: Where in the picture.
        labels: Shape of that window, uint8, parts.
        mask: The same shape, bool: whose pixels these are.
        score: 0 to 1.
        beliefs: Shape (24,); None where the parser does not tell.
    """

    rows: slice
    columns: slice
    labels: LabelMap
    mask: BoolMask
    score: float
    beliefs: Beliefs | None = None

    @property
    def box(self) -> Box:
        """Around the pixels, in the picture; empty where there are none."""
        return box_around(self.mask, self.columns.start, self.rows.start)


def composed(persons: Sequence[Cutout], size: tuple[int, ...], others: Sequence[Cutout] = ()) -> ParsedFrame:
    """One frame of several persons: where two claim a pixel it is the nearer one's, who stands lower in the picture.

    Of two who share most of their pixels only the surer one is kept: it is one person found twice. Whoever is one of the `others`,
    too, is taken from `persons`.
    """
    ranked = [*_surest(persons), *_surest(others)]
    kept = without_doubles(ranked[:_MOST_PERSONS], size)
    labels, person_ids = np.zeros(size[:2], np.uint8), np.zeros(size[:2], np.uint8)
    for number in sorted(range(len(kept)), key=lambda number: _foot(kept[number])):
        person = kept[number]
        labels[person.rows, person.columns][person.mask] = person.labels[person.mask]
        person_ids[person.rows, person.columns][person.mask] = number + 1
    scores = np.array([person.score for person in kept], np.float32)
    windows = [(person.rows, person.columns) for person in kept]
    return numbered(labels, person_ids, scores, beliefs_of(kept), windows)


def beliefs_of(persons: Sequence[Cutout | None]) -> Beliefs | None:
    """Shape (N, 24), zeros for None; None where the parser does not tell of one of them."""
    there = [person.beliefs for person in persons if person is not None]
    if any(beliefs is None for beliefs in there):
        return None
    nothing = np.zeros(len(BodyPart), np.float32)
    rows = [nothing if person is None else person.beliefs for person in persons]
    return np.array(rows, np.float32).reshape(-1, len(BodyPart))


def _surest(persons: Sequence[Cutout]) -> list[Cutout]:
    return sorted(persons, key=lambda person: -person.score)


def _foot(person: Cutout) -> int:
    return int(person.rows.start) + int(np.flatnonzero(person.mask.any(axis=1)).max(initial=0))


def without_doubles(persons: Sequence[Cutout], size: tuple[int, ...]) -> list[Cutout]:
    """Of those who share most of the smaller one's pixels the one that comes first; nobody without a pixel."""
    kept: list[Cutout] = []
    owners, areas = np.zeros(size[:2], np.uint8), [0]
    for person in persons:
        there = owners[person.rows, person.columns]
        area = int(person.mask.sum())
        shared = np.bincount(there[person.mask], minlength=len(areas))[1:]
        if not area or (shared > _DOUBLE * np.minimum(areas[1:], area)).any():
            continue
        kept.append(person)
        areas.append(area)
        there[person.mask & (there == 0)] = len(kept)
    return kept
