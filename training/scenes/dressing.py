"""How things that are worn become layers on a body."""

import numpy as np

from domain.labels import BodyPart
from training.scenes.arrays import Points, Scalars, srgb_to_linear
from training.scenes.assets import Assets
from training.scenes.fabrics import Srgb
from training.scenes.garments import Helper, Sheet, drape
from training.scenes.layers import Layer, Material, Paint, Picture
from training.scenes.mesh import Clothing


def worn(clothing: Clothing, assets: Assets, body: Points, part: BodyPart, material: Material) -> Layer:
    """Something modelled on the base body, fitted to this one."""
    points = clothing.fit(body)
    return Layer(
        points=points,
        faces=clothing.mesh.faces,
        weights=clothing.fit_weights(assets.skeleton.weights),
        rest=points,
        field=np.ones(len(points), np.float32),
        parts=np.full(len(clothing.mesh.faces), part, np.uint8),
        face_uvs=clothing.mesh.face_uvs,
        material=material,
    )


def draped(assets: Assets, body: Points, sheet: Sheet, part: BodyPart, material: Material) -> Layer:
    """A piece of the base mesh, laid over this body."""
    chosen = assets.base.in_group(sheet.helper)
    faces = assets.base.faces[chosen]
    return Layer(
        points=drape(body, faces, sheet.distance),
        faces=faces,
        weights=assets.skeleton.weights,
        rest=assets.base.points,
        field=sheet.field,
        parts=np.full(len(faces), part, np.uint8),
        face_uvs=assets.base.face_uvs[chosen],
        material=material,
    )


def sheet(helper: Helper, distance: float, *fields: Scalars) -> Sheet:
    """A sheet that lies everywhere equally far from the skin, where all of these fields are positive."""
    field = np.minimum.reduce(fields).astype(np.float32)
    return Sheet(helper, field, np.full(len(field), distance, np.float32))


def recolored(assets: Assets, clothing: Clothing, color: Srgb) -> Material:
    """Its texture in another colour, or that colour alone where it has none."""
    if clothing.texture is None:
        return Paint(linear(color))
    return Picture(assets.texture(clothing.texture).recolored(linear(color)))


def linear(color: Srgb) -> tuple[float, float, float]:
    """Red, green and blue, proportional to light."""
    red, green, blue = srgb_to_linear(np.array(color, np.float32) / 255)
    return float(red), float(green), float(blue)
