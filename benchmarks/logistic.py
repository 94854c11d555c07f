"""Logistic regression, for the few weights that Footfall fits itself."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[np.float64]
"""Shape (N,)."""

_ROUNDS = 60


def logistic(
    design: npt.NDArray[np.float64], right: Column, ridge: float, each: Column | None = None
) -> tuple[float, Column]:
    """Bias and weights, by Newton's method on columns scaled to a deviation of 1.

    Args:
        design: Shape (N, D).
        right: What is to be told, 0 or 1.
        ridge: How far weights are held back; the bias is not.
        each: How much each row counts; all count alike without it.
    """
    middle, scale = design.mean(axis=0), np.maximum(design.std(axis=0), 1e-6)
    columns = np.column_stack([np.ones(len(design)), (design - middle) / scale])
    penalty = np.eye(columns.shape[1]) * ridge
    penalty[0, 0] = 0
    counts = np.ones(len(design)) if each is None else each
    weights = np.zeros(columns.shape[1])
    for _ in range(_ROUNDS):
        sure = sigmoid(columns @ weights)
        slope = columns.T @ (counts * (right - sure)) - penalty @ weights
        curve = (columns * (counts * sure * (1 - sure))[:, None]).T @ columns + penalty
        weights += np.linalg.solve(curve, slope)
    plain = weights[1:] / scale
    return float(weights[0] - plain @ middle), plain


def sigmoid(odds: Column) -> Column:
    """From log odds to probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
