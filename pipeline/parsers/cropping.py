"""One person's piece of a picture at full resolution: half as wide as high, with some of what is around."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage
from pipeline.parsers.geometry import PADDING

MARGIN = 0.1
"""Of the person's height and width, on every side."""

Box = npt.NDArray[np.float32]
"""Shape (4,) float32, left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A window of a picture, twice as high as wide, which may reach beyond the picture.

    Attributes:
        left, top: Of the window, pixels of the picture; may be below 0.
        width, height: Of the window.
    """

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def around(cls, box: Box) -> "Crop":
        """The window around a person's box, the person in its middle."""
        left, top, right, bottom = (float(value) for value in box)
        height = (bottom - top) * (1 + 2 * MARGIN)
        width = (right - left) * (1 + 2 * MARGIN)
        width = max(1, round(max(width, height / 2)))
        height = 2 * width
        return cls(round((left + right - width) / 2), round((top + bottom - height) / 2), width, height)

    def cut(self, image: BgrImage) -> BgrImage:
        """The piece, shape (height, width, 3); grey beyond the picture."""
        rows, columns = self.inside(image.shape[:2])
        piece = np.full((self.height, self.width, 3), int(PADDING), np.uint8)
        piece[self.own(rows, columns)] = image[rows, columns]
        return piece

    def inside(self, size: tuple[int, ...]) -> tuple[slice, slice]:
        """Rows and columns of a picture of that height and width that the window shows."""
        return (
            slice(max(0, self.top), max(0, min(size[0], self.top + self.height))),
            slice(max(0, self.left), max(0, min(size[1], self.left + self.width))),
        )

    def own(self, rows: slice, columns: slice) -> tuple[slice, slice]:
        """The same in pixels of the window."""
        return (
            slice(rows.start - self.top, rows.stop - self.top),
            slice(columns.start - self.left, columns.stop - self.left),
        )

    def into(self, box: Box) -> Box:
        """A box of the picture in pixels of the window."""
        return np.asarray(box - np.array([self.left, self.top] * 2), np.float32)
