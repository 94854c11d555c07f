"""Walkers drawn before the backdrop, with their labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage, LabelMap
from domain.labels import BodyPart
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.sprites import Sprite, SpritePack, dyed
from pipeline.sources.synthetic.stage import GroundCamera, draw_backdrop
from pipeline.sources.synthetic.walkers import Walker

_CHEST_M = 0.85
# Standard deviation of the picture's noise, grey levels.
_NOISE = 1.6
# Different ones, taken in turn.
_NOISES = 4
_SHADOW = 0.28

Premultiplied: TypeAlias = npt.NDArray[np.float32]
"""Shape (H, W, 4), dtype float32: B, G, R times opacity, 0 to 255, and opacity, 0 to 1."""

_DYED_PARTS = {
    "upper-clothes": BodyPart.UPPER_CLOTHES,
    "pants": BodyPart.PANTS,
    "skirt": BodyPart.SKIRT,
    "dress": BodyPart.DRESS,
}


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPerson:
    """A walker's silhouette in one frame, whether or not others hide it.

    Attributes:
        walker: Position in the plan.
        labels: Shape (h, w) uint8, cut at the edges of the picture.
        left, top: Where in the picture, pixels.
        picture: Shape (h, w, 4) float32, cut likewise.
        floor: Column and row of the feet, and pixels per metre there.
        ahead: Metres from the camera, along its view.
    """

    walker: int
    labels: LabelMap
    left: int
    top: int
    picture: Premultiplied
    floor: tuple[float, float, float]
    ahead: float

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the picture."""
        height, width = self.labels.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


class Drawing:
    """Draws any moment of a plan; the same moment is the same picture each time. One thread.

    Attributes:
        camera: The camera.
        walkers: The plan.
    """

    def __init__(self, options: SyntheticOptions, pack: SpritePack, walkers: Sequence[Walker]) -> None:
        self.camera = GroundCamera(*options.size)
        self._pack = pack
        self.walkers = tuple(walkers)
        self._dyed: dict[tuple[int, int, int, bool], Sprite] = {}
        self._backdrop = draw_backdrop(self.camera, options.seed)
        noises = np.random.default_rng(options.seed).normal(0, _NOISE, (_NOISES, *self._backdrop.shape))
        self._noises = np.rint(noises).astype(np.int16)

    def people(self, time_s: float) -> list[DrawnPerson]:
        """Whoever shows at least one pixel, the farthest first."""
        drawn = [
            person
            for number in range(len(self.walkers))
            if (person := self.place(number, time_s)) is not None
        ]
        return sorted(drawn, key=lambda person: (-person.ahead, person.walker))

    def picture(self, people: Sequence[DrawnPerson], frame: int) -> BgrImage:
        """These people before the backdrop, shape (H, W, 3) uint8 BGR."""
        picture = self._backdrop.copy()
        for person in people:
            _cast_shadow(picture, person.floor)
        for person in people:
            below = picture[person.window]
            opacity = person.picture[:, :, 3:]
            below[:] = np.rint(below * (1 - opacity) + person.picture[:, :, :3])
        noisy = cv2.add(picture, self._noises[frame % _NOISES], dtype=cv2.CV_8U)
        return np.asarray(noisy, np.uint8)

    def place(self, number: int, time_s: float) -> DrawnPerson | None:
        """A walker, by position in the plan; None who shows no pixel at that time."""
        walker = self.walkers[number]
        place = walker.at(time_s)
        if place is None:
            return None
        column, row, _ = self.camera.project(place.x, 0.0, place.z)
        _, _, ahead = self.camera.project(place.x, _CHEST_M, place.z)
        if ahead < 0.5:
            return None
        sprite = self._sprite(number, place.heading - float(np.arctan2(-place.x, place.z)), place.walked)
        scale = self.camera.focal / ahead / self._pack.pixels_per_metre
        return self._cut(number, sprite, (column, row, scale), ahead)

    def _sprite(self, number: int, heading: float, walked: float) -> Sprite:
        """The sprite nearest to a heading relative to the line of sight, radians, and to the phase after so many metres."""
        walker, pack = self.walkers[number], self._pack
        turned = (heading + np.pi) % (2 * np.pi) - np.pi
        nearest = int(np.argmin(np.abs(np.array(pack.headings_deg) - np.rad2deg(abs(turned)))))
        phase = int(walked / walker.character.stride_m * pack.phases) % pack.phases
        key = number, nearest, phase, turned < 0
        if key not in self._dyed:
            parts = {
                _DYED_PARTS[garment]: pack.palette[color]
                for garment, color in zip(walker.character.garments, walker.colors, strict=True)
            }
            sprite = dyed(pack.sprite(walker.character.number, nearest, phase), parts, pack.undyed)
            self._dyed[key] = sprite.mirrored() if turned < 0 else sprite
        return self._dyed[key]

    def _cut(
        self, number: int, sprite: Sprite, at: tuple[float, float, float], ahead: float
    ) -> DrawnPerson | None:
        column, row, scale = at
        height, width = sprite.labels.shape
        size = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = round(column - sprite.anchor[0] * scale), round(row - sprite.anchor[1] * scale)
        rows = slice(max(0, -top), min(size[1], self.camera.height - top))
        columns = slice(max(0, -left), min(size[0], self.camera.width - left))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        labels = cv2.resize(sprite.labels, size, interpolation=cv2.INTER_NEAREST)[rows, columns]
        if not labels.any():
            return None
        smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        picture = cv2.resize(_premultiplied(sprite), size, interpolation=smooth)[rows, columns]
        metre = scale * self._pack.pixels_per_metre
        return DrawnPerson(
            number,
            np.asarray(labels, np.uint8),
            left + columns.start,
            top + rows.start,
            np.asarray(picture, np.float32),
            (column, row, metre),
            ahead,
        )


def _premultiplied(sprite: Sprite) -> Premultiplied:
    picture = sprite.bgra.astype(np.float32)
    picture[:, :, 3] /= 255
    picture[:, :, :3] *= picture[:, :, 3:]
    return picture


def _cast_shadow(picture: BgrImage, floor: tuple[float, float, float]) -> None:
    """Darken the floor around the feet, softly."""
    column, row, metre = floor
    wide, high = 0.55 * metre, 0.2 * metre
    top, bottom = max(0, int(row - high)), min(picture.shape[0], int(row + high) + 1)
    left, right = max(0, int(column - wide)), min(picture.shape[1], int(column + wide) + 1)
    if top >= bottom or left >= right:
        return
    along = ((np.arange(top, bottom, dtype=np.float32) - row) / high)[:, None]
    across = ((np.arange(left, right, dtype=np.float32) - column) / wide)[None, :]
    dark = 1 - _SHADOW * np.maximum(1 - along**2 - across**2, 0) ** 1.2
    window = picture[top:bottom, left:right]
    window[:] = np.rint(window * dark[:, :, None])
