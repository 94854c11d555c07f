"""Cars of flat panels: what is most often taken for a person where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from training.scenes.fabrics import Srgb
from training.scenes.furniture import any_color
from training.scenes.things import Corner, Rng, Thing, pick

_LACQUERS: tuple[Srgb, ...] = (
    (236, 236, 234),
    (24, 24, 28),
    (150, 153, 158),
    (92, 96, 104),
    (34, 52, 92),
    (140, 24, 28),
    (52, 74, 60),
    (196, 184, 160),
)
_TYRE: Srgb = (26, 26, 28)
_RIM: Srgb = (146, 148, 152)
_RED: Srgb = (150, 20, 24)
_WHITE: Srgb = (232, 232, 226)
_CORNERS = 12  # of a wheel
_AXLES = 0.63  # of the way from the middle to either end
_SILL, _WAIST = 0.22, 0.55  # metres: where the body begins and is widest
_TAPERED, _AT_BELT, _AT_ROOF = (
    0.94,
    0.92,
    0.74,
)  # of the width, at the upper edge of the body, below and above the glass


@dataclass(frozen=True, slots=True)
class _Shape:
    """The profile of a car, front towards +z; metres.

    Attributes:
        tall: Height of the roof.
        edge: The body's upper edge from back to front as (z, y).
        rear, front: Where the glass begins and ends, as z below and above.
    """

    tall: float
    edge: Sequence[tuple[float, float]]
    rear: tuple[float, float]
    front: tuple[float, float]


_SALOON = _Shape(
    1.45, ((-2.2, 0.72), (-1.5, 0.92), (0.75, 0.9), (2.0, 0.72), (2.2, 0.5)), (-1.5, -0.95), (0.9, 0.1)
)
_HATCHBACK = _Shape(
    1.5, ((-1.95, 0.85), (-1.8, 0.95), (0.8, 0.92), (1.8, 0.76), (1.95, 0.5)), (-1.85, -1.45), (0.95, 0.15)
)
_VAN = _Shape(
    2.0, ((-2.4, 1.1), (-2.35, 1.15), (1.3, 1.1), (2.2, 0.95), (2.4, 0.55)), (-2.38, -2.3), (1.75, 0.9)
)
_OFF_ROADER = _Shape(
    1.75, ((-2.2, 1.0), (-2.1, 1.08), (0.8, 1.05), (1.95, 0.95), (2.15, 0.6)), (-2.12, -1.9), (0.95, 0.25)
)
_SHAPES = (_HATCHBACK, _OFF_ROADER, _SALOON, _VAN)


def car(rng: Rng) -> Thing:
    """A parked car, front towards +z."""
    shape = pick(rng, _SHAPES)
    long, wide = float(rng.uniform(0.9, 1.08)), float(rng.uniform(0.82, 0.95))
    tall = shape.tall * float(rng.uniform(0.95, 1.05))
    lacquer = pick(rng, _LACQUERS) if rng.random() < 0.75 else any_color(rng)
    stretched = _Shape(
        tall,
        [(z * long, y) for z, y in shape.edge],
        (shape.rear[0] * long, shape.rear[1] * long),
        (shape.front[0] * long, shape.front[1] * long),
    )
    edge = stretched.edge
    thing = Thing(width=2 * wide, depth=edge[-1][0] - edge[0][0])
    _body(thing, edge, wide, lacquer)
    _cabin(thing, stretched, wide, lacquer, rng)
    for z in (_AXLES * edge[0][0], _AXLES * edge[-1][0]):
        for side in (-1, 1):
            _wheel(thing, side * (wide + 0.005), z, float(rng.uniform(0.3, 0.36)))
    _lamps(thing, edge, wide)
    return thing


def _body(thing: Thing, edge: Sequence[tuple[float, float]], wide: float, lacquer: Srgb) -> None:
    red, green, blue = (int(value * 0.55) for value in lacquer)
    inner = wide * _TAPERED
    for (back, high), (front, other) in pairwise(edge):
        for x, tapered in ((-wide, -inner), (wide, inner)):
            thing.panel(
                ((x, _WAIST, back), (x, _WAIST, front), (tapered, other, front), (tapered, high, back)),
                lacquer,
            )
            thing.panel(
                ((tapered, _SILL, back), (tapered, _SILL, front), (x, _WAIST, front), (x, _WAIST, back)),
                (red, green, blue),
            )
        thing.panel(
            ((-inner, high, back), (inner, high, back), (inner, other, front), (-inner, other, front)),
            lacquer,
        )
    for z, high in (edge[0], edge[-1]):
        thing.panel(((-wide, _SILL, z), (wide, _SILL, z), (inner, high, z), (-inner, high, z)), lacquer)


def _cabin(thing: Thing, shape: _Shape, wide: float, lacquer: Srgb, rng: Rng) -> None:
    """Glass on four sides, pillars and a roof."""
    along, heights = np.array(shape.edge).T
    belt = float(np.interp(shape.rear[0], along, heights)) - 0.03
    shade = int(rng.uniform(18, 90))
    glass = (shade, shade + 4, shade + 8)
    low, high = wide * _AT_BELT, wide * _AT_ROOF
    ends = (shape.rear, shape.front)
    below = [[(side * low, belt, end[0]) for side in (-1, 1)] for end in ends]
    above = [[(side * high, shape.tall, end[1]) for side in (-1, 1)] for end in ends]
    for lower, upper in zip(below, above, strict=True):
        thing.panel((lower[0], lower[1], upper[1], upper[0]), glass)
    roof = lacquer if rng.random() < 0.85 else _TYRE
    thing.panel((above[0][0], above[0][1], above[1][1], above[1][0]), roof)
    for number in (0, 1):
        thing.panel((below[0][number], below[1][number], above[1][number], above[0][number]), glass)
        for share in (0.0, float(rng.uniform(0.45, 0.6)), 1.0):
            foot, head = (
                _between(corners[0][number], corners[1][number], share) for corners in (below, above)
            )
            _pillar(thing, foot, head, lacquer)


def _between(first: Corner, second: Corner, share: float) -> Corner:
    x, y, z = (one + share * (other - one) for one, other in zip(first, second, strict=True))
    return x, y, z


def _pillar(thing: Thing, foot: Corner, head: Corner, lacquer: Srgb) -> None:
    """A strip just outside the glass."""
    (below, belt, low), (above, roof, high) = foot, head
    x, top = (value + float(np.copysign(0.006, value)) for value in (below, above))
    thing.panel(
        ((x, belt, low - 0.05), (x, belt, low + 0.05), (top, roof, high + 0.05), (top, roof, high - 0.05)),
        lacquer,
    )


def _wheel(thing: Thing, x: float, z: float, radius: float) -> None:
    turns = np.linspace(0, 2 * np.pi, _CORNERS + 1)
    for out, size, color in ((x, radius, _TYRE), (x + float(np.copysign(0.006, x)), radius * 0.62, _RIM)):
        rim = [(out, radius + size * float(np.sin(turn)), z + size * float(np.cos(turn))) for turn in turns]
        for number in range(0, _CORNERS, 2):
            thing.panel(((out, radius, z), *rim[number : number + 3]), color)


def _lamps(thing: Thing, edge: Sequence[tuple[float, float]], wide: float) -> None:
    """Lamps and number plates, each a box as thick as a finger."""
    for (z, high), color, out in ((edge[0], _RED, -0.01), (edge[-1], _WHITE, 0.01)):
        back, front = min(z, z + out), max(z, z + out)
        for side in (-1, 1):
            left, right = sorted((side * wide * 0.55, side * wide * 0.9))
            thing.box((left, high - 0.14, back), (right, high - 0.02, front), color)
        thing.box((-0.26, 0.42, back), (0.26, 0.53, front), _WHITE)
