"""The people that the `synthetic:` source draws: small pictures, rendered by `training/scenes/sprites.py` from CC0 models.

`sprites.npz` holds

- `colour_webp`: an atlas of all sprites, BGRA, with every garment in one light grey (`undyed`);
- `labels_png`: the same atlas with a `BodyPart` a pixel, 0 where nobody is;
- `sprites`: shape (characters x headings x phases, 6) float32: left, top, width and height in the atlas, and column and row in the
  sprite of the place on the floor that the person stands on;
- `about_json`: phases, headings, scale, palette and, for each character, its stride and what it wears.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.events import ColorName, GarmentName
from domain.frame import LabelMap
from domain.labels import BodyPart

BgraImage: TypeAlias = npt.NDArray[np.uint8]
"""Shape (H, W, 4), dtype uint8; colours are not multiplied by opacity."""

Bgr: TypeAlias = tuple[int, int, int]

_MIRRORED = np.arange(256, dtype=np.uint8)
for _left, _right in (
    (BodyPart.LEFT_ARM, BodyPart.RIGHT_ARM),
    (BodyPart.LEFT_LEG, BodyPart.RIGHT_LEG),
    (BodyPart.LEFT_SHOE, BodyPart.RIGHT_SHOE),
):
    _MIRRORED[[_left, _right]] = _right, _left


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """One person at one moment.

    Attributes:
        bgra: Shape (H, W, 4) uint8.
        labels: Shape (H, W) uint8, values of `BodyPart`.
        anchor: Column and row of the place on the floor.
    """

    bgra: BgraImage
    labels: LabelMap
    anchor: tuple[float, float]

    def mirrored(self) -> "Sprite":
        """Seen in a mirror; the left arm is a right arm then."""
        return Sprite(
            np.ascontiguousarray(self.bgra[:, ::-1]),
            _MIRRORED[self.labels[:, ::-1]],
            (self.labels.shape[1] - self.anchor[0], self.anchor[1]),
        )


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody of the pack.

    Attributes:
        number: Position in the pack.
        stride_m: Length of two steps, metres.
        garments: What can be dyed.
        shoes: Colour of the shoes, which cannot.
    """

    number: int
    stride_m: float
    garments: tuple[GarmentName, ...]
    shoes: ColorName


@dataclass(frozen=True, slots=True, eq=False)
class SpritePack:
    """All of them.

    Attributes:
        characters: The people.
        phases: How many sprites show a cycle of two steps.
        headings_deg: Rising, from 0 (towards the camera) over 90 (to the right) to 180 (away).
        pixels_per_metre: Size of a person in a sprite.
        undyed: Grey level of garments in full light.
        palette: Colours, B, G, R.
    """

    characters: tuple[Character, ...]
    phases: int
    headings_deg: tuple[float, ...]
    pixels_per_metre: float
    undyed: int
    palette: dict[ColorName, Bgr]
    _colour: BgraImage
    _labels: LabelMap
    _table: npt.NDArray[np.float32]

    def sprite(self, character: int, heading: int, phase: int) -> Sprite:
        """Views of the atlas, by positions in `characters`, `headings_deg` and the cycle."""
        row = self._table[(character * len(self.headings_deg) + heading) * self.phases + phase]
        left, top, width, height = (int(value) for value in row[:4])
        window = slice(top, top + height), slice(left, left + width)
        return Sprite(self._colour[window], self._labels[window], (float(row[4]), float(row[5])))


def dyed(sprite: Sprite, colors: dict[BodyPart, Bgr], undyed: int) -> Sprite:
    """The sprite with its garments in these colours."""
    dye = np.full((256, 3), 255, np.float32)
    for part, color in colors.items():
        dye[part] = np.array(color, np.float32) * (255 / undyed)
    bgra = sprite.bgra.copy()
    product = sprite.bgra[:, :, :3] * (dye / 255)[_spread(sprite.labels)]
    bgra[:, :, :3] = np.clip(np.rint(product), 0, 255).astype(np.uint8)
    return Sprite(bgra, sprite.labels, sprite.anchor)


def _spread(labels: LabelMap) -> LabelMap:
    """Labels that reach over the half-covered pixels of the outline, so that these are dyed like what they belong to."""
    return np.where(labels == 0, cv2.dilate(labels, np.ones((3, 3), np.uint8)), labels).astype(np.uint8)


@lru_cache(maxsize=1)
def load_sprites() -> SpritePack:
    """Read the pack that comes with Footfall; it is kept."""
    with as_file(files("pipeline.sources.synthetic") / "sprites.npz") as path, np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    about = json.loads(arrays["about_json"].tobytes())
    return SpritePack(
        characters=tuple(
            Character(number, one["stride_m"], tuple(one["garments"]), one["shoes"])
            for number, one in enumerate(about["characters"])
        ),
        phases=about["phases"],
        headings_deg=tuple(about["headings_deg"]),
        pixels_per_metre=about["pixels_per_metre"],
        undyed=about["undyed"],
        palette={name: (blue, green, red) for name, (red, green, blue) in about["palette"].items()},
        _colour=np.asarray(cv2.imdecode(arrays["colour_webp"], cv2.IMREAD_UNCHANGED), np.uint8),
        _labels=np.asarray(cv2.imdecode(arrays["labels_png"], cv2.IMREAD_UNCHANGED), np.uint8),
        _table=arrays["sprites"],
    )
