"""Clothes cut out of the base mesh's helper geometry.

The base mesh carries a suit of tights and a long skirt around the body. A garment is a piece of them, moved outwards
along the normals, that exists where a smooth field over the base body in its rest pose is positive: `hem < y`,
`|x| < cuff` and so on. A field fits every body, and its edge is drawn finer than the triangles.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import coo_matrix

from domain.events import GarmentName
from domain.labels import BodyPart
from training.scenes.arrays import Faces, Points, Scalars, point_normals
from training.scenes.fabrics import Fabric

Sleeves = Literal["none", "short", "long"]
Length = Literal["short", "knee", "long"]
Helper = Literal["helper-tights", "helper-skirt", "body"]

# Heights on the base body at rest, metres; its soles are at -0.84, its crown at 0.85, its wrists at |x| = 0.43.
_CUFF = {"none": 0.195, "short": 0.285, "long": 0.437}
_TROUSER_HEM = {"short": -0.26, "knee": -0.42, "long": -0.765}
_SKIRT_HEM = {"short": -0.2, "knee": -0.34, "long": -0.6}
_WAIST = 0.14
_LEG_REACH = 0.24  # |x| below which helper-tights are hips, never hands
_DRAPE_ROUNDS = 8
_HANDS = 0.05  # height above which hands may hang, metres


@dataclass(frozen=True, slots=True)
class Garment:
    """A piece of clothing as asked for.

    Attributes:
        part: UPPER_CLOTHES, COAT, PANTS, SKIRT or DRESS.
        fabric: Its cloth.
        sleeves: Of upper clothes, coats and dresses.
        length: Of trousers, skirts, dresses and coats.
        loose: How wide it is cut, 0 to 1.
    """

    part: BodyPart
    fabric: Fabric
    sleeves: Sleeves = "long"
    length: Length = "long"
    loose: float = 0.5

    @property
    def name(self) -> GarmentName:
        """As in events."""
        return _NAMES[self.part]


_NAMES: dict[BodyPart, GarmentName] = {
    BodyPart.UPPER_CLOTHES: "upper-clothes",
    BodyPart.COAT: "coat",
    BodyPart.PANTS: "pants",
    BodyPart.SKIRT: "skirt",
    BodyPart.DRESS: "dress",
}


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One sheet of a garment.

    Attributes:
        helper: The piece of the base mesh that it is cut from.
        field: Over the points of the base mesh: positive where the sheet is, metres from its edge where it can be told.
        distance: Over the same points: how far it stands off the body, metres.
    """

    helper: Helper
    field: Scalars
    distance: Scalars


def drape(body: Points, faces: Faces, distance: Scalars) -> Points:
    """Lay a sheet of these faces over a body: off its skin by `distance`, and across its hollows rather than into them."""
    normals = point_normals(body, faces)
    points = body + normals * distance[:, None]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    links = coo_matrix((np.ones(len(edges), np.float32), edges.T), shape=(len(body), len(body))).tocsr()
    links = links + links.T
    neighbours = np.maximum(np.asarray(links.sum(1)), 1)
    for _ in range(_DRAPE_ROUNDS):
        outwards = np.einsum("nx,nx->n", links @ points / neighbours - points, normals)
        points = points + normals * np.maximum(outwards, 0)[:, None]
    return np.asarray(points, np.float32)


def cut(garment: Garment, rest: Points) -> tuple[Sheet, ...]:
    """Cut a garment; `rest` are the points of the base mesh."""
    return _TAILORS[garment.part](garment, rest)


def _upper(garment: Garment, rest: Points) -> tuple[Sheet, ...]:
    x, y, _ = rest.T
    hem = 0.005
    field = _all_of(_CUFF[garment.sleeves] - np.abs(x), y - hem, _neck(rest, 0.08))
    flare = np.clip((0.25 - y) / 0.25, 0, 1) * 0.012
    width = 0.014 + (0.010 + flare) * garment.loose
    return (Sheet("helper-tights", field, _stand_off(width * _snug_shoulders(rest))),)


def _coat(garment: Garment, rest: Points) -> tuple[Sheet, ...]:
    x, y, z = rest.T
    opening = np.where(z > 0.015, np.abs(x) - 0.012, 1.0)
    hem = {"short": -0.02, "knee": -0.3, "long": -0.5}[garment.length]
    body = _all_of(_CUFF["long"] + 0.008 - np.abs(x), y - max(hem, -0.02), _neck(rest, 0.07), opening)
    top = Sheet("helper-tights", body, _stand_off(0.034 * _snug_shoulders(rest)))
    if garment.length == "short":
        return (top,)
    return top, Sheet("helper-skirt", _all_of(y - hem, 0.12 - y, opening), _stand_off(np.full_like(y, 0.03)))


def _trousers(garment: Garment, rest: Points) -> tuple[Sheet, ...]:
    x, y, _ = rest.T
    hips = np.where(y > _HANDS, _LEG_REACH - np.abs(x), 1.0)
    field = _all_of(_WAIST - y, y - _TROUSER_HEM[garment.length], hips)
    wide = np.clip((-0.05 - y) / 0.5, 0, 1) * 0.028
    return (Sheet("helper-tights", field, _stand_off(0.008 + wide * garment.loose)),)


def _skirt(garment: Garment, rest: Points) -> tuple[Sheet, ...]:
    _, y, _ = rest.T
    field = _all_of(y - _SKIRT_HEM[garment.length], _WAIST - y)
    return (Sheet("helper-skirt", field, _stand_off(np.full_like(y, 0.010))),)


def _dress(garment: Garment, rest: Points) -> tuple[Sheet, ...]:
    x, y, _ = rest.T
    top = _all_of(_CUFF[garment.sleeves] - np.abs(x), y - (_WAIST - 0.035), _neck(rest, 0.09))
    bottom = _all_of(y - _SKIRT_HEM[garment.length], _WAIST + 0.06 - y)
    return (
        Sheet("helper-tights", top, _stand_off(0.014 * _snug_shoulders(rest))),
        Sheet("helper-skirt", bottom, _stand_off(np.full_like(y, 0.012))),
    )


_TAILORS = {
    BodyPart.UPPER_CLOTHES: _upper,
    BodyPart.COAT: _coat,
    BodyPart.PANTS: _trousers,
    BodyPart.SKIRT: _skirt,
    BodyPart.DRESS: _dress,
}


def _neck(rest: Points, radius: float) -> Scalars:
    """Distance from the edge of the neck hole, an ellipsoid around the throat."""
    x, y, z = rest.T
    return np.asarray(
        0.1 * np.sqrt((x / 0.115) ** 2 + ((y - 0.605) / 0.1) ** 2 + ((z - 0.01) / 0.14) ** 2) - radius,
        np.float32,
    )


def _snug_shoulders(rest: Points) -> Scalars:
    """Cloth lies on the shoulders and hangs from there: 0.4 at the neck, 1 from the chest down and along the arms."""
    lying = np.clip((rest[:, 1] - 0.38) / 0.12, 0, 1) * np.clip((0.3 - np.abs(rest[:, 0])) / 0.1, 0, 1)
    return np.asarray(1 - 0.6 * lying, np.float32)


def _all_of(*fields: Scalars) -> Scalars:
    return np.asarray(np.minimum.reduce(fields), np.float32)


def _stand_off(distance: Scalars) -> Scalars:
    return np.asarray(distance, np.float32)
