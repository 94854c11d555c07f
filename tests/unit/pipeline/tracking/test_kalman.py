"""The filter against the same in textbook matrices."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tracking.kalman import _ACCELERATION, _FIRST_SPEED, _MEASURED, Floats, Motion

_STEPS = st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(-500, 500)), min_size=1, max_size=8)


def textbook(first: float, steps: list[tuple[float, float]], kind: int) -> tuple[Floats, Floats]:
    """State and covariance of one coordinate: x' = F x, P' = F P F^T + Q; gain K = P H^T / (H P H^T + R)."""
    state, spread = np.array([first, 0.0]), np.diag([_MEASURED[kind], _FIRST_SPEED[kind]])
    sight = np.array([[1.0, 0.0]])
    for seconds, measured in steps:
        moves = np.array([[1.0, seconds], [0.0, 1.0]])
        noise = _ACCELERATION[kind] * np.array([[seconds**3 / 3, seconds**2 / 2], [seconds**2 / 2, seconds]])
        state, spread = moves @ state, moves @ spread @ moves.T + noise
        gain = spread @ sight.T / (sight @ spread @ sight.T + _MEASURED[kind])
        state = state + (gain * (measured - sight @ state)).ravel()
        spread = (np.eye(2) - gain @ sight) @ spread
    return state, spread


@given(first=st.floats(-500, 500), steps=_STEPS)
def test_it_is_the_filter_of_the_textbook(first: float, steps: list[tuple[float, float]]) -> None:
    motion = Motion.beginning(np.full((2, 4), first))
    for seconds, measured in steps:
        motion = motion.after(seconds).seen(np.full((2, 4), measured))
    for coordinate in range(4):
        state, spread = textbook(first, steps, kind := coordinate // 2)
        np.testing.assert_allclose(motion.boxes[:, coordinate], state[0], rtol=1e-7, atol=1e-6)
        np.testing.assert_allclose(motion.speeds[:, coordinate], state[1], rtol=1e-7, atol=1e-6)
        expected = np.tile([spread[0, 0], spread[0, 1], spread[1, 1]], (2, 1))
        np.testing.assert_allclose(motion.variances[:, kind], expected, rtol=1e-7, atol=1e-9)


def test_a_steady_walk_is_learnt() -> None:
    motion = Motion.beginning(np.array([[100.0, 200.0, 30.0, 90.0]]))
    for step in range(1, 20):
        motion = motion.after(0.2).seen(np.array([[100.0 + 12 * step, 200.0, 30.0, 90.0]]))
    np.testing.assert_allclose(motion.speeds[0, :2], [60.0, 0.0], atol=1.5)
    np.testing.assert_allclose(motion.after(1.0).boxes[0, 0], 100 + 12 * 19 + 60, atol=3)


@given(one=st.floats(0, 3), other=st.floats(0, 3))
def test_two_short_steps_are_one_long_one(one: float, other: float) -> None:
    motion = (
        Motion.beginning(np.array([[10.0, 20.0, 30.0, 90.0]])).after(0.2).seen(np.array([[15.0, 22, 30, 91]]))
    )
    twice, once = motion.after(one).after(other), motion.after(one + other)
    np.testing.assert_allclose(twice.boxes, once.boxes)
    np.testing.assert_allclose(twice.variances, once.variances)
