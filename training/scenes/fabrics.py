"""Colours by name, and what clothes are made of."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from domain.events import ColorName
from training.scenes.arrays import LinearRgb, Points, Scalars, srgb_to_linear

Srgb = tuple[int, int, int]
"""Red, green, blue, 0 to 255, as stored in a picture."""

PALETTE: dict[ColorName, tuple[Srgb, ...]] = {
    "black": ((22, 22, 24), (30, 29, 31)),
    "white": ((238, 238, 236), (228, 229, 231)),
    "grey": ((128, 128, 130), (110, 111, 114), (150, 151, 153)),
    "red": ((190, 24, 30), (170, 18, 26), (205, 38, 38)),
    "orange": ((236, 120, 20), (240, 132, 34)),
    "yellow": ((240, 208, 40), (244, 216, 62)),
    "green": ((32, 124, 54), (24, 104, 48), (52, 142, 62)),
    "blue": ((28, 70, 176), (36, 84, 190), (22, 52, 140)),
    "purple": ((106, 44, 142), (118, 56, 154)),
    "pink": ((240, 138, 178), (244, 156, 190)),
    "brown": ((98, 60, 34), (110, 70, 42)),
    "beige": ((214, 192, 154), (222, 202, 168)),
}
"""Colours that anybody would call by that name."""

PatternName = Literal["solid", "hoops", "stripes", "checks", "dots", "blotches"]
PATTERNS: tuple[PatternName, ...] = get_args(PatternName)


@dataclass(frozen=True, slots=True)
class NamedColor:
    """A colour and what it is called.

    Attributes:
        name: As in events.
        srgb: Red, green, blue, 0 to 255.
    """

    name: ColorName
    srgb: Srgb

    @property
    def linear(self) -> npt.NDArray[np.float32]:
        """Shape (3,) float32, linear RGB."""
        return srgb_to_linear(np.array(self.srgb, np.float32) / 255)

    @classmethod
    def called(cls, name: ColorName, shade: int = 0) -> "NamedColor":
        """A colour of that name; `shade` picks among several.

        Raises:
            KeyError: `unknown` is no colour.
        """
        shades = PALETTE[name]
        return cls(name, shades[shade % len(shades)])

    @classmethod
    def random(cls, rng: np.random.Generator) -> "NamedColor":
        """Any, every name equally likely."""
        names = list(PALETTE)
        return cls.called(names[rng.integers(len(names))], int(rng.integers(8)))


BLACK = NamedColor("black", (24, 24, 26))


@dataclass(frozen=True, slots=True)
class Fabric:
    """Cloth.

    Attributes:
        color: What it is called by: the only colour, or the one that covers most.
        pattern: How the second colour is spread.
        second: The other colour; of no effect on a solid.
        scale: Size of the pattern, metres.
        folds: How much it creases, 0 to 1.
        seed: Of its creases and blotches.
    """

    color: NamedColor
    pattern: PatternName = "solid"
    second: NamedColor = NamedColor("grey", (128, 128, 130))
    scale: float = 0.06
    folds: float = 0.25
    seed: int = 0

    def albedo(self, rest: Points) -> LinearRgb:
        """Colour at these places of the body at rest, shape (N, 3)."""
        share = _PATTERN[self.pattern](rest, self.scale, self.seed)[:, None]
        return np.asarray(self.color.linear * (1 - share) + self.second.linear * share, np.float32)

    @classmethod
    def random(cls, rng: np.random.Generator, solid: float = 0.5) -> "Fabric":
        """Any; `solid` is the probability of one colour."""
        patterned = rng.random() >= solid
        return cls(
            color=NamedColor.random(rng),
            pattern=PATTERNS[rng.integers(1, len(PATTERNS))] if patterned else "solid",
            second=NamedColor.random(rng),
            scale=float(rng.uniform(0.04, 0.12)),
            folds=float(rng.uniform(0.1, 0.45)),
            seed=int(rng.integers(1 << 30)),
        )


def smooth_noise(places: Points, per_metre: float, seed: int, octaves: int = 4) -> Scalars:
    """Soft random hills, about -1 to 1, shape (N,): a few waves in random directions."""
    rng = np.random.default_rng(seed)
    total = np.zeros(len(places), np.float32)
    for octave in range(octaves):
        wave = rng.normal(size=3).astype(np.float32) * np.float32(per_metre * 1.6**octave)
        total += np.sin(places @ wave + np.float32(rng.uniform(0, 2 * np.pi))) / np.float32(1.4**octave)
    return np.asarray(total / 2, np.float32)


def _solid(rest: Points, scale: float, seed: int) -> Scalars:  # noqa: ARG001 - one signature for all patterns
    return np.zeros(len(rest), np.float32)


def _hoops(rest: Points, scale: float, seed: int) -> Scalars:  # noqa: ARG001
    return _wave(rest[:, 1], scale, 0.3)


def _stripes(rest: Points, scale: float, seed: int) -> Scalars:  # noqa: ARG001
    around = np.arctan2(rest[:, 0], rest[:, 2] + 0.03) * 0.15
    return _wave(around, scale, 0.4)


def _checks(rest: Points, scale: float, seed: int) -> Scalars:  # noqa: ARG001
    both = _wave(rest[:, 1], scale, 0.0) + _wave(rest[:, 0], scale, 0.0)
    return np.asarray(0.5 * both, np.float32)


def _dots(rest: Points, scale: float, seed: int) -> Scalars:  # noqa: ARG001
    product = np.sin(2 * np.pi * rest[:, 1] / scale) * np.sin(2 * np.pi * rest[:, 0] / scale)
    return np.asarray(product > 0.5, np.float32)


def _blotches(rest: Points, scale: float, seed: int) -> Scalars:
    return np.asarray(np.clip(smooth_noise(rest, 1.5 / scale, seed) * 3 - 0.6, 0, 1), np.float32)


def _wave(along: Scalars, scale: float, threshold: float) -> Scalars:
    return np.asarray(np.sin(2 * np.pi * along / scale) > threshold, np.float32)


_PATTERN = {
    "solid": _solid,
    "hoops": _hoops,
    "stripes": _stripes,
    "checks": _checks,
    "dots": _dots,
    "blotches": _blotches,
}
