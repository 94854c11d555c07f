"""What is worn on the head and around the neck."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from domain.labels import BodyPart
from training.scenes.arrays import Flags, Points, Scalars
from training.scenes.assets import Assets
from training.scenes.dressing import draped, sheet, worn
from training.scenes.fabrics import Fabric
from training.scenes.layers import Cloth, Layer, Paint
from training.scenes.solids import blade, fixed_to, rounded_block

HatKind = Literal["fedora", "beanie", "cap"]
HATS: tuple[HatKind, ...] = get_args(HatKind)

_CAP_STAND_OFF = 0.018  # metres: hair under a hat is left out
_BROW = 0.765  # height of a cap's edge above the forehead on the base body, metres
_PEAK = 0.075


@dataclass(frozen=True, slots=True)
class Hat:
    """A hat.

    Attributes:
        kind: Its shape.
        fabric: Its cloth.
    """

    kind: HatKind
    fabric: Fabric


def hat_layers(assets: Assets, hat: Hat, body: Points) -> list[Layer]:
    """A hat on that head."""
    cloth = Cloth(hat.fabric)
    if hat.kind == "fedora":
        return [worn(assets.clothing("clothes/fedora01/fedora.mhclo"), assets, body, BodyPart.HAT, cloth)]
    edge = hat_field(hat, assets.base.points)
    crown = draped(assets, body, sheet("body", _CAP_STAND_OFF, edge), BodyPart.HAT, cloth)
    return [crown, _peak(assets, body, cloth)] if hat.kind == "cap" else [crown]


def hat_field(hat: Hat, rest: Points) -> Scalars:
    """Over the points of the base mesh: positive under the hat, metres from its edge."""
    _, y, z = rest.T
    if hat.kind == "cap":
        return np.asarray(y - _BROW - 0.1 * (z - 0.1), np.float32)
    low = 0.74 if hat.kind == "beanie" else 0.76
    return np.asarray(y - low - 0.25 * (z - 0.05), np.float32)


def _peak(assets: Assets, body: Points, cloth: Cloth) -> Layer:
    angle = np.linspace(-1.1, 1.1, 9)
    inner = np.stack([0.09 * np.sin(angle), np.full(9, _BROW + 0.006), 0.035 + 0.1 * np.cos(angle)], axis=1)
    reach = np.stack([0.15 * np.sin(angle), -0.03 * np.cos(angle), _PEAK * np.cos(angle)], axis=1)
    outer = inner + reach * np.array([0.1, 1, 1])
    points, faces = blade(inner.astype(np.float32), outer.astype(np.float32))
    return fixed_to(assets.skeleton, "head", (_on_head(assets, body, points), faces), BodyPart.HAT, cloth)


def sunglasses(assets: Assets, body: Points) -> list[Layer]:
    """Dark glasses before the eyes."""
    layers = []
    for x in (-0.033, 0.033):
        points, faces = rounded_block((x, 0.728, 0.148), (0.058, 0.04, 0.018))
        solid = (_on_head(assets, body, points), faces)
        layers.append(
            fixed_to(assets.skeleton, "head", solid, BodyPart.SUNGLASSES, Paint((0.012, 0.012, 0.014)))
        )
    return layers


def scarf(assets: Assets, body: Points, fabric: Fabric) -> Layer:
    """A scarf around the neck."""
    x, y, z = assets.base.points.T
    around = 0.105 - np.hypot(x, z - 0.02)
    return draped(assets, body, sheet("helper-tights", 0.04, around, y - 0.53), BodyPart.SCARF, Cloth(fabric))


def _on_head(assets: Assets, body: Points, places: Points) -> Points:
    """Places around the base body's head, around this body's head."""
    head = _head(assets)
    old, new = assets.base.points[head], body[head]
    scale = np.ptp(new, axis=0) / np.ptp(old, axis=0)
    return np.asarray((places - old.mean(0)) * scale + new.mean(0), np.float32)


def _head(assets: Assets) -> Flags:
    skeleton = assets.skeleton
    return np.asarray(skeleton.weights[:, skeleton.index("head")] > 0.5)
