"""The outfit of a visit: a vote over its views, weighted by visible pixels.

Parsers flicker: the same pullover is `upper-clothes` in one frame, `dress` in the next and both, in pieces, in a
third. What contradicts itself is one garment under two names, so the weaker name is folded into the stronger and
brings its colour votes along:

1. dress and upper-clothes exclude each other;
2. a coat is worn over either of them, so both stay if they have different colours and the weaker of the two is seen
   together with the other in at least half of the frames it is seen in; else it is folded. A coat over a shirt of the
   same colour is reported as one garment: that happens less often than one garment that is given both names;
3. under a dress a skirt is a part of it, while pants stay (leggings);
4. else pants and skirt exclude each other.

What the one garment is called follows from what the parser believes of its pixels, over all views: pixels that are a
coat by a hair count half for a coat. Where no name is believed enough, the garment is `unknown` (ADR 5), and only its
group is told, upper or lower body, with the colour.

A hat that less than half of the frames show is none: it would be on a head, which is hardly ever hidden for long.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from pydantic import Field

from analytics.clothing import Clothing
from analytics.color_trust import shipped
from analytics.snapshots import State
from analytics.worn import GROUPS
from domain.events import BodyWorn, ColorName, CoveredPart, CoveringGarment, GarmentName, OutfitItem

_TOGETHER = 0.5
# Of the frames, whatever is configured.
_LEAST_PRESENCE: Mapping[GarmentName, float] = {"hat": 0.5}
# Of the pixels; below, there is nothing to guess in most of them.
_MIN_KNOWN = 0.25
# How probable a colour must be on average if there are many views; if there is a single one it must be as in a frame.
_LEAST_OF_MANY = 0.3
# How far one of the garments of a group must be believed in, of all of them, to be named (ADR 5).
LEAST_BELIEF = 0.8

_Votes: TypeAlias = dict[GarmentName, dict[ColorName, float]]


class OutfitVoteState(State):
    """The votes so far.

    Attributes:
        views: How many.
        seen_together: Garments of a frame, and the visible pixels of all frames that show just these.
        pixels: Visible pixels by garment and the colour that one would guess.
        trusted: The same, weighted by how probably that is right.
        believed: Visible pixels by upper and lower garment, as far as they are believed to be that.
    """

    version: Literal[2] = 2
    views: int = 0
    seen_together: tuple[tuple[tuple[GarmentName, ...], int], ...] = ()
    pixels: dict[GarmentName, dict[ColorName, float]] = Field(default_factory=dict)
    trusted: dict[GarmentName, dict[ColorName, float]] = Field(default_factory=dict)
    believed: dict[GarmentName, float] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outfit:
    """What somebody wore.

    Attributes:
        items: Garments whose name can be told, in the order of `GarmentName`.
        body: What covers upper and lower body, whatever it is called.
    """

    items: tuple[OutfitItem, ...]
    body: tuple[BodyWorn, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """A garment under all its names.

    Attributes:
        name: Under which it is reported.
        told: Whether that can be told.
        sure: How far it is believed in, 0 to 1.
        aliases: Under which it was seen.
    """

    name: GarmentName
    told: bool
    sure: float
    aliases: list[GarmentName]


class OutfitVote:
    """Collects what the frames of one visit show. Its size depends on what is worn, not on how long the visit is."""

    def __init__(self, state: OutfitVoteState | None = None) -> None:
        state = state or OutfitVoteState()
        self._seen_together = {frozenset(parts): pixels for parts, pixels in state.seen_together}
        self._pixels: _Votes = _copied(state.pixels)
        self._trusted: _Votes = _copied(state.trusted)
        self._believed = dict(state.believed)
        self._views = state.views

    def add(self, clothing: Clothing) -> None:
        """Count one frame."""
        parts = frozenset(garment.part for garment in clothing.garments)
        self._seen_together[parts] = self._seen_together.get(parts, 0) + clothing.pixels
        self._views += 1
        for garment, (color, probable) in zip(clothing.garments, clothing.guesses, strict=True):
            weight = garment.share * clothing.pixels
            _add(self._pixels, garment.part, color, weight)
            _add(self._trusted, garment.part, color, weight * probable)
        for part, belief in clothing.beliefs.items():
            self._believed[part] = self._believed.get(part, 0.0) + belief * clothing.pixels

    def snapshot(self) -> OutfitVoteState:
        """The votes so far."""
        return OutfitVoteState(
            views=self._views,
            seen_together=tuple(
                (tuple(sorted(parts)), pixels) for parts, pixels in self._seen_together.items()
            ),
            pixels=_copied(self._pixels),
            trusted=_copied(self._trusted),
            believed=dict(self._believed),
        )

    def result(self, min_presence: float) -> Outfit:
        """Garments seen in at least that part of the frames, hats in at least half."""
        worn = [
            one
            for one in self._worn()
            if self._presence(one.aliases) >= max(min_presence, _LEAST_PRESENCE.get(one.name, 0.0))
        ]
        body = (self._group(part, [one for one in worn if one.name in GROUPS[part]]) for part in GROUPS)
        return Outfit(
            tuple(self._item(one) for one in worn if one.told),
            tuple(group for group in body if group is not None),
        )

    def _worn(self) -> list[_Named]:
        """Everything that is seen, in the order of `GarmentName`."""
        names = self._names()
        worn = [
            self._named(name, [alias for alias, known_as in names.items() if known_as == name])
            for name in dict.fromkeys(names.values())
        ]
        return sorted(worn, key=lambda one: _ORDER.index(one.name))

    def _named(self, name: GarmentName, aliases: list[GarmentName]) -> _Named:
        """A garment by the name that is believed most, if nothing else of its group is worn over or under it."""
        group = next((group for group in GROUPS.values() if name in group), ())
        total = sum(self._believed.get(part, 0.0) for part in group)
        if not group or total <= 0:
            return _Named(name, True, 1.0, aliases)
        best = max(
            (part for part in group if part in aliases),
            key=lambda part: (self._believed.get(part, 0.0), part == name),
        )
        rivals = [part for part in group if part in self._pixels and part not in aliases]
        believed = sum(self._believed.get(part, 0.0) for part in (best, *rivals))
        sure = _share(believed, total)
        return _Named(best, sure >= LEAST_BELIEF, sure, aliases)

    def _names(self) -> dict[GarmentName, GarmentName]:
        """Under which name each seen part is reported."""
        names: dict[GarmentName, GarmentName] = {part: part for part in self._pixels}
        top = self._fold(names, "upper-clothes", "dress")
        if "coat" in names and top in names and not self._one_over_the_other("coat", top, names):
            self._fold(names, "coat", top)
        if self._is_dress(names) and "skirt" in names:
            names["skirt"] = names["dress"]
        else:
            self._fold(names, "pants", "skirt")
        return names

    def _is_dress(self, names: dict[GarmentName, GarmentName]) -> bool:
        aliases = [alias for alias, name in names.items() if name == names.get("dress")]
        return "dress" in names and self._named("dress", aliases).name == "dress"

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
        if self._color(aliases[0])[0] == self._color(aliases[1])[0]:
            return False
        ones, others = (self._frames(each) for each in aliases)
        both = ones + others - self._frames([*aliases[0], *aliases[1]])
        return both >= _TOGETHER * min(ones, others)

    def _frames(self, aliases: list[GarmentName]) -> int:
        """Visible pixels of the frames in which any of them is seen."""
        wanted = set(aliases)
        return sum(weight for parts, weight in self._seen_together.items() if parts & wanted)

    def _presence(self, aliases: list[GarmentName]) -> float:
        return _share(self._frames(aliases), sum(self._seen_together.values()))

    def _item(self, one: _Named) -> OutfitItem:
        color, color_share, confidence = self._color(one.aliases)
        return OutfitItem(
            part=one.name,
            color=color,
            share=self._presence(one.aliases),
            color_share=color_share,
            confidence=confidence,
        )

    def _group(self, part: CoveredPart, worn: list[_Named]) -> BodyWorn | None:
        """The garment of a group of which most is seen; None where nothing of it is worn."""
        if not worn:
            return None
        most = max(worn, key=lambda one: sum(_votes(self._pixels, one.aliases).values()))
        aliases = [alias for one in worn for alias in one.aliases]
        color, color_share, confidence = self._color(most.aliases)
        known: CoveringGarment = next(
            (name for name in GROUPS[part] if most.told and name == most.name), "unknown"
        )
        return BodyWorn(
            part=part,
            garment=known,
            garment_confidence=most.sure,
            color=color,
            share=self._presence(aliases),
            color_share=color_share,
            confidence=confidence,
        )

    def _color(self, aliases: list[GarmentName]) -> tuple[ColorName, float, float]:
        """The colour, its part of the votes, and how far to trust it."""
        votes, trusted = _votes(self._pixels, aliases), _votes(self._trusted, aliases)
        total = sum(votes.values())
        color = _winner(votes, trusted, self._views)
        if color == "unknown":
            return color, 0.0, 0.0
        return color, _share(votes[color], total), _share(trusted[color], total)


_ORDER: tuple[GarmentName, ...] = get_args(GarmentName)


def _votes(
    pixels: Mapping[GarmentName, Mapping[ColorName, float]], aliases: Iterable[GarmentName]
) -> Counter[ColorName]:
    votes: Counter[ColorName] = Counter()
    for alias in aliases:
        votes.update(pixels[alias])
    return votes


def _winner(votes: Counter[ColorName], trusted: Counter[ColorName], views: int) -> ColorName:
    """The colour that is most probable; views that tell nothing abstain, unless they are three in four.

    What is wrong about a single view is partly chance, so many views that agree need to be less sure each.
    """
    known = {color: weight for color, weight in trusted.items() if color != "unknown"}
    best = max(known, key=lambda color: (known[color], color), default=None)
    total = sum(weight for color, weight in votes.items() if color != "unknown")
    least = _LEAST_OF_MANY + max(0.0, shipped().least - _LEAST_OF_MANY) / max(views, 1)
    if best is None or total < _MIN_KNOWN * sum(votes.values()) or known[best] < least * total:
        return "unknown"
    return best


def _add(votes: _Votes, part: GarmentName, color: ColorName, weight: float) -> None:
    colors = votes.setdefault(part, {})
    colors[color] = colors.get(color, 0.0) + weight


def _copied(votes: Mapping[GarmentName, Mapping[ColorName, float]]) -> _Votes:
    return {part: dict(colors) for part, colors in votes.items()}


def _share(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
