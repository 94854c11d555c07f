"""Pairs of least cost, against SciPy's solver."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.optimize import linear_sum_assignment

from pipeline.tracking.assignment import assign
from pipeline.tracking.kalman import Floats

_SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    shape = draw(_SHAPES)
    costs = draw(arrays.arrays(np.float64, shape, elements=st.floats(0, 3, width=32)))
    return costs, draw(arrays.arrays(np.bool_, shape))


def least(costs: Floats, allowed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], most: float) -> float:
    """What the best pairs cost, where each row and column left over costs half of `most`: SciPy on the problem so enlarged."""
    rows, columns = costs.shape
    whole = np.full((rows + columns, rows + columns), 1e6)
    whole[:rows, :columns] = np.where(allowed, costs, 1e6)
    whole[:rows, columns:][np.eye(rows, dtype=bool)] = most / 2
    whole[rows:, :columns][np.eye(columns, dtype=bool)] = most / 2
    whole[rows:, columns:] = 0
    return float(whole[linear_sum_assignment(whole)].sum())


@given(problem=problems(), most=st.floats(0.25, 4, width=32))
def test_no_pairs_are_better(
    problem: tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]], most: float
) -> None:
    costs, allowed = problem
    rows, columns = assign(costs, allowed, most)
    assert allowed[rows, columns].all()
    assert len(set(rows.tolist())) == len(set(columns.tolist())) == len(rows)
    left = sum(costs.shape) - 2 * len(rows)
    np.testing.assert_allclose(
        costs[rows, columns].sum() + left * most / 2, least(costs, allowed, most), atol=1e-6
    )


def test_nothing_is_allowed() -> None:
    rows, columns = assign(np.zeros((3, 2)), np.zeros((3, 2), np.bool_), 1.0)
    assert rows.tolist() == columns.tolist() == []


def test_nobody_is_there() -> None:
    rows, _ = assign(np.zeros((0, 2)), np.zeros((0, 2), np.bool_), 1.0)
    assert rows.tolist() == []
