"""Patches: some pixels of what somebody wears, chosen once for everything that looks at colours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.cielab import BgrPixels
from domain.labels import BodyPart


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One garment of one person in one frame.

    Attributes:
        pixels: Shape (N, 3) uint8 BGR: some of its own, 256 at most, evenly spread, of its border only where there is little else.
        area: Of all its pixels in the frame.
    """

    pixels: BgrPixels
    area: int


def together(
    patches: Mapping[BodyPart, Patch], parts: Iterable[BodyPart], most: int
) -> tuple[BgrPixels, npt.NDArray[np.float64], int] | None:
    """What somebody shows of several parts.

    Args:
        patches: Of one person.
        parts: Which of them.
        most: So many pixels are taken of each at most.

    Returns:
        Pixels, shape (N, 3), their weights, shape (N,), which add up to 1, each part with as much as its area, and the area of all;
        None where none is seen.
    """
    chosen = [patches[part] for part in parts if part in patches]
    area = sum(patch.area for patch in chosen)
    if not area:
        return None
    if len(chosen) == 1:
        pixels = chosen[0].pixels[:: -(-len(chosen[0].pixels) // most)]
        return pixels, np.full(len(pixels), 1 / len(pixels)), area
    thinned = [patch.pixels[:: -(-len(patch.pixels) // most)] for patch in chosen]
    weights = [
        np.full(len(pixels), patch.area / area / len(pixels))
        for patch, pixels in zip(chosen, thinned, strict=True)
    ]
    return np.concatenate(thinned), np.concatenate(weights), area
