"""People: a build, an outfit, hair and shoes, made into layers of triangles on one skeleton."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from domain.labels import SHOES, BodyPart
from training.scenes.arrays import Flags, Points, Scalars, srgb_to_linear
from training.scenes.assets import Assets
from training.scenes.body import Ancestry, Build, body_parts, scalp, shoe_parts
from training.scenes.fabrics import BLACK, NamedColor, Srgb
from training.scenes.garments import Garment, Sheet, cut, drape
from training.scenes.layers import Cloth, Layer, Material, Paint, Picture
from training.scenes.mesh import Clothing
from training.scenes.poses import USUAL_GAIT, Gait, Stride, measure_stride
from training.scenes.rig import FittedSkeleton, Pose, Skeleton, skin

HairStyle = Literal[
    "none", "short01", "short02", "short03", "short04", "bob02", "braid01", "long01", "ponytail01"
]

BROWN_HAIR: Srgb = (62, 42, 30)
_SKIN: dict[Ancestry, Srgb] = {
    "african": (118, 78, 56),
    "asian": (222, 182, 150),
    "caucasian": (230, 190, 166),
}
_MARGIN = 0.022  # a sheet hides what lies this far inside its edge, metres: enough that no gap shows at a hem
_SEATED = 0.7  # share of a point's weight on pelvis and upper thighs from which it is sat on
_THROAT = 0.57  # height on the base body above which clothes never hide skin


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
    """

    build: Build
    garments: tuple[Garment, ...]
    hair: HairStyle = "short02"
    hair_color: Srgb = BROWN_HAIR
    shoes: int = 2
    shoe_color: NamedColor = BLACK
    gait: Gait = USUAL_GAIT


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody, ready to be posed.

    Attributes:
        look: As asked for.
        skeleton: The rig.
        body: Shape (N, 3) float32: the base mesh in this person's shape.
        layers: Everything that is drawn.
        stride: How far this person has come at each phase of the walk.
        rig: The skeleton inside this body.
        idle: Poses of people who stand at ease, fit for any body.
    """

    look: Look
    skeleton: Skeleton
    body: Points
    layers: tuple[Layer, ...]
    stride: Stride
    rig: FittedSkeleton
    idle: tuple[Pose, ...]

    @property
    def height(self) -> float:
        """Without shoes, metres."""
        return float(np.ptp(self.body[:, 1]))

    def sole(self, pose: Pose) -> float:
        """Height of the lowest point of the shoes in that pose, in the axes of the rest pose, metres."""
        bones = self.rig.transforms(pose)
        shoes = (layer for layer in self.layers if layer.parts[0] in SHOES)
        return min(float(skin(layer.points, layer.weights, bones)[:, 1].min()) for layer in shoes)

    def seat(self, pose: Pose) -> float:
        """Height of the lowest point of the buttocks in that pose, in the axes of the rest pose, metres."""
        names = ("pelvis.L", "pelvis.R", "upperleg01.L", "upperleg01.R")
        weights = self.skeleton.weights
        chosen = weights[:, [self.skeleton.index(name) for name in names]].sum(1) > _SEATED
        return float(skin(self.body[chosen], weights[chosen], self.rig.transforms(pose))[:, 1].min())


def make_person(assets: Assets, look: Look) -> Person:
    """Build somebody.

    Raises:
        SourceError: An asset is not there.
    """
    body = assets.morph(look.build.targets())
    layers = [*_clothes(assets, look, body), _shoes(assets, look, body), *_hair(assets, look, body)]
    layers += [_eyebrows(assets, look, body), _eyes(assets, body), *_skin(assets, look, body)]
    return Person(
        look=look,
        skeleton=assets.skeleton,
        body=body,
        layers=tuple(layer.trimmed() for layer in layers),
        stride=measure_stride(assets.skeleton, body, look.gait),
        rig=assets.skeleton.fitted(body),
        idle=assets.standing_poses,
    )


def _clothes(assets: Assets, look: Look, body: Points) -> list[Layer]:
    rest = assets.base.points
    worn = [cut(garment, rest) for garment in look.garments]
    return [
        _garment_layer(
            assets, body, garment, replace(sheet, field=_below(sheet, sum(worn[number + 1 :], ())))
        )
        for number, garment in enumerate(look.garments)
        for sheet in worn[number]
    ]


def _below(sheet: Sheet, above: tuple[Sheet, ...]) -> Scalars:
    """The field of a sheet without what wider garments above it hide; two sheets so close would shine through."""
    field = sheet.field
    for outer in above:
        if outer.distance.max() >= sheet.distance.max():
            field = np.minimum(field, 2 * _MARGIN - outer.field)
    return field


def _garment_layer(assets: Assets, body: Points, garment: Garment, sheet: Sheet) -> Layer:
    chosen = assets.base.in_group(sheet.helper)
    faces = assets.base.faces[chosen]
    return Layer(
        points=drape(body, faces, sheet.distance),
        faces=faces,
        weights=assets.skeleton.weights,
        rest=assets.base.points,
        field=sheet.field,
        parts=np.full(len(faces), garment.part, np.uint8),
        face_uvs=assets.base.face_uvs[chosen],
        material=Cloth(garment.fabric),
    )


def _worn(clothing: Clothing, assets: Assets, body: Points, part: BodyPart, material: Material) -> Layer:
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


def _shoes(assets: Assets, look: Look, body: Points) -> Layer:
    pair = _pair(assets, look)
    material = _recolored(assets, pair, look.shoe_color.srgb)
    layer = _worn(pair, assets, body, BodyPart.SHOE, material)
    return replace(layer, parts=shoe_parts(layer.faces, layer.points))


def _pair(assets: Assets, look: Look) -> Clothing:
    return assets.clothing(f"clothes/shoes{look.shoes:02}/shoes{look.shoes:02}.mhclo")


def _hair(assets: Assets, look: Look, body: Points) -> list[Layer]:
    if look.hair == "none":
        return []
    hair = assets.clothing(f"hair/{look.hair}/{look.hair}.mhclo")
    return [_worn(hair, assets, body, BodyPart.HAIR, _recolored(assets, hair, look.hair_color))]


def _eyebrows(assets: Assets, look: Look, body: Points) -> Layer:
    brows = assets.clothing("eyebrows/eyebrow002/eyebrow002.mhclo")
    return _worn(brows, assets, body, BodyPart.FACE, _recolored(assets, brows, look.hair_color))


def _eyes(assets: Assets, body: Points) -> Layer:
    eyes = assets.clothing("../../makehuman/data/eyes/low-poly/low-poly.mhclo")
    return _worn(eyes, assets, body, BodyPart.FACE, Paint((0.2, 0.18, 0.17)))


def _recolored(assets: Assets, clothing: Clothing, color: Srgb) -> Material:
    linear = _linear(color)
    if clothing.texture is None:
        return Paint(linear)
    return Picture(assets.texture(clothing.texture).recolored(linear))


def _skin(assets: Assets, look: Look, body: Points) -> list[Layer]:
    """The bare body, and the scalp under the hair, so that no skin shines through it."""
    base = assets.base
    chosen = base.in_group("body")
    chosen[chosen] = ~_hidden(assets, look)[base.faces[chosen]].all(1)
    hairy = chosen & scalp(base.points, base.faces) if look.hair != "none" else np.zeros_like(chosen)
    tone = tuple(channel * look.build.tan for channel in _linear(_SKIN[look.build.ancestry]))
    bare = Paint((tone[0], tone[1], tone[2]), mottle=0.06)
    skin_layer = _body_layer(assets, look, body, chosen & ~hairy, bare)
    if not hairy.any():
        return [skin_layer]
    roots = _body_layer(assets, look, body, hairy, Paint(_linear(look.hair_color), mottle=0.1))
    return [skin_layer, replace(roots, parts=np.full(len(roots.faces), BodyPart.HAIR, np.uint8))]


def _body_layer(assets: Assets, look: Look, body: Points, chosen: Flags, material: Material) -> Layer:
    faces = assets.base.faces[chosen]
    return Layer(
        points=body,
        faces=faces,
        weights=assets.skeleton.weights,
        rest=assets.base.points,
        field=_bare(assets, look),
        parts=body_parts(assets.skeleton, faces),
        face_uvs=assets.base.face_uvs[chosen],
        material=material,
    )


def _bare(assets: Assets, look: Look) -> Scalars:
    """Positive where no garment lies close over the skin; skirts stand off and hide nothing."""
    rest = assets.base.points
    field = np.ones(len(rest), np.float32)
    for garment in look.garments:
        for sheet in cut(garment, rest):
            if sheet.helper == "helper-tights":
                covered = np.minimum(sheet.field, _THROAT - rest[:, 1])
                field = np.minimum(field, _MARGIN - covered)
    return field


def _hidden(assets: Assets, look: Look) -> Flags:
    hidden = np.zeros(len(assets.base.points), np.bool_)
    hidden[_pair(assets, look).hides] = True
    return hidden


def _linear(color: Srgb) -> tuple[float, float, float]:
    red, green, blue = srgb_to_linear(np.array(color, np.float32) / 255)
    return float(red), float(green), float(blue)
