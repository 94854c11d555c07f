"""What settings call what somebody wears: a garment, or a group of garments that parsers take for one another."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, cast

from domain.events import GarmentName

Worn: TypeAlias = GarmentName | Literal["upper-body", "lower-body"]
"""A garment, or a group of garments."""

_GROUPS: Mapping[Worn, frozenset[GarmentName]] = {
    "upper-body": frozenset({"upper-clothes", "coat", "dress"}),
    "lower-body": frozenset({"pants", "skirt"}),
}


def garments_of(worn: Worn) -> frozenset[GarmentName]:
    """The garments that are meant."""
    return _GROUPS.get(worn) or frozenset({cast("GarmentName", worn)})
