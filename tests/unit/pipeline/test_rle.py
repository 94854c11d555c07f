"""Masks as run lengths."""

import numpy as np
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from domain.frame import BoolMask
from pipeline.rle import run_lengths


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=12)))
def test_runs_give_the_mask_back(mask: BoolMask) -> None:
    runs = run_lengths(mask)
    assert sum(runs) == mask.size
    assert all(run > 0 for run in runs[1:])
    bits = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    assert np.array_equal(bits.reshape(mask.shape, order="F"), mask)


def test_columns_come_one_after_the_other() -> None:
    assert run_lengths(np.array([[False, True], [True, True]])) == [1, 3]
    assert run_lengths(np.ones((1, 2), np.bool_)) == [0, 2]
