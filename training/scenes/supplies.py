"""What scenes may be made of: for training one set of panoramas, stills, goods and people, for evaluation another."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from domain.errors import UsageError
from domain.frame import BgrImage
from training.scenes.arrays import srgb_to_linear
from training.scenes.assets import Texture, default_assets
from training.scenes.camera import Camera
from training.scenes.furniture import any_color
from training.scenes.lighting import Lighting
from training.scenes.people import Person, make_person
from training.scenes.postures import random_posture
from training.scenes.render import PlacedPerson
from training.scenes.snapshot import snapshot
from training.scenes.strangers import Split, random_look
from training.shared import Split as FileSplit
from training.shared import backgrounds, shelves

HELD_OUT_SEEDS = 900_000
"""Seeds from here on belong to held-out frames, those below to training."""

_GOODS_KEPT = 80  # photographs of goods of one process
_GOODS_WIDTH = 160  # pixels


@dataclass(frozen=True, slots=True)
class Supplies:
    """What one kind of frames may be made of.

    Attributes:
        split: For training, or for evaluation only.
        photographs: Whether photographs may be seen in them; without, everything is CC0.
    """

    split: Split = "training"
    photographs: bool = True

    @property
    def held_out(self) -> bool:
        """Whether nothing may be trained on it."""
        return self.split == "held_out"

    def check_seed(self, seed: int) -> None:
        """Seeds are split too.

        Raises:
            UsageError: It belongs to the other kind of frames, or is negative.
        """
        if seed < 0 or (seed >= HELD_OUT_SEEDS) != self.held_out:
            bounds = f"{HELD_OUT_SEEDS} or more" if self.held_out else f"0 to {HELD_OUT_SEEDS - 1}"
            raise UsageError(f"a seed of {self.split} frames must be {bounds}, got {seed}")

    def goods(self) -> tuple[Texture, ...]:
        """Photographs of goods in shops."""
        return _goods("test" if self.held_out else "training") if self.photographs else ()

    def stills(self) -> dict[str, BgrImage]:
        """Photographs of places without people, by name."""
        return _stills("tuning" if self.held_out else "training") if self.photographs else {}

    def person(self, rng: np.random.Generator) -> Person:
        """Somebody of this side's wardrobe."""
        return make_person(default_assets(), random_look(rng, self.split))


@lru_cache(maxsize=2)
def _goods(split: FileSplit) -> tuple[Texture, ...]:
    found = [image for _, image in shelves(split)]
    return tuple(_texture(image) for image in found[:: max(1, len(found) // _GOODS_KEPT)])


def _texture(image: BgrImage) -> Texture:
    height = round(image.shape[0] * _GOODS_WIDTH / image.shape[1])
    small = cv2.resize(image, (_GOODS_WIDTH, height), interpolation=cv2.INTER_AREA)
    linear = srgb_to_linear(small[:, :, ::-1].astype(np.float32) / 255)
    return Texture(linear, np.ones(linear.shape[:2], np.float32))


@lru_cache(maxsize=2)
def _stills(split: FileSplit) -> dict[str, BgrImage]:
    return dict(backgrounds(split))


def poster(person: Person, rng: np.random.Generator) -> Texture:
    """A picture of somebody before one colour, as hangs on walls; whole or from the waist up."""
    whole = rng.random() < 0.5
    wide, tall, height = (90, 190, 1.0) if whole else (110, 150, 1.4)
    camera = Camera(
        wide, tall, float(np.deg2rad(16 if whole else 12)), (0.0, height, 5.0 if whole else 3.6), 0.03
    )
    placed = PlacedPerson(person, random_posture(rng, person).pose, 0.0, 0.0, float(rng.normal(0, 0.5)), 1)
    seen = snapshot(camera, Lighting(), placed.surfaces())
    wall = srgb_to_linear(np.array(any_color(rng), np.float32) / 255)
    light = np.where((seen.person_ids == 0)[:, :, None], wall, seen.light)
    return Texture(light.astype(np.float32), np.ones(light.shape[:2], np.float32))
