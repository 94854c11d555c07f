"""Counts of frames and what they rest on, and of garments by colour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from domain.events import ColorName, Coverage, CoveredPart, GarmentName

GarmentCounts: TypeAlias = dict[GarmentName, dict[ColorName, int]]
"""How often each garment was seen in each colour."""

BodyTallies: TypeAlias = dict[CoveredPart, dict[ColorName, int]]
"""How often upper and lower bodies were seen in each colour."""

_Part = TypeVar("_Part", bound=str)
_WornPart_co = TypeVar("_WornPart_co", bound=str, covariant=True)


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


def coverage(frames: FrameCounts, observed_s: float, dark_s: float, length_s: int) -> Coverage:
    """What the counts of an interval rest on.

    Args:
        frames: Of the source, in it.
        observed_s: Time with a signal, seconds.
        dark_s: Time without one, seconds.
        length_s: Its length, seconds.
    """
    observed = min(observed_s, float(length_s))
    parsed_share = min(1.0, frames.parsed / frames.sampled) if frames.sampled else 1.0
    whole_share = 1.0 - min(1.0, frames.damaged / frames.read) if frames.read else 1.0
    return Coverage(
        frames_read=frames.read,
        frames_sampled=frames.sampled,
        frames_parsed=frames.parsed,
        frames_dropped=max(0, frames.sampled - frames.parsed),
        frames_damaged=frames.damaged,
        seconds_observed=observed,
        seconds_without_signal=min(dark_s, float(length_s)),
        share=observed / length_s * parsed_share * whole_share,
    )


class _Worn(Protocol[_WornPart_co]):
    @property
    def part(self) -> _WornPart_co: ...

    @property
    def color(self) -> ColorName: ...


def count_worn(counts: dict[_Part, dict[ColorName, int]], worn: Iterable[_Worn[_Part]]) -> None:
    """Add one to each garment of an outfit, or to each group of garments."""
    for item in worn:
        colors = counts.setdefault(item.part, {})
        colors[item.color] = colors.get(item.color, 0) + 1


def sorted_counts(counts: Mapping[_Part, Mapping[ColorName, int]]) -> dict[_Part, dict[ColorName, int]]:
    """A copy sorted by name, so that the same counts give the same JSON."""
    return {part: dict(sorted(colors.items())) for part, colors in sorted(counts.items())}


def copied(counts: Mapping[_Part, Mapping[ColorName, int]]) -> dict[_Part, dict[ColorName, int]]:
    """A copy in the same order."""
    return {part: dict(colors) for part, colors in counts.items()}
