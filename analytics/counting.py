"""Counts of frames, and of garments by colour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from domain.events import BodyWorn, ColorName, CoveredPart, GarmentName, OutfitItem

GarmentCounts: TypeAlias = dict[GarmentName, dict[ColorName, int]]
"""How often each garment was seen in each colour."""

BodyTallies: TypeAlias = dict[CoveredPart, dict[ColorName, int]]
"""How often upper and lower bodies were seen in each colour."""

_Part = TypeVar("_Part", bound=str)


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """Frames of a source, from its beginning, or from one parsed frame to the next.

    Attributes:
        read: All that arrived.
        sampled: Those picked for parsing.
        parsed: Those in which persons were looked for.
        damaged: Those left out because parts of them are missing or wrong.
    """

    read: int = 0
    sampled: int = 0
    parsed: int = 0
    damaged: int = 0

    def since(self, before: "FrameCounts") -> "FrameCounts":
        """What has come since then. A count that goes back, because the source was opened again, begins anew."""
        return FrameCounts(
            read=_since(self.read, before.read),
            sampled=_since(self.sampled, before.sampled),
            parsed=_since(self.parsed, before.parsed),
            damaged=_since(self.damaged, before.damaged),
        )

    def __add__(self, other: "FrameCounts") -> "FrameCounts":
        return FrameCounts(
            read=self.read + other.read,
            sampled=self.sampled + other.sampled,
            parsed=self.parsed + other.parsed,
            damaged=self.damaged + other.damaged,
        )


def _since(count: int, before: int) -> int:
    return count - before if count >= before else count


NO_FRAMES = FrameCounts()


def count_outfit(counts: GarmentCounts, outfit: Iterable[OutfitItem]) -> None:
    """Add one to each garment of an outfit."""
    for item in outfit:
        colors = counts.setdefault(item.part, {})
        colors[item.color] = colors.get(item.color, 0) + 1


def count_body(counts: BodyTallies, body: Iterable[BodyWorn]) -> None:
    """Add one to each group of an outfit."""
    for group in body:
        colors = counts.setdefault(group.part, {})
        colors[group.color] = colors.get(group.color, 0) + 1


def sorted_counts(counts: Mapping[_Part, Mapping[ColorName, int]]) -> dict[_Part, dict[ColorName, int]]:
    """A copy sorted by name, so that the same counts give the same JSON."""
    return {part: dict(sorted(colors.items())) for part, colors in sorted(counts.items())}


def copied(counts: Mapping[_Part, Mapping[ColorName, int]]) -> dict[_Part, dict[ColorName, int]]:
    """A copy in the same order."""
    return {part: dict(colors) for part, colors in counts.items()}
