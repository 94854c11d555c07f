"""The bare body: its skin, its eyes and brows, and the scalp beneath the hair.

Skin is painted here: MakeHuman's pictures of skins are not plainly CC0 (`TEXTURES.tsv` of the data folder).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from domain.labels import BodyPart
from training.scenes.arrays import Flags, LinearRgb, Points, Scalars, Uv
from training.scenes.assets import Assets
from training.scenes.body import Ancestry, body_parts, hands, scalp
from training.scenes.dressing import linear, recolored, worn
from training.scenes.fabrics import Srgb, smooth_noise
from training.scenes.layers import Layer, Material, Paint
from training.scenes.looks import Look, SkinTone

_USUAL: Mapping[Ancestry, Srgb] = MappingProxyType(
    {"african": (118, 78, 56), "asian": (222, 182, 150), "caucasian": (230, 190, 166)}
)
"""The tone of somebody of whom no other is asked for."""

TONES: Mapping[SkinTone, Srgb] = MappingProxyType(
    {
        "pale": (238, 206, 188),
        "light": (230, 190, 166),
        "olive": (214, 172, 138),
        "tan": (180, 132, 98),
        "brown": (128, 86, 62),
        "dark": (78, 52, 40),
    }
)

_FACE_AHEAD = 0.1  # z of the face on the base body, metres
_MARGIN = 0.022  # a sheet hides what lies this far inside its edge, metres: enough that no gap shows at a hem
_THROAT = 0.57  # height on the base body above which clothes never hide skin


@dataclass(frozen=True, slots=True)
class Skin:
    """Skin as a material, with lips and flushed cheeks.

    Attributes:
        color: Linear red, green, blue.
        mottle: How uneven it is; more in the old.
        seed: Of the unevenness.
    """

    color: tuple[float, float, float]
    mottle: float = 0.06
    seed: int = 5
    folds: float = 0.0

    def look(self, rest: Points, uv: Uv) -> tuple[LinearRgb, Flags]:
        """Opaque everywhere."""
        x, y, z = rest.T
        shade = 1 + self.mottle * smooth_noise(rest, 15, self.seed)
        lips = np.clip(2 - np.hypot(x / 0.02, (y - 0.634) / 0.008), 0, 1) * (z > _FACE_AHEAD)
        flush = np.clip(2 - np.hypot((np.abs(x) - 0.042) / 0.016, (y - 0.675) / 0.016), 0, 1) * (z > 0.08)
        redder = 1 - (0.35 * lips + 0.12 * flush)[:, None] * np.array([0.35, 1, 0.8], np.float32)
        color = np.array(self.color, np.float32) * shade[:, None] * redder
        return np.asarray(color, np.float32), np.ones(len(uv), np.bool_)


def bare_layers(assets: Assets, look: Look, body: Points, hidden: Flags, covered: Scalars) -> list[Layer]:
    """Skin where nothing is worn, gloves, the roots of the hair, brows and eyes.

    Args:
        assets: The data folder.
        look: Whose.
        body: The base mesh in this person's shape.
        hidden: Over its points: covered by something modelled on it.
        covered: Over its points: positive under cloth, metres from its edge.
    """
    base = assets.base
    chosen = base.in_group("body")
    chosen[chosen] = ~hidden[base.faces[chosen]].all(1)
    hairy = chosen & scalp(base.points, base.faces) if look.hair != "none" else np.zeros_like(chosen)
    gloved = chosen & hands(assets.skeleton, base.faces) if look.extras.gloves else np.zeros_like(chosen)
    field = np.minimum(1.0, _MARGIN - np.minimum(covered, _THROAT - base.points[:, 1])).astype(np.float32)
    layers = [_body_layer(assets, body, chosen & ~hairy & ~gloved, field, _skin(look))]
    if hairy.any():
        roots = _body_layer(assets, body, hairy, field, Paint(linear(look.hair_color), mottle=0.1))
        layers.append(replace(roots, parts=np.full(len(roots.faces), BodyPart.HAIR, np.uint8)))
    if look.extras.gloves is not None:
        gloves = _body_layer(assets, body, gloved, field, Paint(linear(look.extras.gloves.srgb)))
        layers.append(replace(gloves, parts=np.full(len(gloves.faces), BodyPart.GLOVES, np.uint8)))
    return [_eyebrows(assets, look, body), _eyes(assets, body), *layers]


def _skin(look: Look) -> Material:
    if look.skin is None:
        red, green, blue = (channel * look.build.tan for channel in linear(_USUAL[look.build.ancestry]))
        return Paint((red, green, blue), mottle=0.06)
    red, green, blue = (channel * look.build.tan for channel in linear(TONES[look.skin]))
    return Skin((red, green, blue), mottle=0.1 if look.build.age == "old" else 0.05)


def _eyebrows(assets: Assets, look: Look, body: Points) -> Layer:
    brows = assets.clothing("eyebrows/eyebrow002/eyebrow002.mhclo")
    return worn(brows, assets, body, BodyPart.FACE, recolored(assets, brows, look.hair_color))


def _eyes(assets: Assets, body: Points) -> Layer:
    eyes = assets.clothing("../../makehuman/data/eyes/low-poly/low-poly.mhclo")
    return worn(eyes, assets, body, BodyPart.FACE, Paint((0.2, 0.18, 0.17)))


def _body_layer(assets: Assets, body: Points, chosen: Flags, field: Scalars, material: Material) -> Layer:
    faces = assets.base.faces[chosen]
    return Layer(
        points=body,
        faces=faces,
        weights=assets.skeleton.weights,
        rest=assets.base.points,
        field=field,
        parts=body_parts(assets.skeleton, faces),
        face_uvs=assets.base.face_uvs[chosen],
        material=material,
    )
