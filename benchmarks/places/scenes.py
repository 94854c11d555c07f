"""Composed scenes: Footfall's own sprites walk on known ways through the drawn shop. A scene of a seed is always the same."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from analytics.floor import FloorPlan, Line, Zone
from benchmarks.places.ways import (
    Route,
    TimedWalker,
    TrueCrossing,
    TrueStay,
    crossings,
    moments,
    stays,
    turns_unclear,
)
from domain.events import ColorName
from domain.frame import BgrImage, Frame, LabelMap
from domain.geometry import Point, Polygon
from domain.parsing import ParsedFrame
from pipeline.sources.synthetic.drawing import Drawing
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.sprites import SpritePack, load_sprites
from pipeline.sources.synthetic.stage import GroundCamera

Rng: TypeAlias = np.random.Generator
Kind: TypeAlias = Literal[
    "through", "dithering", "turning", "meeting", "stopping", "post", "counter", "crowd"
]

KINDS: tuple[Kind, ...] = get_args(Kind)
SIZE = 512, 288
FPS = 5.0
START = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)

_CAMERA = GroundCamera(*SIZE)
_COLORS: tuple[ColorName, ...] = (
    "red",
    "blue",
    "yellow",
    "green",
    "white",
    "black",
    "orange",
    "purple",
    "grey",
)
_NEAREST_Z, _FARTHEST_Z = 4.6, 9.0
_OUTSIDE_M = 0.9
# Of the line, out of whose reach nobody turns or stands unless that is what the scene is about.
_APPROACH_M = 1.3
_PATIENCE = 200


@dataclass(frozen=True, slots=True)
class Stage:
    """A line and a zone beside it, on the floor.

    Attributes:
        gate: Whether people pass it from side to side; otherwise they come towards the camera or go away from it.
        begin, end: Of the line, metres; inside is to the right hand of who looks along it on the screen.
        zone: Corners, metres.
    """

    gate: bool
    begin: Point
    end: Point
    zone: Polygon

    def place(self, along: float, away: float) -> Point:
        """A place by its share of the line and its distance from it, metres; above 0 is inside."""
        x, z = self.end[0] - self.begin[0], self.end[1] - self.begin[1]
        length = math.hypot(x, z)
        # z grows upwards on the screen, so the right hand is that of a map with north above.
        return (
            self.begin[0] + along * x + away * z / length,
            self.begin[1] + along * z - away * x / length,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One scene.

    Attributes:
        seed: Which.
        kind: What it is about.
        stage: Line and zone.
        walkers: Everybody.
        covers: Rectangles of the picture before which nobody is seen: left, top, right, bottom.
        seconds: Its length.
    """

    seed: int
    kind: Kind
    stage: Stage
    walkers: tuple[TimedWalker, ...]
    covers: tuple[tuple[int, int, int, int], ...]
    seconds: float

    @property
    def plan(self) -> FloorPlan:
        """The line `line` and the zone `zone` in pixels."""
        begin, end = _pixel(self.stage.begin), _pixel(self.stage.end)
        zone = tuple(_pixel(corner) for corner in self.stage.zone)
        return FloorPlan(lines=(Line("line", begin, end, 1),), zones=(Zone("zone", zone, None, ()),))

    def crossings(self) -> list[TrueCrossing]:
        """Who truly crosses the line."""
        line = _flipped(self.stage.begin), _flipped(self.stage.end)
        return [
            crossing
            for who, walker in enumerate(self.walkers)
            for crossing in crossings(who, _on_screen(walker, self.seconds), line, _is_seen_there)
        ]

    def stays(self) -> list[TrueStay]:
        """Who truly is in the zone, and for how long."""
        return [
            stay
            for who, walker in enumerate(self.walkers)
            for stay in stays(who, moments(walker, self.seconds), self.stage.zone)
        ]

    def frames(self) -> Iterator[tuple[Frame, ParsedFrame]]:
        """Pictures, five a second, and who is seen in each, as a perfect parser would say."""
        drawing = Drawing(SyntheticOptions(size=SIZE, seed=self.seed % 7), _pack(), self.walkers)
        for index in range(round(self.seconds * FPS)):
            people = drawing.people(index / FPS)
            image = drawing.picture(people, index)
            labels, ids = np.zeros(image.shape[:2], np.uint8), np.zeros(image.shape[:2], np.uint8)
            for person in people:
                seen = person.labels > 0
                labels[person.window][seen] = person.labels[seen]
                ids[person.window][seen] = person.walker + 1
            self._cover(image, labels, ids)
            moment = START + timedelta(seconds=index / FPS)
            yield Frame("scene", index, index, image, index / FPS, moment, "file"), parsed_of(labels, ids)

    def _cover(self, image: BgrImage, labels: LabelMap, ids: LabelMap) -> None:
        for left, top, right, bottom in self.covers:
            image[top:bottom, left:right] = (120, 128, 132)
            labels[top:bottom, left:right] = ids[top:bottom, left:right] = 0


def parsed_of(labels: LabelMap, walkers: LabelMap) -> ParsedFrame:
    """The parse that says what two true maps say; whoever shows fewer than 20 pixels is not found."""
    counts = np.bincount(walkers.ravel(), minlength=256)
    found = [number for number in range(1, 256) if counts[number] >= 20]
    renumbered = np.zeros(256, np.uint8)
    renumbered[found] = np.arange(1, len(found) + 1)
    ids = renumbered[walkers]
    boxes = np.array([_box(ids == number) for number in range(1, len(found) + 1)], np.float32)
    return ParsedFrame(
        np.where(ids > 0, labels, np.uint8(0)),
        ids,
        np.full(len(found), 0.95, np.float32),
        boxes.reshape(-1, 4),
    )


def scene(seed: int) -> Scene:
    """The scene of that seed; kinds come in turn.

    Raises:
        RuntimeError: No scene could be made in which everybody is clear of doubt.
    """
    kind = KINDS[seed % len(KINDS)]
    rng = np.random.default_rng([20, seed])
    for _ in range(_PATIENCE):
        made = _made(seed, kind, rng)
        if made is not None:
            return made
    raise RuntimeError(f"no scene for seed {seed}")


def _made(seed: int, kind: Kind, rng: Rng) -> Scene | None:
    stage = _stage(rng, gate=kind == "counter" or rng.random() < 0.6)
    if not all(_is_seen(corner) for corner in (*stage.zone, stage.begin, stage.end)):
        return None
    routes = _routes(kind, stage, rng)
    walkers = tuple(_dressed(routes, rng))
    line = _flipped(stage.begin), _flipped(stage.end)
    if any(turns_unclear(_on_screen(walker, math.inf), line) for walker in walkers):
        return None
    seconds = min(40.0, max(walker.end_s for walker in walkers) + 3.0)
    return Scene(seed, kind, stage, walkers, _covers(kind, stage, rng), seconds)


def _stage(rng: Rng, *, gate: bool) -> Stage:
    """A line across the way, and a zone on one side of it; the line may be drawn from either end."""
    if gate:
        x, slant = rng.uniform(-0.9, 0.9), rng.uniform(-0.5, 0.5)
        begin, end = (x, 4.3), (x + slant, 9.6)
        depths = (0.15, 0.55)
    else:
        z, slant = rng.uniform(5.6, 6.6), rng.uniform(-0.3, 0.3)
        begin, end = (-2.2, z), (2.2, z + slant)
        depths = (0.25, 0.7)
    if rng.random() < 0.5:
        begin, end = end, begin
        depths = (1 - depths[1], 1 - depths[0])
    plain = Stage(gate, (float(begin[0]), float(begin[1])), (float(end[0]), float(end[1])), ())
    side = float(rng.choice((-1.0, 1.0)))
    near, far = side * rng.uniform(0.4, 0.6), side * rng.uniform(1.5, 1.9)
    corners = ((depths[0], near), (depths[1], near), (depths[1], far), (depths[0], far))
    return Stage(gate, plain.begin, plain.end, tuple(plain.place(*corner) for corner in corners))


def _routes(kind: Kind, stage: Stage, rng: Rng) -> list[Route]:
    """Those whom the scene is about; up to two others pass, each in a time of their own or with them."""
    match kind:
        case "meeting":
            routes = _meeting(stage, rng)
        case "crowd":
            routes = [_one("through", stage, rng, float(rng.uniform(0, 10))) for _ in range(7)]
        case "dithering" | "turning" | "stopping":
            routes = [_one(kind, stage, rng, 0.5)]
        case _:
            routes = [_one("through", stage, rng, 0.5 + 3 * number) for number in range(2)]
    for _ in range(int(rng.integers(0, 3))):
        routes.append(_one("through", stage, rng, float(rng.uniform(0, 8))))
    return routes


def _one(kind: str, stage: Stage, rng: Rng, start_s: float) -> Route:
    """Somebody who comes from one side and does what the scene is about."""
    side, at = float(rng.choice((-1.0, 1.0))), float(rng.uniform(0.2, 0.8))
    speed = float(rng.uniform(0.9, 1.4))
    route = Route.beginning(_entrance(stage, side, at, rng), start_s)
    route.to(stage.place(at, side * _APPROACH_M), speed)
    leaves = -side
    if kind == "dithering":
        leaves = _dither(route, stage, at, side, rng)
    elif kind == "turning":
        _turn(route, stage, at, side, rng)
        leaves = side
    elif kind == "stopping":
        where = float(rng.choice((-1.0, 1.0))) * rng.uniform(0.7, 1.4)
        route.to(stage.place(at, where), speed).stand(float(rng.uniform(2, 6)))
    at = float(np.clip(at + rng.uniform(-0.15, 0.15), 0.1, 0.9))
    route.to(stage.place(at, leaves * _APPROACH_M), speed)
    return route.to(_entrance(stage, leaves, at, rng), speed)


def _dither(route: Route, stage: Stage, at: float, side: float, rng: Rng) -> float:
    """To and fro on the line, as who waits there does; on which side it ends."""
    route.to(stage.place(at, side * 0.1), 0.9)
    for step in range(int(rng.integers(4, 9))):
        away = float(rng.uniform(0.02, 0.12)) * (1 if step % 2 else -1)
        route.to(stage.place(at + float(rng.normal(0, 0.01)), away), 0.4).stand(float(rng.uniform(0.1, 0.7)))
    return float(rng.choice((-1.0, 1.0)))


def _turn(route: Route, stage: Stage, at: float, side: float, rng: Rng) -> None:
    """Over the line and back, or almost to it and back."""
    beyond = -rng.uniform(0.6, 1.3) if rng.random() < 0.6 else rng.uniform(0.4, 0.7)
    route.to(stage.place(at, side * float(beyond)), 1.0).stand(float(rng.uniform(0.0, 1.5)))


def _meeting(stage: Stage, rng: Rng) -> list[Route]:
    """Two who come from both sides, meet at the line, now and then talk there, and go on."""
    at, talk = float(rng.uniform(0.3, 0.7)), float(rng.uniform(1, 3)) if rng.random() < 0.5 else 0.0
    routes = []
    for side in (-1.0, 1.0):
        beside = float(np.clip(at + side * rng.uniform(0.06, 0.14), 0.1, 0.9))
        before = rng.uniform(0.4, 0.6) if talk else 0.0
        route = Route.beginning(_entrance(stage, side, beside, rng), 0.0)
        route.to(stage.place(beside, side * _APPROACH_M), 1.1).to(
            stage.place(beside, side * float(before)), 1.1
        )
        routes.append((route, side, beside))
    together = max(route.times[-1] for route, _, _ in routes)
    done = []
    for route, side, beside in routes:
        late = together - route.times[-1]
        shifted = Route(late, list(route.places), [time_s + late for time_s in route.times])
        if talk:
            shifted.stand(talk)
        shifted.to(stage.place(beside, -side * _APPROACH_M), 1.1)
        done.append(shifted.to(_entrance(stage, -side, beside, rng), 1.1))
    return done


def _entrance(stage: Stage, side: float, at: float, rng: Rng) -> Point:
    """A place out of the picture on that side of the line."""
    x, z = stage.place(at, side * _APPROACH_M)
    if not stage.gate and z < min(stage.begin[1], stage.end[1]):
        return 0.6 * x, _CAMERA.hidden_below() - 0.3
    z = float(np.clip(z + rng.uniform(-0.4, 0.4), _NEAREST_Z, _FARTHEST_Z))
    hand = math.copysign(1.0, x - stage.begin[0]) if stage.gate else float(rng.choice((-1.0, 1.0)))
    return hand * (_CAMERA.half_width_at(z) + _OUTSIDE_M), z


def _dressed(routes: Sequence[Route], rng: Rng) -> Iterator[TimedWalker]:
    pack = _pack()
    for route in sorted(routes, key=lambda one: one.times[0]):
        character = pack.characters[int(rng.integers(len(pack.characters)))]
        colors = tuple(_COLORS[int(rng.integers(len(_COLORS)))] for _ in character.garments)
        yield TimedWalker(character, colors, route.times[0], 1.0, tuple(route.places), tuple(route.times))


def _covers(kind: Kind, stage: Stage, rng: Rng) -> tuple[tuple[int, int, int, int], ...]:
    """What stands between the camera and everybody: a post beside the line, or a counter that hides feet."""
    if kind == "post":
        column, row = _pixel(stage.place(0.5, float(rng.uniform(-0.5, 0.5))))
        wide = int(rng.uniform(20, 33))
        left = int(column) - wide // 2
        return ((max(0, left), 0, left + wide, SIZE[1]),)
    if kind == "counter":
        column, row = _pixel(stage.place(0.5, 0.0))
        left = int(column + rng.uniform(-107, 27))
        return ((max(0, left), int(row - rng.uniform(7, 33)), max(0, left) + 80, SIZE[1]),)
    return ()


@lru_cache(maxsize=1)
def _pack() -> SpritePack:
    return load_sprites()


def _pixel(place: Point) -> Point:
    column, row, _ = _CAMERA.project(place[0], 0.0, place[1])
    return column, row


def _is_seen(place: Point) -> bool:
    column, row = _pixel(place)
    return 4 < column < SIZE[0] - 4 and 4 < row < SIZE[1] - 4


def _flipped(place: Point) -> Point:
    """As on the screen, where what is far is above."""
    return place[0], -place[1]


def _is_seen_there(flipped: Point) -> bool:
    return _is_seen(_flipped(flipped))


def _on_screen(walker: TimedWalker, until_s: float) -> list[tuple[float, Point]]:
    return [(time_s, _flipped(place)) for time_s, place in moments(walker, until_s)]


def _box(mask: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
