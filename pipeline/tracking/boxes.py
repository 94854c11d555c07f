"""Overlap of boxes that were grown."""

import numpy as np

from pipeline.tracking.kalman import Floats


def grown_overlaps(known: Floats, seen: Floats, growth: float) -> Floats:
    """Buffered intersection over union (Yang et al., "Hard to Track Objects with Irregular Motions and Similar Appearances", 2023).

    At 5 frames a second somebody small walks further than the own width; boxes that were grown meet all the same.

    Args:
        known: Shape (T, 4): column and row of the centre, width, height.
        seen: Shape (N, 4), likewise.
        growth: By that part of its size each box grows on every side.

    Returns:
        Shape (T, N), 0 to 1.
    """
    size, other_size = known[:, None, 2:] * (1 + 2 * growth), seen[None, :, 2:] * (1 + 2 * growth)
    apart = np.abs(known[:, None, :2] - seen[None, :, :2])
    sides = np.minimum(np.minimum(size, other_size), (size + other_size) / 2 - apart)
    sides = np.maximum(sides, 0)
    both = sides[..., 0] * sides[..., 1]
    either = size[..., 0] * size[..., 1] + other_size[..., 0] * other_size[..., 1] - both
    return np.asarray(both / np.maximum(either, 1e-9))
