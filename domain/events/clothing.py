"""The words of the events for clothes: garments, colours, lengths."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, TypeVar

from domain.events.base import Count

KnownColorName = Literal[
    "black",
    "white",
    "grey",
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "brown",
    "beige",
]
"""Colour of a garment that the pixels tell."""

ColorName = Literal[KnownColorName, "unknown"]
"""Colour of a garment; `unknown` where the pixels do not tell."""

GarmentName = Literal[
    "hat",
    "upper-clothes",
    "dress",
    "coat",
    "pants",
    "skirt",
    "shoe",
    "scarf",
    "gloves",
    "socks",
    "sunglasses",
    "bag",
]
"""Labels of `domain.labels.GARMENTS`."""

CoveredPart = Literal["upper-body", "lower-body"]
"""What garments cover: `upper-body` is upper-clothes, dress or coat, `lower-body` is pants or skirt."""

CoveringGarment = Literal["upper-clothes", "dress", "coat", "pants", "skirt", "unknown"]
"""Garment of a group; `unknown` where it cannot be told which."""

SleeveLength = Literal["none", "short", "long", "unknown"]
TrouserLength = Literal["short", "knee", "long", "unknown"]

ClothingCounts: TypeAlias = dict[GarmentName, dict[ColorName, Count]]
"""Visits by garment and its colour."""

BodyCounts: TypeAlias = dict[CoveredPart, dict[ColorName, Count]]
"""Visits by what is covered and the colour of what covers it."""

_Part = TypeVar("_Part", bound=str)


def added(counts: Iterable[Mapping[_Part, Mapping[ColorName, Count]]]) -> dict[_Part, dict[ColorName, Count]]:
    """Several counts of garments, or of what covers the body, as one."""
    total: dict[_Part, dict[ColorName, Count]] = {}
    for parts in counts:
        for part, colors in parts.items():
            sums = total.setdefault(part, {})
            for color, count in colors.items():
                sums[color] = sums.get(color, 0) + count
    return total
