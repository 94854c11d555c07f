"""The same decode, slow and obviously right: full-size float64 masks, one candidate after the other."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask, LabelMap
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.m2fp.candidates import HUMAN, Logits
from pipeline.parsers.m2fp.decode import DecodeOptions, RawOutputs

Plane = npt.NDArray[np.float64]

# The decode under test rounds logits to 127 steps, and once more after enlarging them: half a step each.
_STEPS_OFF = 1.1 / 127


@dataclass(frozen=True)
class Candidate:
    query: int
    part: int
    score: float


@dataclass(frozen=True)
class Decoded:
    """The maps, the scores of the persons, and which pixels hang on less than the rounding."""

    labels: LabelMap
    owners: npt.NDArray[np.int64]
    humans: list[Candidate]
    undecided: BoolMask


def candidates_of(raw: RawOutputs, masks: Logits, threshold: float) -> list[Candidate]:
    pairs = []
    for query, logits in enumerate(raw.class_logits.astype(np.float64)):
        total = sum(math.exp(value) for value in logits)
        pairs += [(math.exp(logits[part]) / total, query, part) for part in range(21)]
    best = sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))[: len(raw.class_logits)]
    found = []
    for probability, query, part in best:
        inside = [1 / (1 + math.exp(-value)) for value in masks[query].ravel().tolist() if value > 0]
        score = probability * sum(inside) / len(inside) if inside else 0.0
        if score > threshold:
            found.append(Candidate(query, part, score))
    return sorted(found, key=lambda candidate: -candidate.score)


def decode_slowly(raw: RawOutputs, geometry: Geometry, options: DecodeOptions) -> Decoded:
    masks = raw.without_padding(geometry)
    found = candidates_of(raw, masks, options.threshold)
    humans: list[Candidate] = []
    for human in (candidate for candidate in found if candidate.part == HUMAN):
        if all(_overlap(masks, human, other) <= options.same_person for other in humans):
            humans.append(human)
    humans = humans[: options.most_persons]
    parts = [candidate for candidate in found if candidate.part != HUMAN]
    winner, unsure = _strongest([(masks[part.query], part.score) for part in parts], geometry)
    surest, unsure_person = _strongest([(masks[human.query], 1.0) for human in humans], geometry)
    labels = np.zeros(winner.shape, np.uint8)
    owners = np.zeros(winner.shape, np.int64)
    for position, part in enumerate(parts, start=1):
        here = winner == position
        labels[here] = part.part
        owner = _owner(masks, part, humans)
        owners[here] = surest[here] if owner is None else owner
        if owner is None:
            unsure |= here & unsure_person
    owners[labels == 0] = 0
    return Decoded(labels, owners, humans, unsure)


def enlarged(logits: Logits, geometry: Geometry) -> Plane:
    """Bilinear; pixel centres correspond; beyond the border lies what lies at the border."""
    ys = (np.arange(geometry.height) + 0.5) * geometry.scaled_height / geometry.height / 4 - 0.5
    xs = (np.arange(geometry.width) + 0.5) * geometry.scaled_width / geometry.width / 4 - 0.5
    rows = _along_rows(logits.astype(np.float64), ys)
    return _along_rows(rows.T, xs).T


def _along_rows(plane: Plane, at: Plane) -> Plane:
    first = np.floor(at).astype(int)
    share = (at - first)[:, None]
    last = len(plane) - 1
    before, after = plane[np.clip(first, 0, last)], plane[np.clip(first + 1, 0, last)]
    result: Plane = before * (1 - share) + after * share
    return result


def _strongest(
    layers: list[tuple[Logits, float]], geometry: Geometry
) -> tuple[npt.NDArray[np.int64], BoolMask]:
    shape = geometry.height, geometry.width
    strengths, least, most = [np.zeros(shape)], [np.zeros(shape)], [np.zeros(shape)]
    for logits, weight in layers:
        if not (logits > 0).any():
            for values in (strengths, least, most):
                values.append(np.full(shape, -1.0))
            continue
        plane = enlarged(logits, geometry)
        off = _STEPS_OFF * min(float(logits.max()), 8.0)
        for values, shift in ((strengths, 0.0), (least, -off), (most, off)):
            moved = plane + shift
            values.append(np.where(moved > 0, weight / (1 + np.exp(-np.clip(moved, -50, 8))), 0))
    winner = np.stack(strengths).argmax(axis=0)
    surely = np.take_along_axis(np.stack(least), winner[None], axis=0)[0]
    unsure = (winner > 0) & (surely == 0)
    for position, reach in enumerate(most):
        unsure |= (reach >= surely) & (position != winner) & (reach > 0)
    return winner, unsure


def _overlap(masks: Logits, one: Candidate, other: Candidate) -> float:
    first, second = masks[one.query] > 0, masks[other.query] > 0
    return float((first & second).sum() / (first | second).sum())


def _owner(masks: Logits, part: Candidate, humans: list[Candidate]) -> int | None:
    """The person that the whole part goes to, 0 for nobody, None where persons share it."""
    own = masks[part.query] > 0
    covered = np.zeros(own.shape, np.bool_)
    best, key = 0, (0, -1.0)
    for position, human in enumerate(humans, start=1):
        plane = masks[human.query].astype(np.float64)
        covered |= plane > 0
        overlap = int((own & (plane > 0)).sum())
        sureness = float((1 / (1 + np.exp(-plane)))[own].sum())
        if overlap and (overlap, sureness) > key:
            best, key = position, (overlap, sureness)
    inside, elsewhere = key[0], int((own & covered).sum()) - key[0]
    if inside == 0:
        return 0
    return best if inside >= 0.5 * own.sum() and elsewhere <= 0.1 * own.sum() else None
