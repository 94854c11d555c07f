"""A picture with its labels and persons, moved and pasted together: what a training sample is made of."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage, LabelMap
from training.labels import IGNORED

Rng = np.random.Generator
_SOFT_EDGE = 0.8  # pixels over which a pasted person fades into the picture
_BORDER_TONES = 255


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """A picture and what is known about it.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR.
        targets: Shape (H, W) uint8: classes of `training.labels`, ANY_SKIN and IGNORED.
        person_ids: Shape (H, W) uint8; 0 is nobody, or somebody of whom nothing is known.
    """

    image: BgrImage
    targets: LabelMap
    person_ids: LabelMap

    def __post_init__(self) -> None:
        size = self.image.shape[:2]
        if self.targets.shape != size or self.person_ids.shape != size:
            raise ValueError(
                f"targets and ids must be {size}, got {self.targets.shape} and {self.person_ids.shape}"
            )

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return int(self.image.shape[0]), int(self.image.shape[1])

    @classmethod
    def empty(cls, image: BgrImage) -> "Canvas":
        """A picture without people."""
        nobody = np.zeros(image.shape[:2], np.uint8)
        return cls(image, nobody, nobody)

    def mirrored(self) -> "Canvas":
        """Left and right swapped."""
        return Canvas(
            *(np.ascontiguousarray(each[:, ::-1]) for each in (self.image, self.targets, self.person_ids))
        )

    def resized(self, height: int, width: int) -> "Canvas":
        """At another size in pixels."""
        smooth = cv2.INTER_AREA if height < self.size[0] else cv2.INTER_LINEAR
        return Canvas(
            np.asarray(cv2.resize(self.image, (width, height), interpolation=smooth), np.uint8),
            _resized(self.targets, height, width),
            _resized(self.person_ids, height, width),
        )


def _resized(numbers: LabelMap, height: int, width: int) -> LabelMap:
    return np.asarray(cv2.resize(numbers, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def reframed(canvas: Canvas, size: tuple[int, int], zoom: float, rng: Rng) -> Canvas:
    """Show a random piece at another size.

    Args:
        canvas: What to show.
        size: Height and width of the result.
        zoom: 1 just fills the result; more shows a piece; less leaves a border of one random tone, in which nobody is.
        rng: Where the piece lies.
    """
    height, width = size
    scale = max(height / canvas.size[0], width / canvas.size[1]) * zoom
    extra_down, extra_right = height - canvas.size[0] * scale, width - canvas.size[1] * scale
    move = np.array(
        [[scale, 0, rng.uniform(0, 1) * extra_right], [0, scale, rng.uniform(0, 1) * extra_down]], np.float32
    )
    tone = [float(value) for value in rng.integers(0, _BORDER_TONES, 3)]
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return Canvas(
        np.asarray(
            cv2.warpAffine(canvas.image, move, (width, height), flags=smooth, borderValue=tone), np.uint8
        ),
        _warped(canvas.targets, move, size),
        _warped(canvas.person_ids, move, size),
    )


def _warped(numbers: LabelMap, move: npt.NDArray[np.float32], size: tuple[int, int]) -> LabelMap:
    return np.asarray(cv2.warpAffine(numbers, move, size[::-1], flags=cv2.INTER_NEAREST), np.uint8)


def around_somebody(canvas: Canvas, size: tuple[int, int], rng: Rng) -> Canvas:
    """A piece that shows a pixel of a person, of each person equally likely; any piece where nobody is.

    Args:
        canvas: What to show a piece of.
        size: Height and width of the piece, not larger than the canvas.
        rng: Whom, and where in the piece.
    """
    ids = np.unique(canvas.person_ids[canvas.person_ids > 0])
    if len(ids):
        rows, columns = np.nonzero(canvas.person_ids == rng.choice(ids))
        pixel = int(rng.integers(len(rows)))
        at = int(rows[pixel]), int(columns[pixel])
    else:
        at = int(rng.integers(canvas.size[0])), int(rng.integers(canvas.size[1]))
    window = tuple(
        _piece(middle, length, whole, rng)
        for middle, length, whole in zip(at, size, canvas.size, strict=True)
    )
    return Canvas(
        *(np.ascontiguousarray(each[window]) for each in (canvas.image, canvas.targets, canvas.person_ids))
    )


def _piece(shown: int, length: int, whole: int, rng: Rng) -> slice:
    """Of that length, inside 0 to `whole`, with `shown` in its middle half where there is room for that."""
    start = shown - length // 4 - int(rng.integers(length // 2))
    start = max(0, min(whole - length, start))
    return slice(start, start + length)


def pasted(canvas: Canvas, person: Canvas, top: int, left: int, person_id: int) -> Canvas:
    """Put somebody before everything else; what lies outside the picture is cut off.

    Args:
        canvas: The picture, which stays as it is.
        person: Cut out around one person: background pixels are see-through, and so are those of which nothing is known.
        top: Row of the cut-out's first row; may be negative.
        left: Column of its first column; may be negative.
        person_id: 1 to 255.
    """
    (height, width), (rows, columns) = canvas.size, person.size
    there = slice(max(0, top), min(height, top + rows)), slice(max(0, left), min(width, left + columns))
    if there[0].start >= there[0].stop or there[1].start >= there[1].stop:
        return canvas
    here = tuple(
        slice(part.start - start, part.stop - start) for part, start in zip(there, (top, left), strict=True)
    )
    solid = (person.targets[here] > 0) & (person.targets[here] != IGNORED)
    alpha = cv2.GaussianBlur(
        cv2.erode(solid.astype(np.uint8), np.ones((2, 2), np.uint8)).astype(np.float32), (0, 0), _SOFT_EDGE
    )[..., None]
    image, targets, ids = canvas.image.copy(), canvas.targets.copy(), canvas.person_ids.copy()
    image[there] = np.round(image[there] * (1 - alpha) + person.image[here] * alpha).astype(np.uint8)
    targets[there][solid] = person.targets[here][solid]
    ids[there][solid] = person_id
    return Canvas(image, targets, ids)


def covered(canvas: Canvas, piece: BgrImage, top: int, left: int) -> Canvas:
    """Put a thing before everything, wholly inside the picture: what it covers is background."""
    window = slice(top, top + piece.shape[0]), slice(left, left + piece.shape[1])
    image, targets, ids = canvas.image.copy(), canvas.targets.copy(), canvas.person_ids.copy()
    image[window], targets[window], ids[window] = piece, 0, 0
    return Canvas(image, targets, ids)


def cut_out(canvas: Canvas) -> Canvas | None:
    """The box around the largest connected person; nobody else in it counts. What is unknown stays so. None without anybody."""
    solid = ((canvas.targets > 0) & (canvas.targets != IGNORED)).astype(np.uint8)
    count, components, stats, _ = cv2.connectedComponentsWithStats(solid)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    left, top, width, height, _area = stats[largest]
    window = slice(top, top + height), slice(left, left + width)
    mine, unknown = components[window] == largest, canvas.targets[window] == IGNORED
    targets = np.where(mine | unknown, canvas.targets[window], 0).astype(np.uint8)
    return Canvas(np.ascontiguousarray(canvas.image[window]), targets, mine.astype(np.uint8))
