"""Who walks where and when, and in which clothes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from domain.events import ColorName, GarmentName
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.sprites import Character, SpritePack
from pipeline.sources.synthetic.stage import GroundCamera

_T = TypeVar("_T")

_NEAREST_M, _FARTHEST_M = 4.6, 8.6
# Times and ways, for each of those who come.
_TRIES = 40
# In a crowd there are fewer for each: it is crowded anyway.
_TRIES_OF_ALL = 400
_LOOK_S = 0.25
# Half the breadth of somebody walking, with room around.
_BROAD_M = 0.5
# Beyond the edge of the picture, where nobody is seen yet.
_OUTSIDE_M = 0.7
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


@dataclass(frozen=True, slots=True, eq=False)
class _Trace:
    """Where somebody appears, at every `_LOOK_S` seconds.

    Attributes:
        tick: Number of the first of these moments.
        columns: Shape (N,): column of the feet, pixels.
        breadths: Shape (N,): half the breadth there, pixels.
    """

    tick: int
    columns: npt.NDArray[np.float64]
    breadths: npt.NDArray[np.float64]


def plan_walkers(options: SyntheticOptions, pack: SpritePack) -> tuple[Walker, ...]:
    """Everybody who comes, in the order of their coming. Ways begin and end within the recording where it is long enough."""
    rng = np.random.default_rng(options.seed)
    uppers, lowers = _dealt(rng, _UPPER_COLORS, options.persons), _dealt(rng, _LOWER_COLORS, options.persons)
    characters = _dealt(rng, pack.characters, options.persons)
    walkers: list[Walker] = []
    traces: list[_Trace] = []
    for number, character in enumerate(characters):
        colors = tuple(
            uppers[number] if garment == "upper-clothes" else _other(lowers[number], uppers[number])
            for garment in character.garments
        )
        walker, trace = _least_crowded(rng, Walker(character, colors, 0.0, 1.0, ()), traces, options)
        walkers.append(walker)
        traces.append(trace)
    return tuple(sorted(walkers, key=lambda walker: walker.start_s))


def _least_crowded(
    rng: np.random.Generator, walker: Walker, others: Sequence[_Trace], options: SyntheticOptions
) -> tuple[Walker, _Trace]:
    """Give somebody a time and a way on which others hide little of them; where many come, some hiding is left."""
    camera = GroundCamera(*options.size)
    best: tuple[float, Walker, _Trace] | None = None
    for _ in range(min(_TRIES, max(1, _TRIES_OF_ALL // options.persons))):
        tried = replace(walker, speed=float(rng.uniform(1.05, 1.35)), way=_way(rng, camera))
        latest = max(0.0, options.seconds - tried.end_s - 0.5)
        tried = replace(tried, start_s=float(rng.uniform(0.0, latest)))
        trace = _trace(tried, camera)
        crowding = sum(_moments_together(trace, other) for other in others)
        if best is None or crowding < best[0]:
            best = crowding, tried, trace
        if crowding == 0:
            break
    assert best is not None  # noqa: S101 - there is at least one try
    return best[1], best[2]


def _trace(walker: Walker, camera: GroundCamera) -> _Trace:
    ticks = range(int(np.ceil(walker.start_s / _LOOK_S)), int(walker.end_s / _LOOK_S) + 1)
    places = [place for tick in ticks if (place := walker.at(tick * _LOOK_S)) is not None]
    seen = np.array([camera.project(place.x, 0.0, place.z) for place in places]).reshape(-1, 3)
    return _Trace(ticks.start, seen[:, 0], _BROAD_M * camera.focal / np.maximum(seen[:, 2], 0.1))


def _moments_together(one: _Trace, other: _Trace) -> int:
    """How often the two are drawn over or right beside each other."""
    first = max(one.tick, other.tick)
    last = min(one.tick + len(one.columns), other.tick + len(other.columns))
    if first >= last:
        return 0
    mine, theirs = slice(first - one.tick, last - one.tick), slice(first - other.tick, last - other.tick)
    apart = np.abs(one.columns[mine] - other.columns[theirs])
    return int(np.count_nonzero(apart < one.breadths[mine] + other.breadths[theirs]))


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
