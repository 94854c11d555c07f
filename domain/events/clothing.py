"""The words of the events for clothes: garments, colours, lengths."""

from typing import Literal, TypeAlias

from domain.events.base import Count

ColorName = Literal[
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
    "unknown",
]
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

SleeveLength = Literal["none", "short", "long", "unknown"]
TrouserLength = Literal["short", "knee", "long", "unknown"]

ClothingCounts: TypeAlias = dict[GarmentName, dict[ColorName, Count]]
"""Visits by garment and its colour."""
