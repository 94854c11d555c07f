"""The bare body: its skin, its eyes and brows, and the scalp beneath the hair."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from domain.labels import BodyPart
from training.scenes.arrays import Flags, LinearRgb, Points, Scalars
from training.scenes.assets import Assets
from training.scenes.body import Age, Ancestry, Sex, body_parts, hands, scalp
from training.scenes.dressing import linear, recolored, worn
from training.scenes.fabrics import Srgb
from training.scenes.layers import Layer, Material, Paint, Picture
from training.scenes.looks import Look

TONES: Mapping[Ancestry, Srgb] = MappingProxyType(
    {"african": (118, 78, 56), "asian": (222, 182, 150), "caucasian": (230, 190, 166)}
)
"""The even tone of each ancestry; a texture is brought to it in the mean, so that the tone stays known."""

_DARK_YOUNG, _DARK_MIDDLE, _DARK_OLD = (f"{age}_darkskinned" for age in ("young", "middleage", "old"))
_LIGHT_YOUNG, _LIGHT_MIDDLE, _LIGHT_OLD = (f"{age}_lightskinned" for age in ("young", "middleage", "old"))

_TEXTURES: Mapping[tuple[bool, Sex, bool], tuple[str, ...]] = MappingProxyType(
    {
        (True, "female", False): (f"{_DARK_MIDDLE}_female_diffuse",),
        (True, "female", True): (f"{_DARK_OLD}_female_diffuse",),
        (True, "male", False): (f"{_DARK_YOUNG}_male_diffuse", f"{_DARK_MIDDLE}_male_diffuse"),
        (True, "male", True): (f"{_DARK_OLD}_male_diffuse",),
        (False, "female", False): (
            f"{_LIGHT_YOUNG}_female_diffuse2",
            f"{_LIGHT_YOUNG}_female_diffuse3",
            f"{_LIGHT_MIDDLE}_female_diffuse2",
        ),
        (False, "female", True): (f"{_LIGHT_MIDDLE}_female_diffuse2",),
        (False, "male", False): (
            f"{_LIGHT_YOUNG}_male_diffuse",
            f"{_LIGHT_YOUNG}_male_diffuse2",
            f"{_LIGHT_YOUNG}_male_diffuse3",
            f"{_LIGHT_MIDDLE}_male_diffuse",
        ),
        (False, "male", True): (f"{_LIGHT_OLD}_male_diffuse2", f"{_LIGHT_MIDDLE}_male_diffuse2"),
    }
)

_MARGIN = 0.022  # a sheet hides what lies this far inside its edge, metres: enough that no gap shows at a hem
_THROAT = 0.57  # height on the base body above which clothes never hide skin


def skins_for(ancestry: Ancestry, sex: Sex, age: Age) -> tuple[str, ...]:
    """Textures that suit such a body, dark or light, by the names of their files."""
    return _TEXTURES[ancestry == "african", sex, age == "old"]


def all_skins() -> tuple[str, ...]:
    """Every texture."""
    return tuple(dict.fromkeys(name for names in _TEXTURES.values() for name in names))


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
    layers = [_body_layer(assets, body, chosen & ~hairy & ~gloved, field, _skin(assets, look))]
    if hairy.any():
        roots = _body_layer(assets, body, hairy, field, Paint(linear(look.hair_color), mottle=0.1))
        layers.append(replace(roots, parts=np.full(len(roots.faces), BodyPart.HAIR, np.uint8)))
    if look.extras.gloves is not None:
        gloves = _body_layer(assets, body, gloved, field, Paint(linear(look.extras.gloves.srgb)))
        layers.append(replace(gloves, parts=np.full(len(gloves.faces), BodyPart.GLOVES, np.uint8)))
    return [_eyebrows(assets, look, body), _eyes(assets, body), *layers]


def _skin(assets: Assets, look: Look) -> Material:
    tone = linear(TONES[look.build.ancestry])
    red, green, blue = (channel * look.build.tan for channel in tone)
    if look.skin is None:
        return Paint((red, green, blue), mottle=0.06)
    usual = _usual(assets, look.skin)
    tint = np.array([red, green, blue]) / np.maximum(usual, 1e-3)
    texture = assets.texture(_file(assets, look.skin))
    return Picture(texture, (float(tint[0]), float(tint[1]), float(tint[2])))


@lru_cache(maxsize=32)
def _usual(assets: Assets, skin: str) -> LinearRgb:
    """The mean colour of a texture where the body's faces lie, shape (3,)."""
    base = assets.base
    uv = base.face_uvs[base.in_group("body")].mean(1)
    return np.asarray(assets.texture(_file(assets, skin)).look_up(uv)[0].mean(0), np.float32)


def _file(assets: Assets, skin: str) -> Path:
    return assets.root / f"assets/base/skins/textures/{skin}.older.png"


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
