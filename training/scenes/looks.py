"""Somebody as asked for: the body, and everything that is worn and carried, with its colour."""

from dataclasses import dataclass
from typing import Literal, get_args

from domain.labels import BodyPart
from training.scenes.bags import Bag
from training.scenes.body import Build
from training.scenes.fabrics import BLACK, Fabric, NamedColor, Srgb
from training.scenes.garments import Garment
from training.scenes.headwear import Hat
from training.scenes.outfits import Outfit, parts_of
from training.scenes.poses import USUAL_GAIT, Gait

HairStyle = Literal[
    "none", "short01", "short02", "short03", "short04", "bob02", "braid01", "long01", "ponytail01"
]
SkinTone = Literal["pale", "light", "olive", "tan", "brown", "dark"]
HAIR_STYLES: tuple[HairStyle, ...] = get_args(HairStyle)

BROWN_HAIR: Srgb = (62, 42, 30)


@dataclass(frozen=True, slots=True)
class Extras:
    """Small things, rarely worn.

    Attributes:
        scarf: Around the neck.
        gloves: On both hands.
        sunglasses: Before the eyes.
    """

    scarf: Fabric | None = None
    gloves: NamedColor | None = None
    sunglasses: bool = False


@dataclass(frozen=True, slots=True)
class Worn:
    """One thing that somebody wears or carries.

    Attributes:
        part: What it is labelled; SHOE for both shoes.
        color: What it is called by.
    """

    part: BodyPart
    color: NamedColor


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody as asked for.

    Attributes:
        build: The body.
        garments: From the innermost to the outermost.
        hair: Its style.
        hair_color: As stored in a picture.
        shoes: Which of the six pairs, 1 to 6.
        shoe_color: Theirs.
        gait: How this person walks.
        outfit: Worn instead of garments.
        hat, bag: If any.
        extras: Scarf, gloves, sunglasses.
        skin: Its tone, or None for the usual one of the ancestry.
    """

    build: Build
    garments: tuple[Garment, ...]
    hair: HairStyle = "short02"
    hair_color: Srgb = BROWN_HAIR
    shoes: int = 2
    shoe_color: NamedColor = BLACK
    gait: Gait = USUAL_GAIT
    outfit: Outfit | None = None
    hat: Hat | None = None
    bag: Bag | None = None
    extras: Extras = Extras()
    skin: SkinTone | None = None

    @property
    def worn(self) -> tuple[Worn, ...]:
        """Everything worn and carried, with its colour; what lies beneath something else too."""
        found = [Worn(garment.part, garment.fabric.color) for garment in self.garments]
        if self.outfit is not None:
            found += map(Worn, parts_of(self.outfit.name), self.outfit.colors)
        found.append(Worn(BodyPart.SHOE, self.shoe_color))
        if self.hat is not None:
            found.append(Worn(BodyPart.HAT, self.hat.fabric.color))
        if self.bag is not None:
            found.append(Worn(BodyPart.BAG, self.bag.fabric.color))
        if self.extras.scarf is not None:
            found.append(Worn(BodyPart.SCARF, self.extras.scarf.color))
        if self.extras.gloves is not None:
            found.append(Worn(BodyPart.GLOVES, self.extras.gloves))
        if self.extras.sunglasses:
            found.append(Worn(BodyPart.SUNGLASSES, BLACK))
        return tuple(found)
