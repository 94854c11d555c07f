"""What the network should answer for a picture."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage, LabelMap
from training.canvas import Canvas
from training.labels import IGNORED

STRIDE = 4
"""Of the centre map and the offsets; parts are learnt at stride 2, where thin ones still show."""

_PART_STRIDE = 2
_LEAST_AREA = 6  # stride-4 pixels: less of a person than that is nothing to be found
_SPREAD = 0.12  # the heat map's bell is that part of the square root of the person's area wide
_NARROWEST, _WIDEST = 0.8, 4.0
_SMALL = 1000  # pixels: what a person of 60 px of height covers

Plane: TypeAlias = npt.NDArray[np.float32]
"""Shape (h, w) float32, at stride 4."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A picture and the answer.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR.
        parts: Shape (H/2, W/2) uint8: classes, ANY_SKIN, IGNORED.
        small: Shape (H/2, W/2) bool: a person's who is so small that each pixel counts more.
        centre: Shape (H/4, W/4) float32, 0 to 1: a bell at each person's mass centre. It is 1 at the pixel nearest to that: between
            pixels, a small person's bell would have no pixel that says "here".
        offset: Shape (2, H/4, W/4) float32: (dy, dx) to the centre of the pixel's person, in stride-4 pixels.
        persons: Shape (H/4, W/4) bool: where `offset` means something.
        unknown: Shape (H/4, W/4) bool: nobody knows whether there is a person, so there is nothing to learn about centres.
    """

    image: BgrImage
    parts: LabelMap
    small: npt.NDArray[np.bool_]
    centre: Plane
    offset: Plane
    persons: npt.NDArray[np.bool_]
    unknown: npt.NDArray[np.bool_]


def sample_of(canvas: Canvas) -> Sample:
    """The answer for a picture whose height and width are multiples of 32."""
    targets = canvas.targets
    ids = np.where(targets == IGNORED, 0, canvas.person_ids)[STRIDE // 2 :: STRIDE, STRIDE // 2 :: STRIDE]
    unknown = targets[STRIDE // 2 :: STRIDE, STRIDE // 2 :: STRIDE] == IGNORED
    centre, offset, persons = _centres(ids)
    return Sample(
        image=canvas.image,
        parts=np.ascontiguousarray(targets[::_PART_STRIDE, ::_PART_STRIDE]),
        small=_small(canvas.person_ids)[::_PART_STRIDE, ::_PART_STRIDE],
        centre=centre,
        offset=offset,
        persons=persons,
        unknown=unknown,
    )


def _small(ids: LabelMap) -> npt.NDArray[np.bool_]:
    small = np.bincount(ids.ravel(), minlength=256) < _SMALL
    small[0] = False  # nobody
    return np.asarray(small[ids])


def _centres(ids: LabelMap) -> tuple[Plane, Plane, npt.NDArray[np.bool_]]:
    centre = np.zeros(ids.shape, np.float32)
    offset = np.zeros((2, *ids.shape), np.float32)
    persons = np.zeros(ids.shape, np.bool_)
    rows, columns = np.mgrid[: ids.shape[0], : ids.shape[1]].astype(np.float32)
    for person in np.unique(ids[ids > 0]):
        mask = ids == person
        area = np.count_nonzero(mask)
        if area < _LEAST_AREA:
            continue
        row, column = rows[mask].mean(), columns[mask].mean()
        width = float(np.clip(np.sqrt(area) * _SPREAD, _NARROWEST, _WIDEST))
        distance = (rows - round(float(row))) ** 2 + (columns - round(float(column))) ** 2
        np.maximum(centre, np.exp(-distance / (2 * width * width)), out=centre)
        offset[0][mask], offset[1][mask] = row - rows[mask], column - columns[mask]
        persons |= mask
    return centre, offset, persons
