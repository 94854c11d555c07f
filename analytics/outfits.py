"""The outfit of a visit: a vote over its frames, weighted by visible pixels.

Parsers flicker: the same pullover is `upper-clothes` in one frame, `dress` in the next and both, in pieces, in a
third. What contradicts itself is one garment under two names, so the weaker name is folded into the stronger and
brings its colour votes along:

1. dress and upper-clothes exclude each other;
2. a coat is worn over either of them, so both stay if they have different colours and the weaker of the two is seen
   together with the other in at least half of the frames it is seen in; else it is folded. A coat over a shirt of the
   same colour is reported as one garment: that happens less often than one garment that is given both names;
3. under a dress a skirt is a part of it, while pants stay (leggings);
4. else pants and skirt exclude each other.

A hat that less than half of the frames show is none: it would be on a head, which is hardly ever hidden for long.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, get_args

from pydantic import Field

from analytics.clothing import Clothing
from analytics.snapshots import State
from domain.events import ColorName, GarmentName, OutfitItem

_TOGETHER = 0.5
# Of the frames, whatever is configured.
_LEAST_PRESENCE: Mapping[GarmentName, float] = {"hat": 0.5}
# Of the frames that tell a colour; below, they tell too many different ones.
_MIN_COLOR_SHARE = 0.4
# Of the votes; below, most frames cannot tell.
_MIN_KNOWN = 0.25

_Votes: TypeAlias = dict[GarmentName, dict[ColorName, float]]


class OutfitVoteState(State):
    """The votes so far.

    Attributes:
        seen_together: Garments of a frame, and the visible pixels of all frames that show just these.
        pixels: Visible pixels by garment and colour.
        trusted: The same, weighted by how far the colour is to be trusted.
    """

    version: Literal[1] = 1
    seen_together: tuple[tuple[tuple[GarmentName, ...], int], ...] = ()
    pixels: dict[GarmentName, dict[ColorName, float]] = Field(default_factory=dict)
    trusted: dict[GarmentName, dict[ColorName, float]] = Field(default_factory=dict)


class OutfitVote:
    """Collects what the frames of one visit show. Its size depends on what is worn, not on how long the visit is."""

    def __init__(self, state: OutfitVoteState | None = None) -> None:
        state = state or OutfitVoteState()
        self._seen_together = {frozenset(parts): pixels for parts, pixels in state.seen_together}
        self._pixels: _Votes = _copied(state.pixels)
        self._trusted: _Votes = _copied(state.trusted)

    def add(self, clothing: Clothing) -> None:
        """Count one frame."""
        parts = frozenset(garment.part for garment in clothing.garments)
        self._seen_together[parts] = self._seen_together.get(parts, 0) + clothing.pixels
        for garment in clothing.garments:
            weight = garment.share * clothing.pixels
            _add(self._pixels, garment.part, garment.color, weight)
            _add(self._trusted, garment.part, garment.color, weight * garment.confidence)

    def snapshot(self) -> OutfitVoteState:
        """The votes so far."""
        return OutfitVoteState(
            seen_together=tuple(
                (tuple(sorted(parts)), pixels) for parts, pixels in self._seen_together.items()
            ),
            pixels=_copied(self._pixels),
            trusted=_copied(self._trusted),
        )

    def result(self, min_presence: float) -> tuple[OutfitItem, ...]:
        """Garments seen in at least that part of the frames, hats in at least half, in the order of `GarmentName`."""
        names = self._names()
        items = (
            self._item(part, [alias for alias, name in names.items() if name == part])
            for part in _ORDER
            if part in names.values()
        )
        return tuple(
            item for item in items if item.share >= max(min_presence, _LEAST_PRESENCE.get(item.part, 0.0))
        )

    def _names(self) -> dict[GarmentName, GarmentName]:
        """Under which name each seen part is reported."""
        names: dict[GarmentName, GarmentName] = {part: part for part in self._pixels}
        top = self._fold(names, "upper-clothes", "dress")
        if "coat" in names and top in names and not self._one_over_the_other("coat", top, names):
            self._fold(names, "coat", top)
        if "dress" in names.values() and "skirt" in names:
            names["skirt"] = "dress"
        else:
            self._fold(names, "pants", "skirt")
        return names

    def _fold(
        self, names: dict[GarmentName, GarmentName], one: GarmentName, other: GarmentName
    ) -> GarmentName:
        """Report both under the stronger name, which is returned; does nothing where only one was seen."""
        strong, weak = (
            (one, other) if self._weight(one, names) >= self._weight(other, names) else (other, one)
        )
        if strong in names and weak in names:
            names.update({alias: strong for alias, name in names.items() if name == weak})
        return strong

    def _weight(self, part: GarmentName, names: dict[GarmentName, GarmentName]) -> float:
        return sum(sum(self._pixels[alias].values()) for alias, name in names.items() if name == part)

    def _one_over_the_other(
        self, one: GarmentName, other: GarmentName, names: dict[GarmentName, GarmentName]
    ) -> bool:
        aliases = [[alias for alias, name in names.items() if name == part] for part in (one, other)]
        if _winner(_votes(self._pixels, aliases[0])) == _winner(_votes(self._pixels, aliases[1])):
            return False
        ones, others = (self._frames(each) for each in aliases)
        both = ones + others - self._frames([*aliases[0], *aliases[1]])
        return both >= _TOGETHER * min(ones, others)

    def _frames(self, aliases: list[GarmentName]) -> int:
        """Visible pixels of the frames in which any of them is seen."""
        wanted = set(aliases)
        return sum(weight for parts, weight in self._seen_together.items() if parts & wanted)

    def _item(self, part: GarmentName, aliases: list[GarmentName]) -> OutfitItem:
        votes, trusted = _votes(self._pixels, aliases), _votes(self._trusted, aliases)
        color = _winner(votes)
        total = sum(votes.values())
        known = color != "unknown" and total > 0
        return OutfitItem(
            part=part,
            color=color,
            share=_share(self._frames(aliases), sum(self._seen_together.values())),
            color_share=_share(votes[color], total) if known else 0.0,
            confidence=_share(trusted[color], total) if known else 0.0,
        )


_ORDER: tuple[GarmentName, ...] = get_args(GarmentName)


def _votes(
    pixels: Mapping[GarmentName, Mapping[ColorName, float]], aliases: Iterable[GarmentName]
) -> Counter[ColorName]:
    votes: Counter[ColorName] = Counter()
    for alias in aliases:
        votes.update(pixels[alias])
    return votes


def _winner(votes: Counter[ColorName]) -> ColorName:
    """The colour with the most pixels behind it; frames that cannot tell abstain, unless they are three in four."""
    known = {color: weight for color, weight in votes.items() if color != "unknown"}
    best = max(known, key=lambda color: (known[color], color), default=None)
    total = sum(known.values())
    if best is None or total < _MIN_KNOWN * sum(votes.values()) or known[best] < _MIN_COLOR_SHARE * total:
        return "unknown"
    return best


def _add(votes: _Votes, part: GarmentName, color: ColorName, weight: float) -> None:
    colors = votes.setdefault(part, {})
    colors[color] = colors.get(color, 0.0) + weight


def _copied(votes: Mapping[GarmentName, Mapping[ColorName, float]]) -> _Votes:
    return {part: dict(colors) for part, colors in votes.items()}


def _share(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
