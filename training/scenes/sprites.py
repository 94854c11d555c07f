"""Small pictures of walking people for the `synthetic:` source, packed into one file: `make sprites`.

Garments are drawn in one light grey, so that multiplying by a colour dyes them: stored values follow a power of the
light, and a power of a product is the product of the powers.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import LabelMap
from domain.labels import BodyPart
from training.scenes.assets import default_assets
from training.scenes.body import Build
from training.scenes.camera import Camera
from training.scenes.fabrics import PALETTE, Fabric, NamedColor
from training.scenes.garments import Garment
from training.scenes.lighting import Lighting
from training.scenes.looks import Look
from training.scenes.people import Person, make_person
from training.scenes.plate import empty_plate
from training.scenes.poses import Gait, walking
from training.scenes.render import PlacedPerson, Renderer

PHASES = 10
HEADINGS_DEG = (0, 45, 90, 135, 180)
"""0 comes towards the camera, 90 walks to the right, 180 walks away; the others are these in a mirror."""

UNDYED = NamedColor("white", (230, 230, 230))
_CLOTH = Fabric(UNDYED, folds=0.2)
_CAMERA = Camera(200, 300, np.deg2rad(16.0), (0.0, 2.9, 6.0), np.deg2rad(18.5))
_GROUND_ROW_AT = (0.0, 0.0, 0.0)  # the point between the feet, which a sprite is placed by
_ATLAS_WIDTH = 2048
_QUALITY = 88

_DARK_HAIR, _BROWN_HAIR, _FAIR_HAIR, _GREY_HAIR = (30, 26, 24), (74, 50, 34), (186, 148, 92), (140, 138, 136)


def characters() -> tuple[Look, ...]:
    """The six people of the pack."""
    top, trousers, skirt = BodyPart.UPPER_CLOTHES, BodyPart.PANTS, BodyPart.SKIRT
    return (
        Look(
            Build("male", "young", "caucasian", muscle=0.2),
            (Garment(trousers, _CLOTH), Garment(top, _CLOTH, sleeves="short")),
            hair="short01",
            hair_color=_BROWN_HAIR,
            shoes=1,
        ),
        Look(
            Build("female", "young", "african", weight=0.1),
            (Garment(trousers, _CLOTH, loose=0.2), Garment(top, _CLOTH, sleeves="short")),
            hair="bob02",
            hair_color=_DARK_HAIR,
            shoes=2,
            gait=Gait(stride=0.92, arm_swing=0.3),
        ),
        Look(
            Build("female", "young", "asian"),
            (Garment(skirt, _CLOTH, length="knee"), Garment(top, _CLOTH, sleeves="short")),
            hair="ponytail01",
            hair_color=_DARK_HAIR,
            shoes=3,
            gait=Gait(stride=0.88, arm_swing=0.28),
        ),
        Look(
            Build("male", "old", "caucasian", weight=0.5),
            (Garment(trousers, _CLOTH, loose=0.8), Garment(top, _CLOTH, loose=0.8)),
            hair="short03",
            hair_color=_GREY_HAIR,
            shoes=4,
            gait=Gait(stride=0.85, arm_swing=0.25, lean=0.08),
        ),
        Look(
            Build("female", "young", "caucasian", weight=-0.3),
            (Garment(trousers, _CLOTH, loose=0.4), Garment(top, _CLOTH, loose=0.2)),
            hair="long01",
            hair_color=_FAIR_HAIR,
            shoes=5,
            gait=Gait(stride=0.9),
        ),
        Look(
            Build("male", "young", "african", muscle=0.6),
            (Garment(trousers, _CLOTH), Garment(top, _CLOTH, sleeves="short")),
            hair="short04",
            hair_color=_DARK_HAIR,
            shoes=6,
            gait=Gait(arm_swing=0.42),
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """One picture.

    Attributes:
        bgra: Shape (H, W, 4) uint8: colour not multiplied by opacity, and opacity.
        labels: Shape (H, W) uint8, values of `BodyPart`.
        anchor: Column and row of the point on the floor between the feet; may lie outside.
    """

    bgra: npt.NDArray[np.uint8]
    labels: LabelMap
    anchor: tuple[float, float]


def render_character(look: Look) -> tuple[float, list[Sprite]]:
    """Its stride in metres, and a sprite for each heading and phase, phases running fastest."""
    person = make_person(default_assets(), look)
    renderer = Renderer(_CAMERA, empty_plate(_CAMERA, Lighting()))
    sprites = [
        _render(renderer, person, heading, phase / PHASES)
        for heading in HEADINGS_DEG
        for phase in range(PHASES)
    ]
    return person.stride.length, sprites


def _render(renderer: Renderer, person: Person, heading: float, phase: float) -> Sprite:
    pose = walking(phase, person.look.gait)
    rendering = renderer.draw([PlacedPerson(person, pose, 0.0, 0.0, float(np.deg2rad(heading)), 1)])
    opacity = rendering.coverage
    # The empty plate is black: what is left in a half-covered pixel is its colour times its share of light, not of stored values.
    colour = (rendering.image / 255.0) / np.maximum(opacity, 0.05)[:, :, None] ** (1 / 2.2)
    bgra = np.dstack([np.clip(colour, 0, 1), opacity])
    rows, columns = np.nonzero(opacity > 0)
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    column, row, _ = _CAMERA.project(np.array([_GROUND_ROW_AT], np.float32))[0]
    return Sprite(
        bgra=np.round(bgra[box] * 255).astype(np.uint8),
        labels=rendering.labels[box],
        anchor=(float(column - columns.min()), float(row - rows.min())),
    )


def pixels_per_metre() -> float:
    """Of a sprite, at the place where its person stands."""
    _, _, ahead = _CAMERA.project(np.array([[0.0, 0.85, 0.0]], np.float32))[0]
    return _CAMERA.focal / float(ahead)


def pack(
    rendered: Sequence[tuple[float, list[Sprite]]], looks: Sequence[Look]
) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of the file; `pipeline/sources/synthetic/sprites.py` tells what they mean."""
    sprites = [sprite for _, drawn in rendered for sprite in drawn]
    places, height = _shelve([sprite.labels.shape for sprite in sprites])
    colour = np.zeros((height, _ATLAS_WIDTH, 4), np.uint8)
    labels = np.zeros((height, _ATLAS_WIDTH), np.uint8)
    table = np.zeros((len(sprites), 6), np.float32)
    for number, (sprite, (left, top)) in enumerate(zip(sprites, places, strict=True)):
        rows, columns = sprite.labels.shape
        colour[top : top + rows, left : left + columns] = sprite.bgra
        labels[top : top + rows, left : left + columns] = sprite.labels
        table[number] = (left, top, columns, rows, *sprite.anchor)
    return {
        "colour_webp": _encode(".webp", colour, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY]),
        "labels_png": _encode(".png", labels, [cv2.IMWRITE_PNG_COMPRESSION, 9]),
        "sprites": table,
        "about_json": np.frombuffer(json.dumps(_about(rendered, looks)).encode(), np.uint8),
    }


def _about(rendered: Sequence[tuple[float, list[Sprite]]], looks: Sequence[Look]) -> dict[str, object]:
    return {
        "phases": PHASES,
        "headings_deg": HEADINGS_DEG,
        "pixels_per_metre": round(pixels_per_metre(), 2),
        "undyed": UNDYED.srgb[0],
        "palette": {name: shades[0] for name, shades in PALETTE.items()},
        "characters": [
            {
                "stride_m": round(stride, 4),
                "garments": [garment.name for garment in look.garments],
                "shoes": look.shoe_color.name,
            }
            for (stride, _), look in zip(rendered, looks, strict=True)
        ],
    }


def _shelve(shapes: Sequence[tuple[int, ...]]) -> tuple[list[tuple[int, int]], int]:
    """Left and top of each sprite, in rows as they come, and the height of them all."""
    places: list[tuple[int, int]] = []
    left = top = tallest = 0
    for rows, columns in shapes:
        if left + columns > _ATLAS_WIDTH:
            left, top, tallest = 0, top + tallest, 0
        places.append((left, top))
        left, tallest = left + columns, max(tallest, rows)
    return places, top + tallest


def _encode(ending: str, picture: npt.NDArray[np.uint8], options: list[int]) -> npt.NDArray[np.uint8]:
    done, data = cv2.imencode(ending, picture, options)
    if not done:
        raise RuntimeError(f"OpenCV cannot write {ending}")
    return np.asarray(data, np.uint8)


def main() -> None:
    """Render the pack."""
    parser = argparse.ArgumentParser(description="Render the sprites of the synthetic: source")
    parser.add_argument("--out", type=Path, default=Path("pipeline/sources/synthetic/sprites.npz"))
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    looks = characters()
    with ProcessPoolExecutor(chosen.workers) as pool:
        rendered = list(pool.map(render_character, looks))
    np.savez(chosen.out, **pack(rendered, looks))  # type: ignore[arg-type]  # numpy's stub takes the names for options
    print(f"{chosen.out}: {chosen.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
