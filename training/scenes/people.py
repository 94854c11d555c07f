"""People: a build, clothes, hair and shoes, made into layers of triangles on one skeleton."""

from dataclasses import dataclass, replace

import numpy as np

from domain.labels import SHOES, BodyPart
from training.scenes.arrays import Flags, Points, Scalars
from training.scenes.assets import Assets
from training.scenes.bags import bag_layers
from training.scenes.body import shoe_parts
from training.scenes.dressing import draped, recolored, worn
from training.scenes.garments import Sheet, cut
from training.scenes.headwear import hat_field, hat_layers, scarf, sunglasses
from training.scenes.layers import Cloth, Layer
from training.scenes.looks import Look
from training.scenes.mesh import Clothing
from training.scenes.outfits import outfit_clothing, outfit_layers
from training.scenes.poses import Stride, measure_stride
from training.scenes.rig import FittedSkeleton, Pose, Skeleton, Transforms, carry, skin
from training.scenes.skins import bare_layers

_MARGIN = 0.022  # a sheet hides what lies this far inside its edge, metres: enough that no gap shows at a hem
_SEATED = 0.7  # share of a point's weight on pelvis and upper thighs from which it is sat on
_TRAILING = (BodyPart.BAG, BodyPart.SKIRT, BodyPart.DRESS, BodyPart.COAT)  # may hang lower than the feet


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

    def moved(self, pose: Pose) -> list[Points]:
        """The points of each layer in that pose, with the lowest point of body, shoes and trousers at y = 0."""
        bones = self.rig.transforms(pose)
        moved = [self._carried(layer, bones) for layer in self.layers]
        standing = zip(self.layers, moved, strict=True)
        sole = min(float(points[:, 1].min()) for layer, points in standing if layer.parts[0] not in _TRAILING)
        return [points - np.array([0, sole, 0], np.float32) for points in moved]

    def _carried(self, layer: Layer, bones: Transforms) -> Points:
        if layer.hangs_from is None:
            return skin(layer.points, layer.weights, bones)
        head = self.rig.heads[layer.hangs_from]
        shift = carry(head, bones[layer.hangs_from]) - head
        return np.asarray(layer.points + shift, np.float32)

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
    layers += bare_layers(assets, look, body, _hidden(assets, look), _covered(assets, look))
    layers += _accessories(assets, look, body)
    return Person(
        look=look,
        skeleton=assets.skeleton,
        body=body,
        layers=tuple(trimmed for layer in layers if len((trimmed := layer.trimmed()).faces)),
        stride=measure_stride(assets.skeleton, body, look.gait),
        rig=assets.skeleton.fitted(body),
        idle=assets.standing_poses,
    )


def _clothes(assets: Assets, look: Look, body: Points) -> list[Layer]:
    rest = assets.base.points
    worn_sheets = [cut(garment, rest) for garment in look.garments]
    layers = [] if look.outfit is None else outfit_layers(assets, look.outfit, body)
    for number, garment in enumerate(look.garments):
        above = sum(worn_sheets[number + 1 :], ())
        for sheet in worn_sheets[number]:
            seen = replace(sheet, field=_below(sheet, above))
            layers.append(draped(assets, body, seen, garment.part, Cloth(garment.fabric)))
    return layers


def _below(sheet: Sheet, above: tuple[Sheet, ...]) -> Scalars:
    """The field of a sheet without what wider garments above it hide; two sheets so close would shine through."""
    field = sheet.field
    for outer in above:
        if outer.distance.max() >= sheet.distance.max():
            field = np.minimum(field, 2 * _MARGIN - outer.field)
    return field


def _shoes(assets: Assets, look: Look, body: Points) -> Layer:
    pair = _pair(assets, look)
    layer = worn(pair, assets, body, BodyPart.SHOE, recolored(assets, pair, look.shoe_color.srgb))
    return replace(layer, parts=shoe_parts(layer.faces, layer.points))


def _pair(assets: Assets, look: Look) -> Clothing:
    return assets.clothing(f"clothes/shoes{look.shoes:02}/shoes{look.shoes:02}.mhclo")


def _hair(assets: Assets, look: Look, body: Points) -> list[Layer]:
    """Hair; a hat presses flat what is under it."""
    if look.hair == "none":
        return []
    hair = assets.clothing(f"hair/{look.hair}/{look.hair}.mhclo")
    layer = worn(hair, assets, body, BodyPart.HAIR, recolored(assets, hair, look.hair_color))
    if look.hat is None:
        return [layer]
    at_rest = hair.fit(assets.base.points)
    return [replace(layer, field=np.asarray(-hat_field(look.hat, at_rest) + 0.004, np.float32))]


def _accessories(assets: Assets, look: Look, body: Points) -> list[Layer]:
    layers = [] if look.hat is None else hat_layers(assets, look.hat, body)
    if look.bag is not None:
        layers += bag_layers(assets, look.bag, body)
    if look.extras.scarf is not None:
        layers.append(scarf(assets, body, look.extras.scarf))
    if look.extras.sunglasses:
        layers += sunglasses(assets, body)
    return layers


def _covered(assets: Assets, look: Look) -> Scalars:
    """Over the points of the base mesh: positive where a garment lies close over the skin; skirts stand off and hide nothing."""
    covered = np.full(len(assets.base.points), -1.0, np.float32)
    for garment in look.garments:
        for sheet in cut(garment, assets.base.points):
            if sheet.helper == "helper-tights":
                covered = np.maximum(covered, sheet.field)
    return covered


def _hidden(assets: Assets, look: Look) -> Flags:
    hidden = np.zeros(len(assets.base.points), np.bool_)
    hidden[_pair(assets, look).hides] = True
    if look.outfit is not None:
        hidden[outfit_clothing(assets, look.outfit).hides] = True
    return hidden
