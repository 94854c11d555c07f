"""Fitting how far names of colours are to be trusted."""

import numpy as np
import pytest

from benchmarks.accuracy.color_trust import fitted, least_probability, reliability
from domain.errors import UsageError


def test_the_weights_that_made_the_answers_are_found_again() -> None:
    rng = np.random.default_rng(4)
    design = rng.normal((3.0, -1.0), (2.0, 0.5), (20_000, 2))
    odds = 0.4 + design @ np.array([0.7, -1.2])
    right = (rng.random(len(odds)) < 1 / (1 + np.exp(-odds))).astype(np.float64)
    bias, weights = fitted(design, right)
    assert bias == pytest.approx(0.4, abs=0.12)
    assert weights == pytest.approx([0.7, -1.2], abs=0.1)


def test_the_least_probability_is_the_lowest_that_makes_enough_names_right() -> None:
    sure = np.repeat([0.95, 0.65, 0.45], 100)
    right = np.concatenate([np.ones(100), np.arange(100) < 80, np.zeros(100)])
    assert least_probability(sure, right) == 0.46
    with pytest.raises(UsageError, match="no probability"):
        least_probability(sure, np.zeros(300))


def test_a_diagram_says_what_was_said_and_what_was_right() -> None:
    lines = list(reliability(np.array([0.62, 0.68, 1.0]), np.array([1.0, 0.0, 1.0])))
    assert lines == [
        "said 0.6 to 0.7:     2 names, 0.65 on average, right 0.50",
        "said 0.9 to 1.0:     1 names, 1.00 on average, right 1.00",
    ]
