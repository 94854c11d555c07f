"""Anybody: random bodies in random clothes."""

from collections.abc import Sequence
from typing import Literal, TypeVar

import numpy as np

from domain.events import ColorName
from domain.labels import BodyPart
from training.scenes.body import Age, Ancestry, Build, Sex
from training.scenes.fabrics import Fabric, NamedColor, Srgb
from training.scenes.garments import Garment, Length, Sleeves
from training.scenes.looks import HairStyle, Look
from training.scenes.poses import Gait

_T = TypeVar("_T")

Split = Literal["training", "held_out"]
"""What a look may be made of: people of the training set and of the held-out set never share a wardrobe."""

_HAIR_COLORS: tuple[Srgb, ...] = (
    (28, 24, 22),
    (62, 42, 30),
    (110, 76, 44),
    (186, 148, 92),
    (150, 148, 146),
)
_SHOE_COLORS: tuple[ColorName, ...] = ("black", "black", "brown", "white", "grey")
_SEXES: tuple[Sex, ...] = ("female", "male")
_AGES: tuple[Age, ...] = ("young", "young", "old")
_ANCESTRIES: tuple[Ancestry, ...] = ("african", "asian", "caucasian")
_SLEEVES: tuple[Sleeves, ...] = ("none", "short", "short", "long", "long")
_LENGTHS: tuple[Length, ...] = ("short", "knee", "long", "long", "long")
_HAIR: dict[Sex, tuple[HairStyle, ...]] = {
    "male": ("short01", "short02", "short03", "short04", "none"),
    "female": ("bob02", "braid01", "long01", "ponytail01", "short02", "short04"),
}


def random_look(rng: np.random.Generator, split: Split = "training") -> Look:  # noqa: ARG001 - the wardrobes are being sorted
    """Somebody; the same generator in the same state gives the same person."""
    sex = _pick(rng, _SEXES)
    build = Build(
        sex=sex,
        age=_pick(rng, _AGES),
        ancestry=_pick(rng, _ANCESTRIES),
        weight=float(rng.uniform(-0.8, 0.9)),
        muscle=float(rng.uniform(-0.8, 0.8)),
        tan=float(rng.uniform(0.8, 1.1)),
    )
    return Look(
        build=build,
        garments=_garments(rng, sex),
        hair=_pick(rng, _HAIR[sex]),
        hair_color=_pick(rng, _HAIR_COLORS),
        shoes=int(rng.integers(1, 7)),
        shoe_color=NamedColor.called(_pick(rng, _SHOE_COLORS)),
        gait=Gait.random(rng),
    )


def _garments(rng: np.random.Generator, sex: Sex) -> tuple[Garment, ...]:
    kinds = (BodyPart.PANTS,) if sex == "male" else (BodyPart.PANTS, BodyPart.SKIRT, BodyPart.DRESS)
    lower = _garment(rng, _pick(rng, kinds))
    if lower.part == BodyPart.DRESS:
        return (lower,)
    upper = _garment(rng, BodyPart.UPPER_CLOTHES)
    if rng.random() < 0.25:
        return lower, upper, _garment(rng, BodyPart.COAT)
    return lower, upper


def _garment(rng: np.random.Generator, part: BodyPart) -> Garment:
    return Garment(
        part=part,
        fabric=Fabric.random(rng),
        sleeves=_pick(rng, _SLEEVES),
        length=_pick(rng, _LENGTHS),
        loose=float(rng.uniform(0, 1)),
    )


def _pick(rng: np.random.Generator, choices: Sequence[_T]) -> _T:
    return choices[int(rng.integers(len(choices)))]
