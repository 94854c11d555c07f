"""Films of people who cross each other's ways, with the truth of every pixel: `python -m benchmarks.tracking.films`.

A film of a seed is always the same. Frames that are there already are kept.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from training.frames import About, LabelledFrame, describe, write_frame
from training.scenes.camera import Camera
from training.scenes.demo_clip import shop
from training.scenes.film import Actor, Film
from training.scenes.lighting import Lighting
from training.scenes.plate import room_plate
from training.scenes.render import Renderer
from training.scenes.supplies import HELD_OUT_SEEDS, Supplies
from training.scenes.things import Rng
from training.scenes.walks import Stop, Walk

FPS = 5.0
SECONDS = 20
FRAMES = int(FPS * SECONDS)


@dataclass(frozen=True, slots=True)
class Set:
    """Where a camera hangs and who walks before it.

    Attributes:
        camera: The camera.
        people: How many come.
        depth: Nearest and farthest z that they walk at, metres; the camera looks along -z.
        side: How far to the left and to the right somebody is out of sight, metres.
    """

    camera: Camera
    people: int
    depth: tuple[float, float]
    side: float


SETS = {
    "shop": Set(
        Camera(768, 432, float(np.deg2rad(60.0)), (0.0, 3.0, 4.6), float(np.deg2rad(21.0))),
        people=12,
        depth=(0.3, -4.0),
        side=5.6,
    ),
    "hall": Set(
        Camera(768, 432, float(np.deg2rad(66.0)), (0.0, 4.4, 9.0), float(np.deg2rad(20.0))),
        people=20,
        depth=(3.0, -4.2),
        side=9.0,
    ),
}

_LIGHTING = Lighting(
    towards_key=(0.3, 1.0, 0.5),
    key=(0.7, 0.69, 0.66),
    spread=0.14,
    above=(0.52, 0.53, 0.55),
    below=(0.3, 0.3, 0.29),
)


@dataclass(frozen=True, slots=True)
class FilmName:
    """Which film.

    Attributes:
        kind: A key of `SETS`.
        seed: 0, 1, ...: who comes, when and where.
    """

    kind: str
    seed: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.seed}"


TUNING = (FilmName("shop", 100), FilmName("hall", 100), FilmName("shop", 101))
"""The tracker's constants were chosen on these."""

MEASURED = (FilmName("shop", 1), FilmName("shop", 2), FilmName("hall", 1))
"""Figures are of these, on which nothing was chosen."""


@lru_cache(maxsize=1)
def film(name: FilmName) -> Film:
    """Its people and their ways; takes a minute to make ready."""
    chosen = SETS[name.kind]
    rng = np.random.default_rng([HELD_OUT_SEEDS + name.seed, chosen.people])
    supplies = Supplies("held_out", photographs=False)
    actors = tuple(Actor(supplies.person(rng), _walk(chosen, rng)) for _ in range(chosen.people))
    plate = room_plate(chosen.camera, _LIGHTING, shop())
    return Film(Renderer(chosen.camera, plate), actors, FPS, FRAMES)


def _walk(chosen: Set, rng: Rng) -> Walk:
    """From one side to the other, nearer and farther; two of five stop on the way."""
    near, far = chosen.depth
    side = chosen.side * rng.choice((-1.0, 1.0))
    z = [float(value) for value in rng.uniform(far, near, 4)]
    x = [-side, -side * 0.3, side * 0.3, side]
    places = tuple((float(across), along) for across, along in zip(x, z, strict=True))
    speed = float(rng.uniform(1.0, 1.5))
    stop = Stop(float(rng.uniform(0.35, 0.65)) * 2 * chosen.side, float(rng.uniform(0.8, 3.0)))
    stops = (stop,) if rng.random() < 0.4 else ()
    start = float(rng.uniform(-4.0, SECONDS - 5.0))
    return Walk(places, start_s=start, speed=speed, stops=stops)


def folder_of(out: Path, name: FilmName) -> Path:
    """Where the frames of that film are."""
    return out / str(name)


def missing(out: Path, name: FilmName) -> list[int]:
    """Frames that are not drawn yet."""
    images = folder_of(out, name) / "images"
    return [index for index in range(FRAMES) if not (images / f"{index:06d}.jpg").is_file()]


def _draw(order: tuple[Path, FilmName, Sequence[int]]) -> int:
    out, name, indices = order
    for index in indices:
        drawn = film(name).frame(index).rendering
        frame = LabelledFrame(f"{index:06d}", drawn.image, drawn.labels, drawn.person_ids)
        write_frame(folder_of(out, name), frame)
    return len(indices)


def render(out: Path, names: Sequence[FilmName], workers: int) -> None:
    """Draw what is missing of these films, one process a film."""
    for name in names:
        describe(folder_of(out, name), About("held_out", photographs=False))
    orders = [(out, name, todo) for name in names if (todo := missing(out, name))]
    with ProcessPoolExecutor(workers) as pool:
        for order, count in zip(orders, pool.map(_draw, orders), strict=True):
            print(f"{order[1]}: {count} frames drawn", flush=True)


def main() -> None:
    """Render."""
    parser = argparse.ArgumentParser(description="Render the films that python -m benchmarks.tracking needs")
    parser.add_argument("--out", type=Path, default=Path("out/tracking"))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--tuning", action="store_true", help="those for choosing constants as well")
    chosen = parser.parse_args()
    render(chosen.out, (*TUNING, *MEASURED) if chosen.tuning else MEASURED, chosen.workers)


if __name__ == "__main__":
    main()
