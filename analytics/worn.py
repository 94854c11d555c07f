"""Groups of garments that parsers take for one another, and what settings call what somebody wears."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, cast

from domain.events import CoveredPart, GarmentName

MainGarment: TypeAlias = Literal["upper-clothes", "dress", "coat", "pants", "skirt"]
"""A garment of one of the groups."""

GROUPS: Mapping[CoveredPart, tuple[MainGarment, ...]] = {
    "upper-body": ("upper-clothes", "dress", "coat"),
    "lower-body": ("pants", "skirt"),
}
"""What covers which part of the body."""

Worn: TypeAlias = Literal[GarmentName, CoveredPart]
"""A garment, or a group of garments."""


def garments_of(worn: Worn) -> tuple[GarmentName, ...]:
    """The garments that are meant."""
    if worn in GROUPS:
        return GROUPS[cast("CoveredPart", worn)]
    return (cast("GarmentName", worn),)
