"""Where a crop lies around a person's box, and how it becomes a picture: the same in training and wherever the network is used."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage, LabelMap

RATIO = 2.0
"""Height by width of a crop."""

MARGIN = 0.1
"""Of the box's height or width on either side of it, at least."""

PADDING = 114
"""What lies outside of the picture."""


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a picture, which may reach beyond its borders.

    Attributes:
        left, top: Of its upper left corner, pixels.
        width, height: Pixels.
    """

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def around(cls, box: tuple[float, float, float, float]) -> "Window":
        """The smallest one of the right shape with the box (left, top, right, bottom) in its middle and a margin around it."""
        left, top, right, bottom = box
        grown = 1 + 2 * MARGIN
        height = max((bottom - top) * grown, (right - left) * grown * RATIO, RATIO)
        width = height / RATIO
        return cls((left + right - width) / 2, (top + bottom - height) / 2, width, height)

    def matrix(self, size: tuple[int, int]) -> npt.NDArray[np.float64]:
        """From a point (x, y) of a crop of that height and width back into the picture; centres of pixels correspond."""
        down, across = self.height / size[0], self.width / size[1]
        return np.array(
            [[across, 0, self.left + across / 2 - 0.5], [0, down, self.top + down / 2 - 0.5]], np.float64
        )

    def image(self, picture: BgrImage, size: tuple[int, int]) -> BgrImage:
        """The crop at that height and width: by area where it shrinks, which neither aliases nor blurs, else bilinear."""
        shrink = self.height / size[0]
        if shrink <= 1:
            return self._sampled(picture, size)
        larger = round(size[0] * shrink), round(size[1] * shrink)
        return np.asarray(
            cv2.resize(self._sampled(picture, larger), size[::-1], interpolation=cv2.INTER_AREA), np.uint8
        )

    def _sampled(self, picture: BgrImage, size: tuple[int, int]) -> BgrImage:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        outside = (PADDING, PADDING, PADDING)
        return np.asarray(
            cv2.warpAffine(picture, self.matrix(size), size[::-1], flags=flags, borderValue=outside), np.uint8
        )

    def labels(self, numbers: LabelMap, size: tuple[int, int]) -> LabelMap:
        """The same for labels: the nearest one, 0 outside of the picture."""
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(numbers, self.matrix(size), size[::-1], flags=flags), np.uint8)
