"""The known answers of the `synthetic:` source."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from domain.events import ColorName, GarmentName
from domain.frame import Boxes, LabelMap


@dataclass(frozen=True, slots=True)
class SyntheticGarment:
    """What somebody wears.

    Attributes:
        part: The garment.
        color: Its colour.
    """

    part: GarmentName
    color: ColorName


@dataclass(frozen=True, slots=True)
class SyntheticVisit:
    """One person, from coming to leaving; nobody comes twice.

    Attributes:
        visit: 1, 2, ..., in the order of coming.
        enter_s: Media time of the first frame that shows a pixel of this person, if nobody stood before it.
        leave_s: Media time of the last such frame.
        garments: What this person wears.
    """

    visit: int
    enter_s: float
    leave_s: float
    garments: tuple[SyntheticGarment, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticFrame:
    """What one frame shows.

    Attributes:
        visits: Who is in the picture, shape (N,) of visit numbers, rising.
        boxes: Shape (N, 4) float32, pixels, right and bottom exclusive: what of each would be seen if nobody stood before it.
        labels: Shape (H, W) uint8, values of `BodyPart`, as seen.
        visit_map: Shape (H, W) uint8: the visit that each pixel belongs to, 0 is nobody.
    """

    visits: tuple[int, ...]
    boxes: Boxes
    labels: LabelMap
    visit_map: LabelMap


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticTruth:
    """Everything there is to know.

    Attributes:
        visits: In the order of coming. Somebody whose way leads past the picture only is none.
        frames: How many frames there are; the limit on the source's length counts.
        at: What the frame of that index shows, for any index from 0 to `frames` - 1.
    """

    visits: tuple[SyntheticVisit, ...]
    frames: int
    at: Callable[[int], SyntheticFrame]


def nobody(height: int, width: int) -> SyntheticFrame:
    """A frame of that size without people."""
    empty = np.zeros((height, width), np.uint8)
    return SyntheticFrame((), np.zeros((0, 4), np.float32), empty, empty.copy())
