"""Light: a soft key light and an even glow from above and below."""

from dataclasses import dataclass

import numpy as np

from training.scenes.arrays import LinearRgb, Points, Scalars, unit

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Lighting:
    """Light from far away. A white sheet that faces the key light gets about 1 from key and glow together.

    Attributes:
        towards_key: Direction to the middle of the key light; any length.
        key: Its linear red, green, blue.
        spread: Radius of the key light as seen from the scene, as a share of its distance: softness of shadows.
        above, below: Linear red, green, blue of the glow from the ceiling and of what the floor throws back.
        reach: Metres within which things take each other's glow.
    """

    towards_key: Rgb = (0.35, 1.0, 0.45)
    key: Rgb = (0.5, 0.5, 0.5)
    spread: float = 0.3
    above: Rgb = (0.62, 0.62, 0.62)
    below: Rgb = (0.36, 0.36, 0.36)
    reach: float = 0.8

    def key_directions(self, count: int) -> Points:
        """Evenly over the key light, shape (count, 3)."""
        middle = unit(np.array([self.towards_key], np.float32))[0]
        side = unit(np.cross(middle, np.array([0.0, 0.3, 1.0])).astype(np.float32)[None])[0]
        up = np.cross(side, middle)
        radius, angle = _sunflower(count)
        disk = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * up
        return unit((middle + self.spread * radius[:, None] * disk).astype(np.float32))

    def key_light(self, normals: Points) -> LinearRgb:
        """What the key light alone gives to surfaces that see all of it, shape (N, 3)."""
        middle = unit(np.array([self.towards_key], np.float32))[0]
        # A wide light reaches a little around the edge of its own horizon.
        soft = (normals @ middle + 0.5 * self.spread) / (1 + 0.5 * self.spread)
        return np.asarray(np.maximum(soft, 0)[:, None] * np.array(self.key), np.float32)

    def glow(self, normals: Points) -> LinearRgb:
        """What the glow alone gives to surfaces that see all of it, shape (N, 3)."""
        share = (0.5 + 0.5 * normals[:, 1:2]).astype(np.float32)
        return np.asarray(np.array(self.above) * share + np.array(self.below) * (1 - share), np.float32)


def sphere_directions(count: int) -> Points:
    """Evenly over the sphere, shape (count, 3), in an order whose every part is spread out too."""
    height = 1 - 2 * (np.arange(count) + 0.5) / count
    angle = np.pi * (1 + 5**0.5) * np.arange(count)
    ring = np.sqrt(1 - height**2)
    points = np.stack([ring * np.cos(angle), height, ring * np.sin(angle)], axis=1).astype(np.float32)
    return points[np.random.default_rng(7).permutation(count)]


def _sunflower(count: int) -> tuple[Scalars, Scalars]:
    """Polar coordinates, evenly over the unit disk (Vogel 1979)."""
    numbers = np.arange(count, dtype=np.float32)
    return np.sqrt((numbers + 0.5) / count), numbers * np.float32(np.pi * (3 - 5**0.5))
