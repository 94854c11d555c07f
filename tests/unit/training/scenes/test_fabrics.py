from typing import get_args

import numpy as np
import pytest

from analytics.cielab import lab_from_linear
from analytics.color_names import NAMES, name_indices
from domain.events import ColorName
from training.scenes.fabrics import PALETTE, PATTERNS, Fabric, NamedColor, PatternName, smooth_noise

PLACES = np.random.default_rng(1).uniform(-0.5, 0.5, (4000, 3)).astype(np.float32)


def test_there_is_a_colour_of_every_name() -> None:
    assert set(PALETTE) == set(get_args(ColorName)) - {"unknown"}


@pytest.mark.parametrize("name", PALETTE)
def test_every_shade_is_called_by_its_name(name: ColorName) -> None:
    for shade in range(len(PALETTE[name])):
        linear = NamedColor.called(name, shade).linear[None, ::-1]
        assert NAMES[int(name_indices(lab_from_linear(np.ascontiguousarray(linear)))[0])] == name


def test_a_solid_has_exactly_its_colour() -> None:
    color = NamedColor.called("red")

    assert Fabric(color).albedo(PLACES) == pytest.approx(np.tile(color.linear, (len(PLACES), 1)))


@pytest.mark.parametrize("pattern", [name for name in PATTERNS if name != "solid"])
def test_a_pattern_is_mostly_its_colour_and_partly_the_other(pattern: PatternName) -> None:
    fabric = Fabric(NamedColor.called("white"), pattern, NamedColor.called("black"), scale=0.07, seed=4)

    light = fabric.albedo(PLACES).mean(1)

    assert 0.02 < np.mean(light < 0.1) < 0.5
    assert np.mean(light > 0.7) > np.mean(light < 0.1) * 0.9
    assert np.array_equal(fabric.albedo(PLACES), fabric.albedo(PLACES))


def test_random_cloth_depends_on_the_seed_alone() -> None:
    drawn = [Fabric.random(np.random.default_rng(7)) for _ in range(2)]

    assert drawn[0] == drawn[1]
    many = [Fabric.random(np.random.default_rng(seed)) for seed in range(60)]
    assert {fabric.color.name for fabric in many} == set(PALETTE)
    assert {fabric.pattern for fabric in many} == set(PATTERNS)
    assert all(Fabric.random(np.random.default_rng(seed), solid=1.0).pattern == "solid" for seed in range(9))


def test_noise_is_soft() -> None:
    line = np.stack([np.linspace(0, 1, 1000), np.zeros(1000), np.zeros(1000)], axis=1).astype(np.float32)

    noise = smooth_noise(line, 10, 3)

    assert np.abs(np.diff(noise)).max() < 0.2
    assert noise.std() > 0.1
    assert np.abs(noise).max() < 2.5
