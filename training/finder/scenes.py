"""Pictures and the boxes of the people in them: rendered crowds, pasted people, photographs side by side, and empty places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage, LabelMap
from training.canvas import Rng

Boxes: TypeAlias = npt.NDArray[np.float32]
"""Shape (K, 4) float32: left, top, right, bottom in pixels."""

NONE: Boxes = np.zeros((0, 4), np.float32)

_LEAST_PIXELS = 60  # of a person: who shows less is neither asked for nor wrong
_LEAST_HEIGHT = 16.0  # pixels; somebody smaller is a speck
_LEAST_SHOWN = 0.35  # of somebody whom a border cuts


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and where people are in it.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR.
        boxes: Of what is seen of each person.
        doubtful: Boxes of what may be a person or not, or shows too little of one: whatever is said there is neither right nor
            wrong.
    """

    image: BgrImage
    boxes: Boxes
    doubtful: Boxes

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return int(self.image.shape[0]), int(self.image.shape[1])

    def mirrored(self) -> "Scene":
        """Left and right swapped."""
        width = self.image.shape[1]
        turned = ([[width, 0, width, 0]] + boxes * [-1, 1, -1, 1] for boxes in (self.boxes, self.doubtful))
        boxes, doubtful = (each[:, [2, 1, 0, 3]].astype(np.float32) for each in turned)
        return Scene(np.ascontiguousarray(self.image[:, ::-1]), boxes, doubtful)


def scene_of(image: BgrImage, person_ids: LabelMap, whole: LabelMap | None = None) -> Scene:
    """A picture of which the person of every pixel is known.

    Args:
        image: Shape (H, W, 3) uint8 BGR.
        person_ids: Shape (H, W); 0 is nobody.
        whole: The same of the picture of which this is a piece: of whom the piece shows but a little is doubtful. A finder that is
            asked for slivers at borders sees people in specks and lines.
    """
    pixels = np.bincount((person_ids if whole is None else whole).ravel(), minlength=256)
    known: list[tuple[float, ...]] = []
    doubtful: list[tuple[float, ...]] = []
    for person in np.unique(person_ids[person_ids > 0]):
        mask = (person_ids == person).view(np.uint8)
        left, top, width, height = cv2.boundingRect(mask)
        seen = cv2.countNonZero(mask)
        enough = height >= _LEAST_HEIGHT and seen >= max(_LEAST_PIXELS, _LEAST_SHOWN * pixels[person])
        (known if enough else doubtful).append((left, top, left + width, top + height))
    return Scene(image, as_boxes(known), as_boxes(doubtful))


def as_boxes(boxes: Sequence[Iterable[float]]) -> Boxes:
    """Shape (K, 4) of these, K may be 0."""
    return np.array(boxes, np.float32).reshape(-1, 4)


def shown(scene: Scene, size: tuple[int, int], zoom: float, rng: Rng) -> Scene:
    """A random piece at another size.

    Args:
        scene: What to show.
        size: Height and width of the result.
        zoom: How much larger; where the scene is smaller than the result, the rest is one random tone.
        rng: Where the piece lies.
    """
    tone = rng.integers(60, 180, 3).astype(np.uint8)
    canvas = Scene(np.full((*size, 3), tone, np.uint8), NONE, NONE)
    rows, columns = (round(side * zoom) for side in scene.size)
    top = int(rng.uniform(min(0, size[0] - rows), max(0, size[0] - rows) + 1))
    left = int(rng.uniform(min(0, size[1] - columns), max(0, size[1] - columns) + 1))
    return put(canvas, scene, zoom, (top, left))


def put(canvas: Scene, scene: Scene, zoom: float, corner: tuple[int, int]) -> Scene:
    """A scene, enlarged or reduced, before a part of another one; what lies outside is cut off.

    Args:
        canvas: Stays as it is.
        scene: What to show.
        zoom: How much larger.
        corner: Row and column of its first pixel; may be negative.
    """
    top, left = corner
    rows, columns = (max(1, round(side * zoom)) for side in scene.size)
    window = _window(corner, (rows, columns), canvas.size)
    if window[0] >= window[2] or window[1] >= window[3]:
        return canvas
    y0, x0, y1, x1 = window
    image = canvas.image.copy()
    image[y0:y1, x0:x1] = _resized(scene.image, (rows, columns), (y0 - top, x0 - left, y1 - top, x1 - left))
    hidden = np.array([x0, y0, x1, y1], np.float32)
    placed = [
        (each * zoom + [left, top, left, top]).astype(np.float32) for each in (scene.boxes, scene.doubtful)
    ]
    clipped = [np.clip(each, [x0, y0, x0, y0], [x1, y1, x1, y1]).astype(np.float32) for each in placed]
    enough = _enough(clipped[0], placed[0])
    before = [each[~_inside(each, hidden)] for each in (canvas.boxes, canvas.doubtful)]
    seen = clipped[1][_areas(clipped[1]) > 4]
    rest = clipped[0][~enough & (_areas(clipped[0]) > 4)]
    return Scene(
        image, np.concatenate([before[0], clipped[0][enough]]), np.concatenate([before[1], seen, rest])
    )


def _window(
    corner: tuple[int, int], size: tuple[int, int], around: tuple[int, int]
) -> tuple[int, int, int, int]:
    (top, left), (rows, columns), (height, width) = corner, size, around
    return max(0, top), max(0, left), min(height, top + rows), min(width, left + columns)


def _resized(image: BgrImage, size: tuple[int, int], part: tuple[int, int, int, int]) -> BgrImage:
    """That part of the picture at another size, without enlarging the rest of it."""
    y0, x0, y1, x1 = part
    down, across = size[0] / image.shape[0], size[1] / image.shape[1]
    if down < 1:
        smaller = cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA)
        return np.asarray(smaller[y0:y1, x0:x1], np.uint8)
    move = np.array(
        [[1 / across, 0, (x0 + 0.5) / across - 0.5], [0, 1 / down, (y0 + 0.5) / down - 0.5]], np.float32
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    piece = cv2.warpAffine(image, move, (x1 - x0, y1 - y0), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(piece, np.uint8)


def _enough(clipped: Boxes, whole: Boxes) -> npt.NDArray[np.bool_]:
    tall = clipped[:, 3] - clipped[:, 1] >= _LEAST_HEIGHT
    wide = clipped[:, 2] - clipped[:, 0] >= 3
    return np.asarray(tall & wide & (_areas(clipped) > _LEAST_SHOWN * _areas(whole)))


def _areas(boxes: Boxes) -> Boxes:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def _inside(boxes: Boxes, window: Boxes) -> npt.NDArray[np.bool_]:
    """Whose middle is."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.asarray(((middle >= window[:2]) & (middle < window[2:])).all(axis=1))
