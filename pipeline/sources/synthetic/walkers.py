"""Who walks where and when, and in which clothes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from domain.events import ColorName, GarmentName
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.sprites import Character, SpritePack
from pipeline.sources.synthetic.stage import GroundCamera

_T = TypeVar("_T")

_NEAREST_M, _FARTHEST_M = 4.6, 8.6
_TRIES = 40  # times and ways, for each of those who come
_LOOK_S = 0.25
_BROAD_M = 0.5  # half the breadth of somebody walking, with room around
_OUTSIDE_M = 0.7  # beyond the edge of the picture, where nobody is seen yet
_UPPER_COLORS: tuple[ColorName, ...] = (
    "red",
    "blue",
    "yellow",
    "green",
    "white",
    "black",
    "orange",
    "purple",
    "pink",
)
_LOWER_COLORS: tuple[ColorName, ...] = ("black", "blue", "grey", "white", "red", "green")


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody at one moment.

    Attributes:
        x, z: On the floor, metres.
        heading: Radians; 0 comes towards the camera, a quarter turn goes right.
        walked: Metres since the way began.
    """

    x: float
    z: float
    heading: float
    walked: float


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody's way through the picture.

    Attributes:
        character: Who.
        colors: Of the garments, as `character.garments`.
        start_s: When the way begins, outside the picture.
        speed: Metres a second.
        way: Places on the floor, x and z in metres, walked from one to the next.
    """

    character: Character
    colors: tuple[ColorName, ...]
    start_s: float
    speed: float
    way: tuple[tuple[float, float], ...]

    @property
    def length(self) -> float:
        """Metres."""
        return float(sum(np.hypot(*np.subtract(b, a)) for a, b in zip(self.way, self.way[1:], strict=False)))

    @property
    def end_s(self) -> float:
        """When the way ends, outside the picture."""
        return self.start_s + self.length / self.speed

    @property
    def outfit(self) -> tuple[tuple[GarmentName, ColorName], ...]:
        """Garments and shoes with their colours."""
        return (*zip(self.character.garments, self.colors, strict=True), ("shoe", self.character.shoes))

    def at(self, time_s: float) -> Place | None:
        """Where this walker is; None before and after the way."""
        walked = (time_s - self.start_s) * self.speed
        if walked < 0:
            return None
        done = 0.0
        for (x0, z0), (x1, z1) in zip(self.way, self.way[1:], strict=False):
            step = float(np.hypot(x1 - x0, z1 - z0))
            if walked - done <= step:
                share = (walked - done) / step
                heading = float(np.arctan2(x1 - x0, z0 - z1))
                return Place(x0 + share * (x1 - x0), z0 + share * (z1 - z0), heading, walked)
            done += step
        return None


def plan_walkers(options: SyntheticOptions, pack: SpritePack) -> tuple[Walker, ...]:
    """Everybody who comes, in the order of their coming. Ways begin and end within the recording where it is long enough."""
    rng = np.random.default_rng(options.seed)
    uppers, lowers = _dealt(rng, _UPPER_COLORS, options.persons), _dealt(rng, _LOWER_COLORS, options.persons)
    characters = _dealt(rng, pack.characters, options.persons)
    walkers: list[Walker] = []
    for number, character in enumerate(characters):
        colors = tuple(
            uppers[number] if garment == "upper-clothes" else _other(lowers[number], uppers[number])
            for garment in character.garments
        )
        walkers.append(_least_crowded(rng, Walker(character, colors, 0.0, 1.0, ()), walkers, options))
    return tuple(sorted(walkers, key=lambda walker: walker.start_s))


def _least_crowded(
    rng: np.random.Generator, walker: Walker, others: Sequence[Walker], options: SyntheticOptions
) -> Walker:
    """Give somebody a time and a way on which others hide little of them; where many come, some hiding is left."""
    camera = GroundCamera(*options.size)
    best, least = walker, np.inf
    for _ in range(_TRIES):
        tried = replace(walker, speed=float(rng.uniform(1.05, 1.35)), way=_way(rng, camera))
        latest = max(0.0, options.seconds - tried.end_s - 0.5)
        tried = replace(tried, start_s=float(rng.uniform(0.0, latest)))
        crowding = sum(_overlap_s(tried, other, camera) for other in others)
        if crowding < least:
            best, least = tried, crowding
        if least == 0:
            break
    return best


def _overlap_s(one: Walker, other: Walker, camera: GroundCamera) -> float:
    """Seconds for which two are drawn over or right beside each other."""
    start, end = max(one.start_s, other.start_s), min(one.end_s, other.end_s)
    times = np.arange(start, end, _LOOK_S)
    return _LOOK_S * sum(_touch(one.at(float(time)), other.at(float(time)), camera) for time in times)


def _touch(one: Place | None, other: Place | None, camera: GroundCamera) -> bool:
    if one is None or other is None:
        return False
    first, _, near = camera.project(one.x, 0.0, one.z)
    second, _, far = camera.project(other.x, 0.0, other.z)
    return abs(first - second) < _BROAD_M * camera.focal * (1 / near + 1 / far)


def _other(color: ColorName, taken: ColorName) -> ColorName:
    return color if color != taken else "grey"


def _way(rng: np.random.Generator, camera: GroundCamera) -> tuple[tuple[float, float], ...]:
    """Across the picture from one side to the other, or, one time in four, in at the bottom and out at a side."""
    side = float(rng.choice((-1.0, 1.0)))
    first, middle, last = (float(z) for z in rng.uniform(_NEAREST_M, _FARTHEST_M, 3))
    across = float(rng.uniform(-0.4, 0.4)) * camera.half_width_at(middle)
    if rng.random() < 0.25:
        entrance = (across * 0.5, camera.hidden_below())
    else:
        entrance = (-side * (camera.half_width_at(first) + _OUTSIDE_M), first)
    return entrance, (across, middle), (side * (camera.half_width_at(last) + _OUTSIDE_M), last)


def _dealt(rng: np.random.Generator, choices: Sequence[_T], count: int) -> list[_T]:
    """As from a shuffled deck, again and again: neighbours differ."""
    return [choices[i] for _ in range(count // len(choices) + 1) for i in rng.permutation(len(choices))][
        :count
    ]
