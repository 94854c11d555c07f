"""Who goes with whom, so that all costs together are least."""

from typing import TypeAlias

import lap
import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask
from pipeline.tracking.kalman import Floats

Indices: TypeAlias = npt.NDArray[np.intp]
"""Any shape, dtype intp."""

_NEVER = 1e6


def assign(costs: Floats, allowed: BoolMask, most: float) -> tuple[Indices, Indices]:
    """Pair rows with columns: the sum of the pairs' costs, and of `most` for each pair that is left out, is the least there is.

    The linear assignment problem, solved by the package `lap` (Jonker and Volgenant, 1987).

    Args:
        costs: Shape (T, N), 0 or more.
        allowed: Shape (T, N): pairs that may be.
        most: A pair that costs more is none.

    Returns:
        Rows, rising, and their columns, shape (P,) each.
    """
    if not allowed.any():
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    _, columns, _ = lap.lapjv(np.where(allowed, costs, _NEVER), extend_cost=True, cost_limit=most)
    rows = np.flatnonzero(columns >= 0)
    rows = rows[allowed[rows, columns[rows]]]
    return rows, columns[rows].astype(np.intp)
