"""Shops and halls with walls and windows, and streets with a few things in them, put up around a camera."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.scenes.arrays import LinearRgb, Points, Scalars, rotation_y, srgb_to_linear
from training.scenes.assets import Texture
from training.scenes.camera import Camera
from training.scenes.furniture import bench, chair, parcels, pillar, rail, shelf, sign, table, trolley
from training.scenes.lighting import Lighting, Rgb
from training.scenes.panoramas import Panorama, panorama_names, read_panorama
from training.scenes.places import LightName, Place, exposed
from training.scenes.supplies import Supplies
from training.scenes.things import Rng, Thing, Yard, pick
from training.scenes.walls import Bounds, floor, put_walls, walls_around

_MOST_SHELVES = 60  # in the aisles of one hall: more takes seconds to draw
_CLEAR = 1.3  # metres around the camera in which nothing stands
_FLOORS = (
    (184, 180, 172),
    (120, 118, 116),
    (92, 94, 98),
    (168, 140, 108),
    (128, 92, 66),
    (206, 204, 200),
    (96, 60, 56),
)
_PAVINGS = ((122, 120, 118), (88, 88, 90), (150, 142, 132), (132, 104, 92), (70, 70, 72))
_ABROAD = (
    "dikhololo_night_1k",
    "autumn_field_puresky_1k",
    "moonless_golf_1k",
    "rogland_clear_night_1k",
    "spruit_sunrise_1k",
)
"""Panoramas of open country: a street is paved there."""


@dataclass(frozen=True, slots=True, eq=False)
class _Indoors:
    """Ceiling and what is seen through the windows.

    Attributes:
        ceiling: Height, metres.
        color: Of the ceiling, linear.
        lamps: Light of the lamps in it, linear.
        outside: What is seen through windows.
    """

    ceiling: float
    color: Rgb
    lamps: float
    outside: Panorama

    def seen(self, origin: Points, directions: Points) -> tuple[LinearRgb, Scalars]:
        """The ceiling above, the panorama through the windows; no floor."""
        colors = self.outside.towards(directions)
        up = directions[:, 1] > 0.02
        away = (self.ceiling - origin[0, 1]) / np.maximum(directions[:, 1], 0.02)
        x, z = (origin + directions * away[:, None])[:, ::2].T
        lamp = (np.abs(x % 3.0 - 1.5) < 0.6) & (np.abs(z % 2.4 - 1.2) < 0.15)
        under = up & (away > 0) & (np.hypot(x, z) < 40)
        plain = np.array(self.color, np.float32)
        colors[under] = np.where(lamp[under, None], np.float32(self.lamps), plain)
        return colors, np.full(len(directions), np.inf, np.float32)


def room(camera: Camera, supplies: Supplies, posters: Sequence[Texture], rng: Rng) -> Place:
    """A shop, a hall or an office around that camera."""
    light = _pick_light(rng, ("day", "night", "backlight", "infrared"), (0.66, 0.12, 0.16, 0.06))
    names = panorama_names(held_out=supplies.held_out, peopled=light == "backlight")  # then it is blown out
    outside = read_panorama(pick(rng, names), float(rng.uniform(0, 2 * np.pi)))
    glare = {"backlight": rng.uniform(3, 8), "day": rng.uniform(0.6, 2.5)}.get(light, 0.05)
    outside = exposed(outside, camera, float(glare))
    bounds = walls_around(camera, rng)
    yard, ceiling = Yard(), max(camera.position[1] + 0.3, float(rng.uniform(2.6, 4.5)))
    put_walls(yard, bounds, ceiling, posters, rng, windows=0.9 if light == "backlight" else 0.3)
    _furnish(yard, camera, bounds, supplies.goods(), posters, rng)
    lighting = _indoor_light(rng, light, camera)
    color = srgb_to_linear(np.array([rng.uniform(120, 240)] * 3) / 255) * 0.6
    lamps = 1.5 if light != "night" else 0.3
    backdrop = _Indoors(ceiling, (float(color[0]),) * 3, lamps, outside)
    surfaces = [floor(bounds, _FLOORS, rng), *yard.surfaces()]
    return Place("room", outside.name, light, lighting, surfaces, backdrop, tuple(yard.spots), bounds)


def street(
    camera: Camera, supplies: Supplies, posters: Sequence[Texture], rng: Rng, yard: Yard | None = None
) -> Place:
    """A street or a square: a panorama's floor, or one paved anew, with a few things on it besides those of the yard."""
    names = panorama_names(held_out=supplies.held_out, peopled=False)
    name = pick(rng, names)
    radius = float(rng.uniform(22, 45))
    found = exposed(
        read_panorama(name, float(rng.uniform(0, 2 * np.pi)), radius), camera, float(rng.uniform(0.35, 0.9))
    )
    night = "night" in name and name != "dikhololo_night_1k"
    light: LightName = "night" if night else _pick_light(rng, ("day", "sun", "dusk"), (0.5, 0.3, 0.2))
    lighting = _tamed(found.lighting(), rng, light)
    yard = yard or Yard()
    extent = min(radius * 0.7, 20.0)
    makers: list[Callable[[], Thing]] = [
        lambda: bench(rng),
        lambda: parcels(rng),
        lambda: pillar(rng),
        lambda: sign(rng, posters),
        lambda: table(rng),
        lambda: trolley(rng),
        lambda: chair(rng),
    ]
    _scatter(yard, camera, (-extent, -extent, extent, extent), makers, int(rng.integers(0, 14)), rng)
    surfaces = yard.surfaces()
    if name in _ABROAD or rng.random() < 0.35:
        surfaces.append(floor((-radius, -radius, radius, radius), _PAVINGS, rng))
    return Place("street", name, light, lighting, surfaces, found, tuple(yard.spots))


def _pick_light(rng: Rng, names: Sequence[LightName], shares: Sequence[float]) -> LightName:
    return names[int(rng.choice(len(names), p=shares))]


def _tamed(light: Lighting, rng: Rng, name: LightName) -> Lighting:
    """Light of a panorama with a sheet no brighter than a camera would expose for, and perhaps a sun or a lamp of one's own."""
    key, above, below = (np.array(part) for part in (light.key, light.above, light.below))
    key = 0.5 * key + 0.5 * key.mean()
    towards, spread = light.towards_key, light.spread
    if name == "sun":
        key, spread = np.array([1.0, 0.95, 0.86]) * above.mean() * rng.uniform(1.5, 4), 0.02
        towards = (float(rng.normal(0, 1)), float(rng.uniform(0.5, 1.5)), float(rng.normal(0, 1)))
    elif name == "dusk":
        key = key * np.array([1.15, 1.0, 0.85])
    total = float((key + above).mean())
    scale = float(np.clip(total, rng.uniform(0.25, 0.6), rng.uniform(0.8, 1.3)) / max(total, 1e-6))
    return Lighting(towards, _rgb(key * scale), spread, _rgb(above * scale), _rgb(below * scale), 1.5)


def _indoor_light(rng: Rng, name: LightName, camera: Camera) -> Lighting:
    warm = rng.uniform(-0.12, 0.12)
    tint = np.array([1 + warm, 1.0, 1 - warm])
    level = {"night": rng.uniform(0.06, 0.25), "backlight": rng.uniform(0.2, 0.5)}.get(
        name, rng.uniform(0.6, 1.1)
    )
    share = rng.uniform(0.3, 0.7)
    towards = (float(rng.normal(0, 0.35)), 1.0, float(rng.normal(0, 0.35)))
    if name == "infrared":  # lamps around the lens
        tint, share = np.ones(3), 0.85
        towards = (camera.position[0], camera.position[1], camera.position[2])
    key, above = level * share * tint, level * (1 - share) * tint
    return Lighting(towards, _rgb(key), float(rng.uniform(0.1, 0.4)), _rgb(above), _rgb(above * 0.6), 0.9)


def _rgb(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> Rgb:
    return float(values[0]), float(values[1]), float(values[2])


def _furnish(
    yard: Yard, camera: Camera, bounds: Bounds, goods: Sequence[Texture], posters: Sequence[Texture], rng: Rng
) -> None:
    style = rng.random()
    shop = style < 0.65
    if shop or rng.random() < 0.4:
        _along_walls(yard, camera, bounds, goods, rng)
    if shop and rng.random() < 0.5:
        _aisles(yard, camera, bounds, goods, rng)
    makers: list[Callable[[], Thing]] = [lambda: table(rng), lambda: parcels(rng), lambda: sign(rng, posters)]
    if shop:
        makers += [
            lambda: rail(rng),
            lambda: rail(rng),
            lambda: trolley(rng),
            lambda: shelf(rng, goods),
            lambda: pillar(rng),
        ]
    else:
        makers += [
            lambda: chair(rng),
            lambda: chair(rng),
            lambda: table(rng),
            lambda: pillar(rng),
            lambda: bench(rng),
        ]
    area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    _scatter(yard, camera, bounds, makers, int(min(26, area * rng.uniform(0.0, 0.07))), rng)


def _along_walls(yard: Yard, camera: Camera, bounds: Bounds, goods: Sequence[Texture], rng: Rng) -> None:
    left, back, right, front = bounds
    corners = (
        (0.0, (left, back), right - left),
        (np.pi, (right, front), right - left),
        (np.pi / 2, (left, front), front - back),
        (-np.pi / 2, (right, back), front - back),
    )
    for heading, corner, length in corners:
        along = float(rng.uniform(0.1, 1.5))
        while along < length - 0.5 and rng.random() < 0.93:
            thing = rail(rng) if rng.random() < 0.2 else shelf(rng, goods)
            offset = rotation_y(heading) @ np.array([along + thing.width / 2, 0, thing.depth / 2 + 0.05])
            if along + thing.width < length:
                put_if_clear(
                    yard, camera, thing, (corner[0] + float(offset[0]), corner[1] + float(offset[2]), heading)
                )
            along += thing.width + (0.02 if rng.random() < 0.7 else float(rng.uniform(0.5, 3)))


def _aisles(yard: Yard, camera: Camera, bounds: Bounds, goods: Sequence[Texture], rng: Rng) -> None:
    left, back, right, front = bounds
    gap = float(rng.uniform(1.6, 2.8))
    shelves = 0
    for x in np.arange(left + 2.0, right - 1.5, gap + 1.0):
        z = back + float(rng.uniform(1.5, 2.5))
        while z < front - 2.5 and shelves < _MOST_SHELVES:
            thing = shelf(rng, goods)
            shelves += 2
            for side in (-1, 1):
                spot = (float(x) + side * thing.depth / 2, z + thing.width / 2, side * np.pi / 2)
                put_if_clear(yard, camera, thing, spot)
            z += thing.width + (0.02 if rng.random() < 0.85 else 1.5)


def _scatter(
    yard: Yard, camera: Camera, bounds: Bounds, makers: Sequence[Callable[[], Thing]], count: int, rng: Rng
) -> None:
    left, back, right, front = bounds
    square = float(rng.uniform(0, np.pi))  # most things stand in line with each other
    for _ in range(count):
        thing = pick(rng, makers)()
        heading = square + np.pi / 2 * int(rng.integers(4)) + float(rng.normal(0, 0.08))
        x, z = float(rng.uniform(left + 0.8, right - 0.8)), float(rng.uniform(back + 0.8, front - 0.8))
        put_if_clear(yard, camera, thing, (x, z, heading))


def put_if_clear(yard: Yard, camera: Camera, thing: Thing, where: tuple[float, float, float]) -> None:
    """Put a thing at x, z with a heading, unless it would stand in another or before the lens."""
    x, z, heading = where
    clear = np.hypot(x - camera.position[0], z - camera.position[2]) > _CLEAR + thing.width / 2
    if clear and yard.free(x, z, thing.width, thing.depth, heading):
        yard.put(thing, x, z, heading)
