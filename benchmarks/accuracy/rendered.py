"""Persons and their parts on rendered frames, where everything is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy.measures import (
    Counts,
    Figure,
    figure,
    match,
    mean_iou,
    overlap,
    panoptic_quality,
    ratio,
)
from benchmarks.accuracy.photographs import JUDGED, judged_of_parts
from domain.frame import LabelMap
from pipeline.parsers.base import HumanParser
from training.frames import LabelledFrame, read_frames

_BANDS = (
    (25, 40),
    (40, 60),
    (60, 100),
    (100, 200),
    (200, 10_000),
)  # pixels of height, the upper one exclusive
LEAST_HEIGHT = 25  # smaller persons are not judged at all
TALL = 60  # and taller: quality of persons is judged


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """What one frame adds.

    Attributes:
        parts: As from `overlap`.
        tall: Overlaps, found, missed, invented of persons at least 60 pixels tall.
        count: Absolute error of the count, true count, frames (1).
        bands: By band of height, found and there.
    """

    parts: Counts
    tall: Counts
    count: Counts
    bands: Counts


def measure_rendered(parser: HumanParser, folder: Path) -> dict[str, Figure]:
    """Parts, persons and counts on the frames of that folder; see `training.frames` for its form.

    The height of a person is that of what is seen of it, in pixels of the frame. Persons below 25 pixels count neither way.
    """
    return judge((frame, *_parsed(parser, frame)) for frame in read_frames(folder))


def _parsed(parser: HumanParser, frame: LabelledFrame) -> tuple[LabelMap, LabelMap]:
    parsed = parser.parse(frame.image)
    return parsed.labels, parsed.person_ids


def judge(
    answers: Iterable[tuple[LabelledFrame, LabelMap, LabelMap]], name: str = "rendered"
) -> dict[str, Figure]:
    """Figures from frames, the labels found on them, and the persons found on them.

    The mean over parts is that of the parts that the frames show at all. The figures begin with `name`.
    """
    rows, there = [], set[int]()
    for frame, labels, person_ids in answers:
        rows.append(_judged(frame, labels, person_ids))
        there |= {int(judged_of_parts()[part]) for part in np.unique(frame.labels)} - {0}
    parts, tall = np.stack([row.parts for row in rows]), np.stack([row.tall for row in rows])
    count, bands = np.stack([row.count for row in rows]), np.stack([row.bands for row in rows])
    figures = {
        f"{name}: mIoU": figure(parts, lambda sums: mean_iou(sums, sorted(there))),
        f"{name}: panoptic quality, {TALL} px and taller": figure(tall, panoptic_quality),
        f"{name}: count error a frame": figure(count, lambda sums: ratio(sums[..., 0], sums[..., 2])),
        f"{name}: count error, relative": figure(count, lambda sums: ratio(sums[..., 0], sums[..., 1])),
    }
    for number, (low, high) in enumerate(_BANDS):
        band = f"{low}-{high} px" if high < 10_000 else f"{low} px and taller"
        figures[f"{name}: found, {band} ({bands[:, number, 1].sum():.0f} there)"] = _found(bands[:, number])
    small = bands[:, 0] + bands[:, 1]
    figures[f"{name}: found, 25-60 px ({small[:, 1].sum():.0f} there)"] = _found(small)
    return figures


def _found(rows: Counts) -> Figure:
    return figure(rows, lambda sums: ratio(sums[..., 0], sums[..., 1]))


def _judged(frame: LabelledFrame, labels: LabelMap, person_ids: LabelMap) -> _Row:
    table = judged_of_parts()
    everywhere = np.ones(labels.shape, np.bool_)
    heights = heights_of(frame.person_ids)
    judged = frozenset(person for person, height in heights.items() if height >= LEAST_HEIGHT)
    tall = frozenset(person for person in judged if heights[person] >= TALL)
    matched, matched_tall = (match(frame.person_ids, person_ids, persons) for persons in (judged, tall))
    counted = len(matched.found) + matched.invented
    return _Row(
        parts=overlap(table[frame.labels], table[labels], everywhere, len(JUDGED)),
        tall=np.array(
            [
                sum(matched_tall.found.values()),
                len(matched_tall.found),
                len(matched_tall.missed),
                matched_tall.invented,
            ],
            np.float64,
        ),
        count=np.array([abs(counted - len(judged)), len(judged), 1], np.float64),
        bands=_by_band(heights, matched.found, judged),
    )


def _by_band(heights: Mapping[int, int], found: Mapping[int, float], judged: frozenset[int]) -> Counts:
    bands = np.zeros((len(_BANDS), 2))
    for person in judged:
        band = next(number for number, (low, high) in enumerate(_BANDS) if low <= heights[person] < high)
        bands[band] += (person in found, 1)
    return bands


def heights_of(person_ids: LabelMap) -> dict[int, int]:
    """Rows from the highest to the lowest pixel of each person."""
    heights = {}
    for person in np.unique(person_ids[person_ids > 0]):
        rows = np.flatnonzero((person_ids == person).any(axis=1))
        heights[int(person)] = int(rows[-1] - rows[0] + 1)
    return heights
