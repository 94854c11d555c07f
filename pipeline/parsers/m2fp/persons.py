"""Which part belongs to which person: what ModelScope leaves to the caller. All of it at stride 4."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.parsers.m2fp.candidates import Candidates, Logits, Numbers, sigmoid

Planes: TypeAlias = npt.NDArray[np.float32]
"""Shape (K, h * w) float32, one flattened plane a candidate."""

SHARED = -1
"""The owner of a part that several persons share: it is decided pixel by pixel."""

NOBODY = 0

_WHOLE_SHARE = 0.5
_OTHERS_SHARE = 0.1


def distinct(humans: Candidates, mask_logits: Logits, *, overlap: float, most: int) -> Candidates:
    """Drop humans that are the same person as a surer one.

    Args:
        humans: The surest first.
        mask_logits: Shape (Q, h, w).
        overlap: Intersection over union of two masks above which they are the same person.
        most: How many to keep at most.

    Returns:
        The surest first.
    """
    masks = _masks(humans, mask_logits)
    shared = masks @ masks.T
    area = np.diag(shared)
    union = np.maximum(area[:, None] + area[None, :] - shared, 1)
    same = shared / union > overlap
    kept: list[int] = []
    for human in range(len(humans)):
        if area[human] and not same[human, kept].any():
            kept.append(human)
    chosen = np.zeros(len(humans), np.bool_)
    chosen[kept[:most]] = True
    return humans.of(chosen)


def assign(parts: Candidates, humans: Candidates, mask_logits: Logits) -> Numbers:
    """Give each part to the person whose mask it overlaps most; equal overlap is settled by mask probability, then by score.

    A part goes to one person as a whole, what sticks out of the person's mask included, where at least half of it lies in
    that mask and at most a tenth lies outside it and inside others'. Otherwise it is shared: each pixel will go to the
    surest of the persons there. That is what happens to a mask that covers a class for several persons at once.

    Args:
        parts: Background or not.
        humans: As from `distinct`.
        mask_logits: Shape (Q, h, w).

    Returns:
        Shape (len(parts),) int64: the human's position plus 1, NOBODY or SHARED.
    """
    owners = np.zeros(len(parts), np.int64)
    if not len(parts) or not len(humans):
        return owners
    part_masks, human_masks = _masks(parts, mask_logits), _masks(humans, mask_logits)
    within = part_masks @ human_masks.T
    surest = part_masks @ sigmoid(_planes(humans, mask_logits)).T
    best = np.where(within == within.max(axis=1, keepdims=True), surest, -1.0).argmax(axis=1)
    area = np.maximum(part_masks.sum(axis=1), 1)
    inside = within[np.arange(len(parts)), best]
    covered = part_masks @ human_masks.max(axis=0)
    whole = (inside >= _WHOLE_SHARE * area) & (covered - inside <= _OTHERS_SHARE * area)
    owners[:] = np.where(covered == 0, NOBODY, np.where(whole, best + 1, SHARED))
    return owners


def _planes(candidates: Candidates, mask_logits: Logits) -> Planes:
    return mask_logits[candidates.queries].reshape(len(candidates), mask_logits[0].size)


def _masks(candidates: Candidates, mask_logits: Logits) -> Planes:
    """0 and 1 as floats: sums of them are exact and matrix products fast."""
    return (_planes(candidates, mask_logits) > 0).astype(np.float32)
