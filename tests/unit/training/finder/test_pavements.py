"""Plain ground with specks: pictures of the size asked for, always the same of a seed, and shown as nobody."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.extras import extra
from tests.support.training_data import SMALL, small_sources
from training.finder.pavements import pavement, specked

pytestmark = pytest.mark.training
extra("torch")

from training.finder.mixing import FinderMix, FinderMixer  # noqa: E402 - after the skip


def test_a_pavement_has_its_size_and_depends_on_chance_alone() -> None:
    one, again, other = (pavement((64, 96), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (64, 96, 3)
    assert one.dtype == np.uint8
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_specks_are_small_and_few() -> None:
    plain = np.full((200, 300, 3), 128, np.uint8)
    changed = [
        float((specked(plain, np.random.default_rng(seed)) != 128).any(axis=2).mean()) for seed in range(20)
    ]
    assert min(changed) > 0
    assert max(changed) < 0.08
    assert (plain == 128).all()


def test_on_a_pavement_nobody_is_asked_for() -> None:
    mix = FinderMix(photographs=0.0, empty=0.0, hard=0.0, pavement=1.0, rest=replace(SMALL, photographs=0.0))
    mixer = FinderMixer(small_sources(), (), options=mix)
    for number in range(4):
        sample = mixer[number]
        assert sample.image.shape == (64, 96, 3)
        assert not sample.heat.any()
        assert not sample.unknown.any()


def test_parts_with_pavement_sum_up_to_one_at_most() -> None:
    with pytest.raises(ValueError, match="pavement must sum up to 1 at most"):
        FinderMix(photographs=0.7, empty=0.1, hard=0.1, pavement=0.2)
