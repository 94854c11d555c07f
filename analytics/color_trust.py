"""How far the name of a colour is to be trusted: how probably it is right, by logistic regression.

What the probability rests on is `Evidence`. The weights are in `color_trust.json`; they are fitted on rendered crowds by
`python -m benchmarks.accuracy.color_trust`, which also says on which, and chooses the least probability that a name needs (ADR 5).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.color_names import NAMES

Column: TypeAlias = npt.NDArray[np.float64]
"""Shape (G,), a figure of each garment."""

Design: TypeAlias = npt.NDArray[np.float64]
"""Shape (G, D), what the weights are multiplied with; D as in `COLUMNS`."""

_SHIPPED = Path(__file__).with_name("color_trust.json")
# Luminance; darker is as dark as black.
_DARKEST = 1e-3
# Octaves of e: where no skin is seen it counts as so much darker than white.
_SKIN_UNSEEN = -1.5

MEASURES = (
    "log area",
    "log height",
    "share",
    "margin",
    "wide margin",
    "spread",
    "second name",
    "dark",
    "blown",
    "log white",
    "cast",
    "log brightest of person",
    "log skin",
    "skin unseen",
)
"""What is measured of a garment, whatever its name; see `Evidence`."""

COLUMNS = (
    *MEASURES,
    *(f"{name}{what}" for what in ("", " x lightness", " x chroma") for name in NAMES),
)
"""The columns of a design: what is measured; then for each name whether it is that, its lightness, its chroma."""


@dataclass(frozen=True, slots=True)
class Wearer:
    """Of whoever wears it: how far away, and in what light, which may be darker than that of the frame.

    Attributes:
        height: Pixels in the frame.
        brightest: Luminance under which nineteen of twenty parts of the person are, 0 to 1; None where that is not known.
        skin: Luminance under which half of the person's skin is; None where too little is seen.
    """

    height: int
    brightest: float | None = None
    skin: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of several garments and their names, each entry of shape (G,).

    Attributes:
        names: Position in `NAMES`, integers.
        lightness, chroma: Of the colour, CIELAB.
        area: Pixels of the garment in the frame.
        share: Part of the pixels that have this colour.
        margin, wide_margin: Of 26 colours around at a distance of 5, and of 10, the part that has the same name.
        spread: Mean distance of the pixels from the colour, in CIELAB with lightness halved.
        second: Part of the pixels that have the name next in number.
        dark, blown: Part of the pixels whose channels are all below 24, and all from 250 on.
        wearers: Who wears it.
        white, cast: As of `analytics.illuminant.Light`, of the frame.
    """

    names: npt.NDArray[np.intp]
    lightness: Column
    chroma: Column
    area: Column
    share: Column
    margin: Column
    wide_margin: Column
    spread: Column
    second: Column
    dark: Column
    blown: Column
    wearers: Sequence[Wearer]
    white: float
    cast: float

    def design(self) -> Design:
        """As columns of about the same size, shape (G, D)."""
        measured = np.column_stack(
            [
                np.log(np.maximum(self.area, 1)),
                np.log([max(wearer.height, 1) for wearer in self.wearers]),
                self.share,
                self.margin,
                self.wide_margin,
                self.spread / 10,
                self.second,
                self.dark,
                self.blown,
                np.full(len(self.names), _log(self.white)),
                np.full(len(self.names), self.cast),
                _against_white(self.wearers, self.white),
            ]
        )
        is_named = np.asarray(self.names[:, None] == np.arange(len(NAMES)), np.float64)
        of_names = (
            is_named,
            is_named * (self.lightness / 50)[:, None],
            is_named * (self.chroma / 30)[:, None],
        )
        return np.column_stack([measured, *of_names])


def _against_white(wearers: Sequence[Wearer], white: float) -> Design:
    """Shape (G, 3): how much darker than the frame's white they are; where nothing is seen, as dark as usual."""
    rows = [
        (
            _log(white if one.brightest is None else one.brightest) - _log(white),
            _SKIN_UNSEEN if one.skin is None else _log(one.skin) - _log(white),
            float(one.skin is None),
        )
        for one in wearers
    ]
    return np.array(rows, np.float64).reshape(-1, 3)


def _log(luminance: float) -> float:
    return float(np.log(max(luminance, _DARKEST)))


@dataclass(frozen=True, slots=True, eq=False)
class Trust:
    """Weights, and how probable a name must be.

    Attributes:
        bias: Log odds where every column is 0.
        weights: Of each of `COLUMNS`.
        least: Names less probable are `unknown`.
    """

    bias: float
    weights: Mapping[str, float]
    least: float

    def probabilities(self, evidence: Evidence) -> Column:
        """How probably each name is right, shape (G,)."""
        # Row by row: a product of matrices sums each row in an order that depends on how many there are.
        weights = np.array([self.weights[name] for name in COLUMNS])
        odds = (evidence.design() * weights).sum(axis=1) + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


@cache
def shipped() -> Trust:
    """That of `color_trust.json`."""
    known = json.loads(_SHIPPED.read_text(encoding="utf-8"))
    return Trust(known["bias"], known["weights"], known["least"])
