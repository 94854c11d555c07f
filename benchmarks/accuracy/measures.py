"""The arithmetic: overlaps, panoptic quality, and intervals by bootstrap. NumPy only.

Every figure is a function of sums over pictures, so a picture is one row of counts, and drawing pictures anew is a product of two
matrices.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask, LabelMap

Counts: TypeAlias = npt.NDArray[np.float64]
"""Shape (..., D) float64: the last axis is what was counted."""

Statistic: TypeAlias = Callable[[Counts], Counts]
"""From sums, shape (..., D), to figures, shape (...); NaN where there is nothing to tell."""

_ROUNDS = 2000
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number.

    Attributes:
        value: On all pictures.
        low, high: Its 95 % interval, by drawing the pictures anew.
        pictures: How many there were.
    """

    value: float
    low: float
    high: float
    pictures: int


def figure(rows: Counts, statistic: Statistic, seed: int = 0) -> Figure:
    """The statistic of the pictures' sums with its 95 % percentile interval (bootstrap; Efron, 1979).

    Args:
        rows: Shape (N, D): one row a picture.
        statistic: What to make of the sums.
        seed: Of the draws; the same rows and seed give the same interval.

    Raises:
        ValueError: There is no picture.
    """
    count = len(rows)
    if count == 0:
        raise ValueError("no pictures, no figure")
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=_ROUNDS)
    drawn = statistic(draws @ rows)
    known = drawn[~np.isnan(drawn)]
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (np.nan, np.nan)
    return Figure(float(statistic(rows.sum(axis=0))), float(low), float(high), count)


def overlap(truth: LabelMap, found: LabelMap, valid: BoolMask, classes: int) -> Counts:
    """Pixels of intersection and of union, shape (2 * classes,): intersections of class 0, 1, ..., then unions."""
    pairs = truth[valid].astype(np.int64) * classes + found[valid]
    confusion = np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
    both = np.diagonal(confusion)
    either = confusion.sum(axis=0) + confusion.sum(axis=1) - both
    return np.concatenate([both, either]).astype(np.float64)


def iou(sums: Counts, number: int) -> Counts:
    """Intersection over union of one class, from sums of `overlap`."""
    classes = sums.shape[-1] // 2
    return ratio(sums[..., number], sums[..., classes + number])


def mean_iou(sums: Counts, numbers: Sequence[int]) -> Counts:
    """Mean of the intersections over unions of these classes, from sums of `overlap`; those that never occur are left out."""
    each = np.stack([iou(sums, number) for number in numbers], axis=-1)
    return ratio(np.nansum(each, axis=-1), (~np.isnan(each)).sum(axis=-1))


def ratio(part: Counts, whole: Counts) -> Counts:
    """Part by whole; NaN where the whole is 0."""
    whole = np.asarray(whole, np.float64)
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """Which true persons of a picture were found.

    Attributes:
        found: The overlap (IoU) of each true person that was found, by its id; those not found are absent.
        missed: Ids of true persons that nobody was found for.
        invented: How many were found that are not there.
    """

    found: Mapping[int, float]
    missed: tuple[int, ...]
    invented: int


def match(truth: LabelMap, found: LabelMap, judged: frozenset[int]) -> Matching:
    """Match persons that overlap by more than half, which makes the match unique (Kirillov et al., 2019).

    Args:
        truth: Shape (H, W), ids of the persons that are there; 0 is nobody.
        found: Shape (H, W), ids of the persons found.
        judged: The true persons that count. Who was found on the others (more than half of it) counts neither way.
    """
    shared = np.zeros((256, 256), np.int64)
    np.add.at(shared, (truth.ravel(), found.ravel()), 1)
    of_truth, of_found = shared.sum(axis=1), shared.sum(axis=0)
    union = of_truth[:, None] + of_found[None, :] - shared
    overlaps = np.divide(shared, union, out=np.zeros(shared.shape), where=union > 0)
    overlaps[0], overlaps[:, 0] = 0, 0
    pairs = {int(person): int(other) for person, other in np.argwhere(overlaps > _HALF)}
    hits = {person: float(overlaps[person, other]) for person, other in pairs.items() if person in judged}
    ignored = [person for person in np.flatnonzero(of_truth) if person and person not in judged]
    on_ignored = shared[ignored].sum(axis=0) > of_found * _HALF
    persons = [int(other) for other in np.flatnonzero(of_found) if other]
    invented = [
        other
        for other in persons
        if other not in {pairs[person] for person in hits} and not on_ignored[other]
    ]
    return Matching(hits, tuple(sorted(judged - hits.keys())), len(invented))


def panoptic_quality(sums: Counts) -> Counts:
    """From sums of (overlaps of those found, found, missed, invented), shape (..., 4)."""
    overlaps, hits, missed, invented = (sums[..., column] for column in range(4))
    return ratio(overlaps, hits + missed / 2 + invented / 2)
