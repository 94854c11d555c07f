"""Bags: in a hand, across the body, on the back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from domain.labels import BodyPart
from training.scenes.arrays import Faces, Points
from training.scenes.assets import Assets
from training.scenes.body import Side
from training.scenes.dressing import draped, sheet
from training.scenes.fabrics import Fabric
from training.scenes.layers import Cloth, Layer
from training.scenes.rig import FittedSkeleton
from training.scenes.solids import fixed_to, ribbon, rounded_block

BagKind = Literal["shopping bag", "handbag", "shoulder bag", "backpack"]
BAGS: tuple[BagKind, ...] = get_args(BagKind)

_STRAP_STAND_OFF = 0.045  # metres from the skin, above a coat
_SHOULDER_SEAM = 0.11  # |x| of a backpack's straps on the base body, metres


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag.

    Attributes:
        kind: How it is carried.
        fabric: What it is made of.
        size: 1 is usual.
        side: The hand or hip that it hangs at; of no effect on a backpack.
    """

    kind: BagKind
    fabric: Fabric
    size: float = 1.0
    side: Side = "R"


def bag_layers(assets: Assets, bag: Bag, body: Points) -> list[Layer]:
    """Its body and its straps."""
    return _MAKERS[bag.kind](assets, bag, body)


def _in_hand(assets: Assets, bag: Bag, body: Points) -> list[Layer]:
    rig = assets.skeleton.fitted(body)
    knuckles = f"metacarpal3.{bag.side}"
    hand = _joint(rig, knuckles) + np.array([0, -0.05, 0], np.float32)
    wide, high, deep, handle = {
        "shopping bag": (0.14, 0.36, 0.32, 0.14),
        "handbag": (0.12, 0.22, 0.32, 0.1),
    }[bag.kind]
    size = (wide * bag.size, high * bag.size, deep * bag.size)
    outwards = 0.03 if bag.side == "L" else -0.03
    middle = (float(hand[0] + outwards), float(hand[1] - handle - size[1] / 2), float(hand[2]))
    loop = hand + np.array(
        [(outwards, -handle, -size[2] / 4), (0, 0, -0.03), (0, 0, 0.03), (outwards, -handle, size[2] / 4)],
        np.float32,
    )
    return [
        _hanging(assets, bag, knuckles, part)
        for part in (rounded_block(middle, size), ribbon(loop, (0.03, 0, 0)))
    ]


def _hanging(assets: Assets, bag: Bag, bone: str, solid: tuple[Points, Faces]) -> Layer:
    layer = fixed_to(assets.skeleton, bone, solid, BodyPart.BAG, Cloth(bag.fabric))
    return replace(layer, hangs_from=assets.skeleton.index(bone))


def _across(assets: Assets, bag: Bag, body: Points) -> list[Layer]:
    x, y, _ = assets.base.points.T
    outwards = 1.0 if bag.side == "L" else -1.0
    # The band between two planes through the other shoulder and this hip.
    along = np.array([-0.12 * outwards, 0.56]) - np.array([0.2 * outwards, 0.02])
    aside = np.array([along[1], -along[0]]) / np.linalg.norm(along)
    away = np.abs((x - 0.2 * outwards) * aside[0] + (y - 0.02) * aside[1])
    torso = 0.22 - np.abs(x)
    strap = sheet("helper-tights", _STRAP_STAND_OFF, 0.022 - away, y - 0.03, torso)
    hip = _joint(assets.skeleton.fitted(body), f"upperleg01.{bag.side}")
    near = np.abs(body[:, 1] - hip[1]) < 0.06
    side = float((body[near & (np.abs(body[:, 0]) < 0.35), 0] * outwards).max())
    size = (0.1 * bag.size, 0.24 * bag.size, 0.3 * bag.size)
    middle = (outwards * (side + size[0] / 2 + 0.01), float(hip[1]) + 0.04, float(hip[2]) + 0.02)
    body_of_bag = fixed_to(
        assets.skeleton, f"pelvis.{bag.side}", rounded_block(middle, size), BodyPart.BAG, Cloth(bag.fabric)
    )
    return [body_of_bag, draped(assets, body, strap, BodyPart.BAG, Cloth(bag.fabric))]


def _on_back(assets: Assets, bag: Bag, body: Points) -> list[Layer]:
    x, y, z = assets.base.points.T
    band = 0.028 - np.abs(np.abs(x) - _SHOULDER_SEAM - 0.1 * np.clip(0.4 - y, 0, 0.2))
    front = np.where(y > 0.5, 1.0, z + 0.02)
    straps = sheet("helper-tights", _STRAP_STAND_OFF, band, y - 0.26, front)
    shoulders = _joint(assets.skeleton.fitted(body), "spine01")
    size = (0.3 * bag.size, 0.42 * bag.size, 0.17 * bag.size)
    near = (np.abs(body[:, 1] - shoulders[1] + 0.05) < 0.2) & (np.abs(body[:, 0]) < 0.12)
    back = float(body[near, 2].min()) - 0.03
    middle = (0.0, float(shoulders[1]) + 0.08 - size[1] / 2, back - size[2] / 2)
    body_of_bag = fixed_to(
        assets.skeleton, "spine02", rounded_block(middle, size), BodyPart.BAG, Cloth(bag.fabric)
    )
    return [body_of_bag, draped(assets, body, straps, BodyPart.BAG, Cloth(bag.fabric))]


def _joint(rig: FittedSkeleton, bone: str) -> Points:
    return np.asarray(rig.heads[rig.skeleton.index(bone)], np.float32)


_MAKERS: dict[BagKind, Callable[[Assets, Bag, Points], list[Layer]]] = {
    "shopping bag": _in_hand,
    "handbag": _in_hand,
    "shoulder bag": _across,
    "backpack": _on_back,
}
