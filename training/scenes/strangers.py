"""Anybody: random bodies in random clothes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from domain.events import ColorName
from domain.labels import BodyPart
from training.scenes.bags import BAGS, Bag
from training.scenes.body import Age, Ancestry, Build, Sex
from training.scenes.fabrics import PATTERNS, Fabric, NamedColor, Srgb
from training.scenes.garments import Garment, Length, Sleeves
from training.scenes.headwear import HATS, Hat
from training.scenes.looks import Extras, HairStyle, Look, SkinTone
from training.scenes.outfits import Outfit, outfits_for, parts_of
from training.scenes.poses import Gait
from training.scenes.wardrobe import TRAINING, Split, held_out_items

__all__ = ["Split", "random_look"]

_T = TypeVar("_T")

_HAIR_COLORS: tuple[Srgb, ...] = (
    (28, 24, 22),
    (62, 42, 30),
    (110, 76, 44),
    (186, 148, 92),
    (150, 148, 146),
)
_OLD_HAIR_COLORS: tuple[Srgb, ...] = ((150, 148, 146), (214, 212, 208), (92, 88, 84), (62, 42, 30))
_SHOE_COLORS: tuple[ColorName, ...] = ("black", "black", "brown", "white", "grey", "red", "blue", "beige")
_SEXES: tuple[Sex, ...] = ("female", "male")
_AGES: tuple[Age, ...] = ("young", "young", "young", "young", "old", "old", "old", "child")
_ANCESTRIES: tuple[Ancestry, ...] = ("african", "asian", "caucasian")
_TONES: dict[Ancestry, tuple[SkinTone, ...]] = {
    "african": ("tan", "brown", "brown", "dark", "dark"),
    "asian": ("pale", "light", "olive", "tan", "brown"),
    "caucasian": ("pale", "light", "light", "olive"),
}
_SLEEVES: tuple[Sleeves, ...] = ("none", "short", "short", "long", "long")
_LENGTHS: tuple[Length, ...] = ("short", "knee", "long", "long", "long")
_HAIR: dict[Sex, tuple[HairStyle, ...]] = {
    "male": ("short01", "short02", "short03", "short04", "none"),
    "female": ("bob02", "braid01", "long01", "ponytail01", "short02", "short04"),
}

# What clothes are mostly made of: people are seldom dressed in all colours alike, and black is hard to see and common.
_CLOTHES_COLORS: tuple[ColorName, ...] = (
    "black",
    "black",
    "black",
    "white",
    "grey",
    "grey",
    "blue",
    "blue",
    "beige",
    "brown",
)
_USUAL = 0.5  # probability that a garment has one of these
_OUTFIT, _COAT, _HAT, _BAG, _SCARF, _GLOVES, _SUNGLASSES = 0.25, 0.25, 0.2, 0.38, 0.08, 0.04, 0.06


def random_look(rng: np.random.Generator, split: Split = "training") -> Look:
    """Somebody; the same generator in the same state gives the same person.

    Nothing of `wardrobe.HELD_OUT` is on anybody in training; everybody held out has at least one thing of it.
    """
    while True:
        look = _anybody(rng, split)
        if split == "training" or held_out_items(look):
            return look


def _anybody(rng: np.random.Generator, split: Split) -> Look:
    build = _build(rng)
    in_outfit = build.age != "child" and rng.random() < _OUTFIT
    names = _allowed(outfits_for(build.sex), TRAINING.outfits, split)
    shoes = _allowed(range(1, 7), TRAINING.shoes, split)
    hair = _pick(rng, _allowed(_HAIR[build.sex], TRAINING.hair, split))
    return Look(
        build=build,
        garments=() if in_outfit else _garments(rng, build.sex, split),
        hair=hair,
        hair_color=_pick(rng, _OLD_HAIR_COLORS if build.age == "old" else _HAIR_COLORS),
        shoes=_pick(rng, shoes),
        shoe_color=NamedColor.called(_pick(rng, _SHOE_COLORS), int(rng.integers(8))),
        gait=Gait.random(rng),
        outfit=_outfit(rng, _pick(rng, names)) if in_outfit else None,
        hat=_hat(rng, split) if rng.random() < _HAT else None,
        bag=_bag(rng, build, split) if rng.random() < _BAG else None,
        extras=_extras(rng, split),
        skin=_pick(rng, _TONES[build.ancestry]),
    )


def _build(rng: np.random.Generator) -> Build:
    return Build(
        sex=_pick(rng, _SEXES),
        age=_pick(rng, _AGES),
        ancestry=_pick(rng, _ANCESTRIES),
        weight=float(rng.uniform(-0.8, 0.9)),
        muscle=float(rng.uniform(-0.8, 0.8)),
        tan=float(rng.uniform(0.85, 1.1)),
        height=float(np.clip(rng.normal(-0.03, 0.14), -0.4, 0.25)),
    )


def _outfit(rng: np.random.Generator, name: str) -> Outfit:
    return Outfit(name, tuple(_color(rng) for _ in parts_of(name)))


def _hat(rng: np.random.Generator, split: Split) -> Hat:
    return Hat(_pick(rng, _allowed(HATS, TRAINING.hats, split)), _fabric(rng, split, solid=0.8))


def _bag(rng: np.random.Generator, build: Build, split: Split) -> Bag:
    size = float(rng.uniform(0.8, 1.2)) * (0.7 if build.age == "child" else 1.0)
    return Bag(_pick(rng, BAGS), _fabric(rng, split, solid=0.8), size, "L" if rng.random() < 0.4 else "R")


def _extras(rng: np.random.Generator, split: Split) -> Extras:
    return Extras(
        scarf=_fabric(rng, split) if rng.random() < _SCARF else None,
        gloves=_color(rng) if rng.random() < _GLOVES else None,
        sunglasses=bool(rng.random() < _SUNGLASSES),
    )


def _garments(rng: np.random.Generator, sex: Sex, split: Split) -> tuple[Garment, ...]:
    female = (BodyPart.PANTS, BodyPart.PANTS, BodyPart.SKIRT, BodyPart.DRESS)
    lower = _garment(rng, (BodyPart.PANTS,) if sex == "male" else female, split)
    if lower.part == BodyPart.DRESS:
        return (lower,)
    upper = _garment(rng, (BodyPart.UPPER_CLOTHES,), split)
    if rng.random() < _COAT:
        return lower, upper, _garment(rng, (BodyPart.COAT,), split)
    return lower, upper


def _garment(rng: np.random.Generator, parts: Sequence[BodyPart], split: Split) -> Garment:
    return Garment(
        part=_pick(rng, parts),
        fabric=_fabric(rng, split, solid=0.6),
        sleeves=_pick(rng, _SLEEVES),
        length=_pick(rng, _LENGTHS),
        loose=float(rng.uniform(0, 1)),
    )


def _fabric(rng: np.random.Generator, split: Split, solid: float = 0.5) -> Fabric:
    fabric = Fabric.random(rng, solid)
    patterns = _allowed(PATTERNS[1:], TRAINING.patterns, split)
    pattern = fabric.pattern if fabric.pattern == "solid" else _pick(rng, patterns)
    return replace(fabric, color=_color(rng), pattern=pattern)


def _color(rng: np.random.Generator) -> NamedColor:
    if rng.random() < _USUAL:
        return NamedColor.called(_pick(rng, _CLOTHES_COLORS), int(rng.integers(8)))
    return NamedColor.random(rng)


def _allowed(names: Sequence[_T], training: frozenset[_T], split: Split) -> tuple[_T, ...]:
    """Held-out people may have anything."""
    return tuple(name for name in names if split == "held_out" or name in training)


def _pick(rng: np.random.Generator, choices: Sequence[_T]) -> _T:
    return choices[int(rng.integers(len(choices)))]
