"""A person by itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.cutouts import Cutout

MASKS = arrays.arrays(np.bool_, st.tuples(st.integers(0, 6), st.integers(0, 7)))


@given(MASKS)
def test_the_box_is_around_the_pixels(mask: np.ndarray) -> None:
    top, left = 30, 40
    rows, columns = slice(top, top + mask.shape[0]), slice(left, left + mask.shape[1])
    person = Cutout(rows, columns, mask.astype(np.uint8), mask, 0.5)
    ys, xs = np.nonzero(mask)
    around = [left + xs.min(), top + ys.min(), left + xs.max() + 1, top + ys.max() + 1] if len(ys) else []
    assert person.box.dtype == np.float32
    assert person.box.tolist() == (around or [left, top, left, top])
