"""Who hides whom: told by the feet, as whoever stands lower in the picture is nearer.

That depth from the lower edges of boxes helps to keep people apart is from Liu et al., "SparseTrack: Multi-Object Tracking by
Performing Scene Decomposition based on Pseudo-Depth", 2023.
"""

import numpy as np

from domain.frame import BoolMask
from pipeline.tracking.assignment import Indices
from pipeline.tracking.kalman import Floats

# Heights that somebody's feet are lower from whom it is sure that this one is nearer: boxes are not more exact than that.
_SURELY_NEARER = 0.15
# Of the smaller of two boxes: who shares more with somebody seen may be part of what is seen there.
_SHARED = 0.3
# Seconds after which somebody unseen is no longer expected in what is seen of others.
_EXPECTED_S = 1.0


def hidden_shares(boxes: Floats) -> Floats:
    """Which part of each box the nearer one covers that covers most of it.

    Args:
        boxes: Shape (T, 4): column and row of the centre, width, height: where people are expected.

    Returns:
        Shape (T,), 0 to 1; less where it is not sure who is nearer.
    """
    if not len(boxes):
        return np.zeros(0)
    feet, tall = boxes[:, 1] + boxes[:, 3] / 2, np.maximum(boxes[:, 3], 1.0)
    nearer = np.clip((feet[None] - feet[:, None]) / (_SURELY_NEARER * tall[:, None]), 0, 1)
    covered = _shared(boxes, boxes) / np.maximum(boxes[:, 2:].prod(axis=1), 1.0)[:, None]
    return np.asarray((covered * nearer).max(axis=1))


def contested(expected: Floats, unseen_s: Floats, seen: Floats, track_of: Indices) -> BoolMask:
    """What may be two people in one: somebody who was seen a moment ago is expected there, too, and is seen nowhere.

    Args:
        expected: Shape (T, 4), boxes as above.
        unseen_s: Shape (T,): for how long each has not been seen, seconds, before this frame is counted.
        seen: Shape (N, 4), boxes likewise.
        track_of: Shape (N,): the position of each one's track, or a negative number.

    Returns:
        Shape (N,).
    """
    missing = unseen_s <= _EXPECTED_S
    missing[track_of[track_of >= 0]] = False
    lost = expected[missing]
    smaller = np.minimum(lost[:, 2:].prod(axis=1)[:, None], seen[:, 2:].prod(axis=1)[None])
    return np.asarray((_shared(lost, seen) >= _SHARED * np.maximum(smaller, 1.0)).any(axis=0))


def _shared(boxes: Floats, others: Floats) -> Floats:
    """Pixels that two boxes share, shape (T, N)."""
    size, other_size = boxes[:, None, 2:], others[None, :, 2:]
    apart = np.abs(boxes[:, None, :2] - others[None, :, :2])
    sides = np.minimum(np.minimum(size, other_size), (size + other_size) / 2 - apart)
    return np.asarray(np.maximum(sides, 0).prod(axis=-1))
