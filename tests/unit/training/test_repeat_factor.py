"""Rare classes are shown more often, by the square root of how rare they are."""

from collections import Counter

import numpy as np
import pytest

from tests.support.training_data import place
from training.canvas import Canvas
from training.repeat_factor import RepeatFactorSampler

PANTS, SKIRT, HAT = 7, 8, 1


def wearing(*classes: int) -> Canvas:
    targets = np.zeros((64, 96), np.uint8)
    for row, number in enumerate(classes):
        targets[row * 12 : row * 12 + 12, :20] = number
    return Canvas(place(1)[:64, :96], targets, (targets > 0).astype(np.uint8))


def test_one_hat_in_ten_is_shown_twice_as_often() -> None:
    canvases = [wearing(PANTS) for _ in range(9)] + [wearing(PANTS, HAT)]
    sampler, rng = RepeatFactorSampler(canvases), np.random.default_rng(3)
    shown = Counter(id(sampler.pick(rng)) for _ in range(11_000))
    assert len(shown) == 10
    assert shown[id(canvases[-1])] == pytest.approx(2000, rel=0.1)  # sqrt(0.4 / 0.1) of 9 + 2
    assert shown[id(canvases[0])] == pytest.approx(1000, rel=0.1)


def test_what_is_common_and_what_is_a_speck_count_alike() -> None:
    speck = wearing(PANTS)
    speck.targets[60, :20] = SKIRT
    canvases = [wearing(PANTS), speck]
    sampler, rng = RepeatFactorSampler(canvases), np.random.default_rng(3)
    shown = Counter(id(sampler.pick(rng)) for _ in range(4000))
    assert shown[id(speck)] == pytest.approx(2000, rel=0.1)


def test_there_may_be_none() -> None:
    assert len(RepeatFactorSampler([])) == 0
