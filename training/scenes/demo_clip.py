"""The clip that comes with Footfall, and the truth about it: `make demo-clip`.

Seven people walk through a small shop, one to three at a time.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from domain.events import ColorName
from domain.frame import BgrImage
from domain.labels import BodyPart
from training.scenes.assets import default_assets
from training.scenes.body import Build
from training.scenes.camera import Camera
from training.scenes.fabrics import Fabric, NamedColor, Srgb
from training.scenes.film import Actor, Box, Film, Visit, visits, write_film
from training.scenes.garments import Garment
from training.scenes.layers import Surface
from training.scenes.lighting import Lighting
from training.scenes.looks import HairStyle, Look
from training.scenes.people import make_person
from training.scenes.plate import room_plate
from training.scenes.poses import Gait
from training.scenes.render import Renderer
from training.scenes.rooms import Tiles, box, paint, quad, shelf
from training.scenes.walks import Stop, Walk

FPS = 12.5
SECONDS = 28
FRAMES = int(FPS * SECONDS)
RECORDED_AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
_CRF = 20
_CAMERA = Camera(768, 432, np.deg2rad(60.0), (0.0, 3.0, 4.6), np.deg2rad(21.0))
_LIGHTING = Lighting(
    towards_key=(0.3, 1.0, 0.5),
    key=(0.7, 0.69, 0.66),
    spread=0.14,
    above=(0.52, 0.53, 0.55),
    below=(0.3, 0.3, 0.29),
)

_DARK, _BROWN, _FAIR, _GREY = (30, 26, 24), (74, 50, 34), (186, 148, 92), (140, 138, 136)
_GOODS: tuple[Srgb, ...] = (
    (196, 176, 150),
    (150, 166, 176),
    (176, 150, 140),
    (158, 172, 150),
    (206, 200, 186),
    (136, 140, 150),
    (188, 168, 120),
)


def _top(color: ColorName, sleeves: str = "short") -> Garment:
    fabric = Fabric(NamedColor.called(color), folds=0.25, seed=len(color))
    return Garment(
        BodyPart.UPPER_CLOTHES, fabric, sleeves="long" if sleeves == "long" else "short", loose=0.3
    )


def _trousers(color: ColorName, loose: float = 0.4) -> Garment:
    return Garment(BodyPart.PANTS, Fabric(NamedColor.called(color), folds=0.3, seed=3), loose=loose)


@dataclass(frozen=True, slots=True)
class Role:
    """One of the people of the clip.

    Attributes:
        look: Who.
        places: The way through the shop: x and z, metres.
        start_s: When it begins, out of sight.
        speed: Metres a second.
        stops: On the way.
    """

    look: Look
    places: tuple[tuple[float, float], ...]
    start_s: float
    speed: float = 1.25
    stops: tuple[Stop, ...] = ()


def _look(
    build: Build, clothes: tuple[Garment, ...], hair: tuple[HairStyle, Srgb], shoes: int, gait: Gait
) -> Look:
    return Look(build, clothes, hair=hair[0], hair_color=hair[1], shoes=shoes, gait=gait)


ROLES = (
    Role(
        _look(
            Build("male", "young", "caucasian", muscle=0.3),
            (_trousers("black"), _top("red")),
            ("short01", _BROWN),
            1,
            Gait(arm_swing=0.38),
        ),
        ((-4.4, -1.2), (-1.0, -1.5), (2.0, -1.9), (5.4, -2.4)),
        start_s=0.3,
        speed=1.35,
    ),
    Role(
        _look(
            Build("female", "young", "african"),
            (_trousers("blue", 0.2), _top("yellow")),
            ("bob02", _DARK),
            2,
            Gait(stride=0.92, arm_swing=0.3),
        ),
        ((-3.4, -6.2), (-2.2, -5.8), (-1.6, -4.2), (-0.7, -1.4), (-1.3, 0.5), (-3.9, 0.9)),
        start_s=2.6,
        speed=1.2,
    ),
    Role(
        _look(
            Build("male", "old", "caucasian", weight=0.4),
            (_trousers("grey", 0.6), _top("green")),
            ("short03", _GREY),
            4,
            Gait(stride=0.86, arm_swing=0.25, lean=0.07),
        ),
        ((5.2, -2.4), (2.4, -2.2), (1.0, -2.6), (-1.2, -3.0), (-5.6, -2.6)),
        start_s=8.1,
        speed=1.2,
    ),
    Role(
        _look(
            Build("female", "young", "caucasian", weight=-0.2),
            (_trousers("black", 0.3), _top("white")),
            ("ponytail01", _FAIR),
            5,
            Gait(stride=0.9),
        ),
        ((-3.9, 0.0), (-1.2, -0.2), (1.2, 0.0), (3.7, 0.4)),
        start_s=10.9,
        speed=1.15,
    ),
    Role(
        _look(
            Build("male", "young", "african", muscle=0.5),
            (_trousers("grey"), _top("blue")),
            ("short04", _DARK),
            6,
            Gait(arm_swing=0.42),
        ),
        ((5.6, -3.4), (2.2, -3.5), (-0.6, -3.7), (-1.7, -4.4), (-2.2, -5.7), (-3.4, -6.3)),
        start_s=13.2,
        speed=1.3,
    ),
    Role(
        _look(
            Build("female", "young", "asian", muscle=0.1),
            (_trousers("black", 0.3), _top("purple")),
            ("short02", _DARK),
            3,
            Gait(stride=0.94, arm_swing=0.3),
        ),
        ((-4.6, -1.9), (-1.5, -1.7), (0.4, -1.0), (1.6, 0.3), (3.6, 0.7)),
        start_s=19.5,
        speed=1.25,
    ),
    Role(
        _look(
            Build("male", "young", "asian", weight=0.1),
            (_trousers("blue"), _top("orange")),
            ("short02", _DARK),
            1,
            Gait(stride=0.98),
        ),
        ((5.4, -2.7), (2.0, -2.5), (-1.5, -1.9), (-4.7, -1.5)),
        start_s=19.4,
        speed=1.35,
    ),
)
"""In the order of their coming; the position plus 1 is the person's number."""


def shop() -> list[Surface]:
    """Floor, walls, a door with a passage behind it, shelves and a counter."""
    wall, skirting, frame = paint((216, 214, 206)), paint((120, 118, 114)), paint((150, 132, 112))
    back, left, right, ceiling = -5.0, -2.75, -1.55, 2.25
    surfaces = [
        quad(
            ((-12, 0, 8), (12, 0, 8), (12, 0, -8), (-12, 0, -8)), Tiles((184, 180, 172), (150, 146, 140), 0.5)
        ),
        box((-12, 0, back - 0.15), (left, 3.6, back), wall),
        box((right, 0, back - 0.15), (12, 3.6, back), wall),
        box((left, ceiling, back - 0.15), (right, 3.6, back), wall),
        box((-12, 0, back - 2.2), (12, 3.6, back - 2.0), paint((168, 170, 172))),
        box((-12, 0, back), (left - 0.08, 0.1, back + 0.02), skirting),
        box((right + 0.08, 0, back), (12, 0.1, back + 0.02), skirting),
        box((left - 0.08, 0, back - 0.15), (left, ceiling + 0.08, back + 0.03), frame),
        box((right, 0, back - 0.15), (right + 0.08, ceiling + 0.08, back + 0.03), frame),
        box((left, ceiling, back - 0.15), (right, ceiling + 0.08, back + 0.03), frame),
    ]
    surfaces += shelf((-0.6, 0.0, back), (1.5, 1.75, back + 0.42), _GOODS, 3)
    surfaces += shelf((2.1, 0.0, back), (4.9, 1.75, back + 0.42), _GOODS, 4)
    surfaces += shelf((-5.6, 0.0, back), (-3.5, 1.75, back + 0.42), _GOODS, 5)
    return surfaces + _counter()


def _counter() -> list[Surface]:
    body, board, dark = paint((196, 188, 176)), paint((116, 92, 70)), paint((52, 54, 58))
    return [
        box((2.75, 0.0, -1.25), (4.6, 0.92, -0.75), body),
        box((2.7, 0.92, -1.3), (4.65, 0.97, -0.7), board),
        box((3.5, 0.97, -1.15), (3.85, 1.05, -0.85), dark),
        box((3.52, 1.05, -1.03), (3.83, 1.28, -1.0), dark),
    ]


@lru_cache(maxsize=1)
def film() -> Film:
    """The clip; takes seconds to make ready."""
    renderer = Renderer(_CAMERA, room_plate(_CAMERA, _LIGHTING, shop()))
    assets = default_assets()
    actors = tuple(
        Actor(
            make_person(assets, role.look),
            Walk(role.places, start_s=role.start_s, speed=role.speed, stops=role.stops),
        )
        for role in ROLES
    )
    return Film(renderer, actors, FPS, FRAMES)


def _draw(index: int) -> tuple[int, BgrImage, dict[int, Box]]:
    frame = film().frame(index)
    return index, frame.rendering.image, frame.boxes()


def truth(seen: Sequence[Visit]) -> dict[str, object]:
    """What goes into `demo.json`."""
    return {
        "about": "Truth of demo.mp4: rendered people, see docs/demo-clip.md. Times are seconds of media, boxes are left, top, "
        "right, bottom in pixels of what is seen, right and bottom exclusive.",
        "licence": "CC0-1.0",
        "recorded_at": RECORDED_AT.isoformat(),
        "fps": FPS,
        "frames": FRAMES,
        "width": _CAMERA.width,
        "height": _CAMERA.height,
        "visits": [_visit(visit) for visit in seen],
    }


def _visit(visit: Visit) -> dict[str, object]:
    look = ROLES[visit.person - 1].look
    worn = [{"part": garment.name, "color": garment.fabric.color.name} for garment in look.garments]
    return {
        "person": visit.person,
        "enter_s": round(visit.enter_s, 3),
        "leave_s": round(visit.leave_s, 3),
        "garments": [*worn, {"part": "shoe", "color": look.shoe_color.name}],
        "boxes": {str(index): box for index, box in visit.boxes},
    }


def main() -> None:
    """Render the clip."""
    parser = argparse.ArgumentParser(description="Render the demo clip and its truth")
    parser.add_argument("--out", type=Path, default=Path("cli/demo"))
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(chosen.workers) as pool:
        frames = sorted(pool.map(_draw, range(FRAMES), chunksize=5), key=lambda frame: frame[0])
    clip = chosen.out / "demo.mp4"
    write_film(clip, [picture for _, picture, _ in frames], FPS, RECORDED_AT, _CRF)
    known = truth(visits([(index, boxes) for index, _, boxes in frames], FPS))
    (chosen.out / "demo.json").write_text(json.dumps(known, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{clip}: {clip.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
