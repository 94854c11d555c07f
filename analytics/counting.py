"""Counts of garments by colour, as plain dicts."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from domain.events import ColorName, GarmentName, OutfitItem

GarmentCounts: TypeAlias = dict[GarmentName, dict[ColorName, int]]
"""How often each garment was seen in each colour."""


def count_outfit(counts: GarmentCounts, outfit: Iterable[OutfitItem]) -> None:
    """Add one to each garment of an outfit."""
    for item in outfit:
        colors = counts.setdefault(item.part, {})
        colors[item.color] = colors.get(item.color, 0) + 1


def sorted_counts(counts: Mapping[GarmentName, Mapping[ColorName, int]]) -> GarmentCounts:
    """A copy sorted by name, so that the same counts give the same JSON."""
    return {part: dict(sorted(colors.items())) for part, colors in sorted(counts.items())}


def copied(counts: Mapping[GarmentName, Mapping[ColorName, int]]) -> GarmentCounts:
    """A copy in the same order."""
    return {part: dict(colors) for part, colors in counts.items()}
