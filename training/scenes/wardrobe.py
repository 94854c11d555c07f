"""What people of the training set may wear, and what only those of the held-out set do. It is decided here and nowhere else.

Bodies and skins are not held out: a parser must have seen everybody.
"""

from dataclasses import dataclass
from typing import Literal

from training.scenes.fabrics import PATTERNS, PatternName
from training.scenes.headwear import HATS, HatKind
from training.scenes.looks import HAIR_STYLES, HairStyle, Look
from training.scenes.outfits import PIECES

Split = Literal["training", "held_out"]


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """Names of things to choose from.

    Attributes:
        outfits: Keys of `outfits.PIECES`.
        patterns: Of fabrics.
        hair: Styles.
        shoes: Pairs, 1 to 6.
        hats: Kinds.
    """

    outfits: frozenset[str]
    patterns: frozenset[PatternName]
    hair: frozenset[HairStyle]
    shoes: frozenset[int]
    hats: frozenset[HatKind]


HELD_OUT = Wardrobe(
    outfits=frozenset({"female_elegantsuit01", "male_casualsuit03", "male_casualsuit06"}),
    patterns=frozenset({"checks"}),
    hair=frozenset({"bob02", "short03"}),
    shoes=frozenset({3, 6}),
    hats=frozenset({"fedora"}),
)
"""Never seen in training; everybody in a held-out scene wears or has at least one of these."""

TRAINING = Wardrobe(
    outfits=frozenset(PIECES) - HELD_OUT.outfits,
    patterns=frozenset(PATTERNS) - HELD_OUT.patterns,
    hair=frozenset(HAIR_STYLES) - HELD_OUT.hair,
    shoes=frozenset(range(1, 7)) - HELD_OUT.shoes,
    hats=frozenset(HATS) - HELD_OUT.hats,
)
"""Everything else."""


def held_out_items(look: Look) -> frozenset[str]:
    """What of `HELD_OUT` somebody has, such as `hair bob02`; empty for people of the training set."""
    fabrics = [garment.fabric for garment in look.garments]
    fabrics += [thing.fabric for thing in (look.hat, look.bag) if thing is not None]
    fabrics += [look.extras.scarf] if look.extras.scarf is not None else []
    found = {f"pattern {fabric.pattern}" for fabric in fabrics if fabric.pattern in HELD_OUT.patterns}
    if look.outfit is not None and look.outfit.name in HELD_OUT.outfits:
        found.add(f"outfit {look.outfit.name}")
    if look.hair in HELD_OUT.hair:
        found.add(f"hair {look.hair}")
    if look.shoes in HELD_OUT.shoes:
        found.add(f"shoes {look.shoes}")
    if look.hat is not None and look.hat.kind in HELD_OUT.hats:
        found.add(f"hat {look.hat.kind}")
    return frozenset(found)
