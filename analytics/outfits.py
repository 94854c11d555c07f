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

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import get_args

from analytics.clothing import Clothing
from domain.events import ColorName, GarmentName, OutfitItem

_TOGETHER = 0.5
_LEAST_PRESENCE: Mapping[GarmentName, float] = {"hat": 0.5}  # of the frames, whatever is configured
_MIN_COLOR_SHARE = 0.4  # of the frames that tell a colour; below, they tell too many different ones
_MIN_TOLD = 0.25  # of the votes; below, most frames cannot tell


class OutfitVote:
    """Collects what the frames of one visit show. Its size depends on what is worn, not on how long the visit is."""

    def __init__(self) -> None:
        self._seen_together: Counter[frozenset[GarmentName]] = Counter()
        self._pixels: dict[GarmentName, dict[ColorName, float]] = defaultdict(lambda: defaultdict(float))
        self._trusted: dict[GarmentName, dict[ColorName, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, clothing: Clothing) -> None:
        """Count one frame."""
        self._seen_together[frozenset(garment.part for garment in clothing.garments)] += clothing.pixels
        for garment in clothing.garments:
            weight = garment.share * clothing.pixels
            self._pixels[garment.part][garment.color] += weight
            self._trusted[garment.part][garment.color] += weight * garment.confidence

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
        told = color != "unknown" and total > 0
        return OutfitItem(
            part=part,
            color=color,
            share=_share(self._frames(aliases), sum(self._seen_together.values())),
            color_share=_share(votes[color], total) if told else 0.0,
            confidence=_share(trusted[color], total) if told else 0.0,
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
    told = {color: weight for color, weight in votes.items() if color != "unknown"}
    best = max(told, key=lambda color: (told[color], color), default=None)
    total_told = sum(told.values())
    if (
        best is None
        or total_told < _MIN_TOLD * sum(votes.values())
        or told[best] < _MIN_COLOR_SHARE * total_told
    ):
        return "unknown"
    return best


def _share(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
