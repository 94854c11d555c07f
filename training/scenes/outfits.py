"""The outfits of the data folder: upper and lower garments modelled and textured together, each part recoloured on its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from domain.labels import BodyPart
from training.scenes.arrays import Flags, Indices, Points
from training.scenes.assets import Assets
from training.scenes.body import Sex
from training.scenes.dressing import linear, worn
from training.scenes.fabrics import NamedColor
from training.scenes.layers import Layer, Material, Paint, Picture
from training.scenes.mesh import Clothing

_TOP, _COAT, _PANTS, _SKIRT = BodyPart.UPPER_CLOTHES, BodyPart.COAT, BodyPart.PANTS, BodyPart.SKIRT

PIECES: Mapping[str, tuple[BodyPart, ...]] = MappingProxyType(
    {
        "female_casualsuit01": (_TOP, _PANTS),
        "female_casualsuit02": (_PANTS, _TOP),
        "female_elegantsuit01": (_TOP, _SKIRT),
        "female_sportsuit01": (_TOP, _PANTS),
        "male_casualsuit02": (_TOP, _PANTS),
        "male_casualsuit03": (_TOP, _PANTS),
        "male_casualsuit04": (_PANTS, _TOP),
        "male_casualsuit05": (_COAT, _PANTS, _TOP, _COAT),
        "male_casualsuit06": (_TOP, _PANTS),
        "male_elegantsuit01": (_COAT, _PANTS),
        "male_worksuit01": (_PANTS, _TOP),
    }
)
"""What the connected pieces of each outfit are, by eye, from the one of most faces to the one of fewest.

Further ones (buttons, buckles) belong to the first. `male_casualsuit01` is left out: its shirt and trousers are one
piece and its texture is not in the folder.
"""


@dataclass(frozen=True, slots=True)
class Outfit:
    """One of them.

    Attributes:
        name: A key of `PIECES`.
        colors: The colour of each kind of garment in it, in the order in which `parts_of` names them.
    """

    name: str
    colors: tuple[NamedColor, ...]

    def color_of(self, part: BodyPart) -> NamedColor:
        """The colour of that garment."""
        return self.colors[parts_of(self.name).index(part)]


def parts_of(name: str) -> tuple[BodyPart, ...]:
    """The kinds of garments in an outfit, each once."""
    return tuple(dict.fromkeys(PIECES[name]))


def outfits_for(sex: Sex) -> tuple[str, ...]:
    """Those that were modelled for women or for men."""
    return tuple(name for name in PIECES if name.startswith(f"{sex}_"))


def outfit_clothing(assets: Assets, outfit: Outfit) -> Clothing:
    """The outfit as it lies in the data folder."""
    return assets.clothing(f"clothes/{outfit.name}/{outfit.name}.mhclo")


def outfit_layers(assets: Assets, outfit: Outfit, body: Points) -> list[Layer]:
    """A layer for each kind of garment."""
    clothing = outfit_clothing(assets, outfit)
    pieces = np.array(PIECES[outfit.name], np.uint8)
    piece = _pieces(clothing)
    part = np.where(piece < len(pieces), pieces[np.minimum(piece, len(pieces) - 1)], pieces[0])
    whole = worn(clothing, assets, body, BodyPart.BACKGROUND, Paint((0, 0, 0)))
    return [
        _only(
            whole,
            np.asarray(part == kind),
            kind,
            _material(assets, clothing, part == kind, outfit.color_of(kind)),
        )
        for kind in parts_of(outfit.name)
    ]


def _pieces(clothing: Clothing) -> Indices:
    """The number of the connected piece that each face belongs to; the piece of most faces is 0."""
    faces, points = clothing.mesh.faces, len(clothing.anchors)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(points, points))
    count, piece_of_point = connected_components(graph, directed=False)
    piece = piece_of_point[faces[:, 0]]
    rank = np.empty(count, np.int32)
    rank[np.argsort(-np.bincount(piece, minlength=count), kind="stable")] = np.arange(count)
    return np.asarray(rank[piece], np.int32)


def _only(whole: Layer, chosen: Flags, kind: BodyPart, material: Material) -> Layer:
    return Layer(
        points=whole.points,
        faces=whole.faces[chosen],
        weights=whole.weights,
        rest=whole.rest,
        field=whole.field,
        parts=np.full(int(chosen.sum()), kind, np.uint8),
        face_uvs=whole.face_uvs[chosen],
        material=material,
    )


def _material(assets: Assets, clothing: Clothing, chosen: Flags, color: NamedColor) -> Material:
    if clothing.texture is None:
        return Paint(linear(color.srgb), folds=0.3)
    texture = assets.texture(clothing.texture)
    seen, _ = texture.look_up(clothing.mesh.face_uvs[chosen].mean(1))
    return Picture(texture.recolored(linear(color.srgb), around=float(seen.mean())), folds=0.15)
