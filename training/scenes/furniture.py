"""Things of shops and streets: shelves full of goods, rails of clothes, tables, chairs, trolleys, signs, benches."""

from collections.abc import Sequence

import numpy as np

from training.scenes.assets import Texture
from training.scenes.fabrics import PALETTE, Srgb
from training.scenes.postures import Prop
from training.scenes.things import Board, Corner, Rng, Thing, pick

_PACKED = tuple(shade for shades in PALETTE.values() for shade in shades)
_METAL: Srgb = (150, 152, 156)
_WOODS: tuple[Srgb, ...] = ((196, 190, 180), (150, 112, 76), (92, 66, 46), (224, 222, 216), (60, 60, 64))


def any_color(rng: Rng) -> Srgb:
    """As of goods, cloth and walls: the named colours and everything between."""
    first, second = (np.array(pick(rng, _PACKED), np.float64) for _ in range(2))
    mixed = first + (second - first) * rng.uniform(0, 0.5)
    return int(mixed[0]), int(mixed[1]), int(mixed[2])


def shelf(rng: Rng, photographs: Sequence[Texture]) -> Thing:
    """A shelf of goods with boards; some have a photograph of goods as their front."""
    width, depth, height = rng.uniform(0.9, 3.2), rng.uniform(0.35, 0.6), rng.uniform(1.2, 2.2)
    wood = pick(rng, _WOODS)
    thing = Thing(width=width, depth=depth)
    half, front, back = width / 2, depth / 2, -depth / 2
    thing.box((-half, 0, back), (half, height, back + 0.03), wood)
    for side in (-half, half - 0.03):
        thing.box((side, 0, back), (side + 0.03, height, front), wood)
    rows = int(rng.integers(3, 6))
    step = (height - 0.12) / rows
    for row in range(rows):
        bottom = 0.12 + row * step
        thing.box((-half, bottom - 0.03, back), (half, bottom, front), wood)
        if photographs and rng.random() < 0.5:
            picture = pick(rng, photographs)
            face = front - 0.06
            corners = tuple(
                (x, y, face)
                for x, y in (
                    (-half, bottom),
                    (half, bottom),
                    (half, bottom + step - 0.08),
                    (-half, bottom + step - 0.08),
                )
            )
            thing.boards.append(Board((corners[0], corners[1], corners[2], corners[3]), picture))
        else:
            _goods(rng, thing, (-half + 0.04, bottom, back), (half - 0.04, step - 0.05, front))
    return thing


def _goods(rng: Rng, thing: Thing, start: Corner, limits: Corner) -> None:
    x, bottom, back = start
    right, room, front = limits
    while x < right - 0.07:
        wide, tall = rng.uniform(0.06, 0.24), rng.uniform(0.35, 0.95) * room
        color, gap = any_color(rng), rng.uniform(0.02, 0.12)
        for _ in range(int(rng.integers(1, 6))):
            if x + wide > right:
                break
            thing.box((x, bottom, back + 0.04), (x + wide - 0.01, bottom + tall, front - gap), color)
            x += wide
        x += rng.uniform(0.005, 0.06)


def rail(rng: Rng) -> Thing:
    """A rail of clothes, hanging side by side."""
    width, height = rng.uniform(0.8, 2.2), rng.uniform(1.25, 1.6)
    thing = Thing(width=width, depth=0.55)
    half = width / 2
    for x in (-half, half - 0.03):
        thing.box((x, 0, -0.02), (x + 0.03, height, 0.02), _METAL)
        thing.box((x, 0, -0.25), (x + 0.03, 0.03, 0.25), _METAL)
    thing.box((-half, height - 0.03, -0.015), (half, height, 0.015), _METAL)
    x, color, long = -half + 0.05, any_color(rng), rng.uniform(0.6, 1.05)
    while x < half - 0.08:
        if rng.random() < 0.4:
            color, long = any_color(rng), rng.uniform(0.6, 1.05)
        thick, deep = rng.uniform(0.025, 0.07), rng.uniform(0.17, 0.25)
        thing.box((x, max(0.05, height - 0.1 - long), -deep), (x + thick, height - 0.07, deep), color)
        x += thick + rng.uniform(0.005, 0.05)
    return thing


def table(rng: Rng) -> Thing:
    """A table or a display with things on it."""
    width, depth, height = rng.uniform(0.6, 1.8), rng.uniform(0.5, 0.9), rng.uniform(0.65, 0.95)
    wood = pick(rng, _WOODS)
    thing = Thing(width=width, depth=depth)
    thing.box((-width / 2, height - 0.04, -depth / 2), (width / 2, height, depth / 2), wood)
    if rng.random() < 0.35:  # closed, as a counter
        thing.box(
            (-width / 2 + 0.04, 0, -depth / 2 + 0.04),
            (width / 2 - 0.04, height - 0.04, depth / 2 - 0.04),
            any_color(rng),
        )
    else:
        for x in (-width / 2 + 0.03, width / 2 - 0.08):
            for z in (-depth / 2 + 0.03, depth / 2 - 0.08):
                thing.box((x, 0, z), (x + 0.05, height - 0.04, z + 0.05), wood)
    for _ in range(int(rng.integers(0, 7))):
        x, z = rng.uniform(-width / 2, width / 2 - 0.2), rng.uniform(-depth / 2, depth / 2 - 0.2)
        size = rng.uniform(0.06, 0.3, 3)
        thing.box(
            (x, height, z),
            (x + min(size[0], 0.2), height + size[1] * 0.7, z + min(size[2], 0.2)),
            any_color(rng),
        )
    return thing


def chair(rng: Rng) -> Thing:
    """An empty chair."""
    color, leg = any_color(rng), (_METAL, _WOODS[2])[int(rng.integers(2))]
    thing = seat((0.44, 0.45, 0.42), color, leg)
    thing.box((-0.22, 0.5, -0.21), (0.22, float(rng.uniform(0.8, 1.0)), -0.17), color)
    return thing


def seat(size: Corner, color: Srgb, leg: Srgb) -> Thing:
    """A stool: width, height of the top, depth; its middle stands over the origin."""
    width, height, depth = size
    thing = Thing(width=width, depth=depth)
    thing.box((-width / 2, height - 0.05, -depth / 2), (width / 2, height, depth / 2), color)
    for x in (-width / 2 + 0.01, width / 2 - 0.05):
        for z in (-depth / 2 + 0.01, depth / 2 - 0.05):
            thing.box((x, 0, z), (x + 0.04, height - 0.05, z + 0.04), leg)
    return thing


def trolley(rng: Rng, size: Corner = (0.55, 1.0, 0.85), bar_at: Corner | None = None) -> Thing:
    """A shopping trolley; `size` and `bar_at` as of a `Prop`, its bar over the origin without one."""
    width, height, length = size
    x, _, z = bar_at or (0.0, height, 0.0)
    half = width / 2
    thing = Thing(width=width if bar_at is None else 0.0, depth=length)
    accent = any_color(rng)
    thing.box((x - half, height - 0.02, z - 0.015), (x + half, height + 0.015, z + 0.015), accent)
    basket = (0.5 * height, 0.9 * height)
    for side in (x - half, x + half - 0.015):
        for y in np.linspace(*basket, 4):
            thing.box((side, y, z), (side + 0.015, y + 0.012, z + length), _METAL)
        for along in np.linspace(z, z + length, 6):
            thing.box((side, basket[0], along), (side + 0.012, basket[1], along + 0.012), _METAL)
        thing.box((side, 0.08, z + 0.02), (side + 0.02, basket[0], z + 0.05), _METAL)
        thing.box((side, 0.08, z), (side + 0.02, 0.12, z + length * 0.95), _METAL)
        for wheel in (z + 0.02, z + length * 0.85):
            thing.box((side, 0, wheel), (side + 0.03, 0.09, wheel + 0.09), (40, 40, 44))
    for y in np.linspace(*basket, 4):
        thing.box((x - half, y, z + length - 0.012), (x + half, y + 0.012, z + length), _METAL)
    thing.box((x - half, basket[0], z), (x + half, basket[0] + 0.012, z + length), (110, 112, 116))
    for _ in range(int(rng.integers(0, 6))):
        left, front = x + rng.uniform(-half, half - 0.2), z + rng.uniform(0.02, length - 0.25)
        high = basket[0] + rng.uniform(0.08, 0.3)
        thing.box((left, basket[0], front), (left + 0.18, high, front + 0.2), any_color(rng))
    return thing


def parcels(rng: Rng) -> Thing:
    """Boxes stacked up, a bin or a bollard."""
    width, depth = rng.uniform(0.25, 0.9), rng.uniform(0.25, 0.7)
    thing = Thing(width=width, depth=depth)
    bottom = 0.0
    for _ in range(int(rng.integers(1, 5))):
        tall, shrink = rng.uniform(0.15, 0.5), rng.uniform(0.7, 1.0)
        half = width / 2 * shrink, depth / 2 * shrink
        color = any_color(rng) if rng.random() < 0.5 else (176, 142, 104)
        thing.box((-half[0], bottom, -half[1]), (half[0], bottom + tall, half[1]), color)
        bottom += tall
    return thing


def bench(rng: Rng) -> Thing:
    """A bench as in a street."""
    width, wood = rng.uniform(1.2, 2.2), pick(rng, _WOODS)
    thing = Thing(width=width, depth=0.5)
    for z in (-0.2, -0.06, 0.08):
        thing.box((-width / 2, 0.42, z), (width / 2, 0.46, z + 0.12), wood)
    for x in (-width / 2 + 0.1, width / 2 - 0.16):
        thing.box((x, 0, -0.18), (x + 0.06, 0.42, 0.18), _METAL)
    if rng.random() < 0.6:
        thing.box((-width / 2, 0.6, -0.24), (width / 2, 0.85, -0.2), wood)
    return thing


def pillar(rng: Rng) -> Thing:
    """A pillar, a lamp post or the trunk of a tree."""
    width = float(np.exp(rng.uniform(np.log(0.1), np.log(0.5))))
    thing = Thing(width=width, depth=width)
    thing.box((-width / 2, 0, -width / 2), (width / 2, rng.uniform(2.6, 5), width / 2), any_color(rng))
    return thing


def sign(rng: Rng, posters: Sequence[Texture]) -> Thing:
    """A board that stands on the floor with a poster or a colour on it."""
    width, height = rng.uniform(0.5, 1.1), rng.uniform(0.9, 1.9)
    thing = Thing(width=width, depth=0.3)
    thing.box((-width / 2, 0.05, -0.03), (width / 2, height, 0.02), any_color(rng))
    if posters:
        half = width / 2 - 0.03
        corners = (
            (-half, 0.1, 0.025),
            (half, 0.1, 0.025),
            (half, height - 0.03, 0.025),
            (-half, height - 0.03, 0.025),
        )
        thing.boards.append(Board(corners, pick(rng, posters)))
    return thing


def prop(rng: Rng, wanted: Prop) -> Thing:
    """What somebody pushes, sits on or holds, in the person's own axes."""
    if wanted.name == "trolley":
        return trolley(rng, wanted.size, wanted.at)
    x, y, z = wanted.at
    wide, tall, deep = wanted.size
    thing = Thing()
    if wanted.name == "box":
        thing.box(
            (x - wide / 2, y - tall / 2, z - deep / 2),
            (x + wide / 2, y + tall / 2, z + deep / 2),
            any_color(rng),
        )
        return thing
    for low, high, color in seat(wanted.size, any_color(rng), _METAL).boxes:
        thing.box((low[0] + x, low[1], low[2] + z), (high[0] + x, high[1], high[2] + z), color)
    return thing
