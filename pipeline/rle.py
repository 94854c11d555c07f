"""Masks as run lengths, in the form that COCO calls uncompressed RLE (Lin et al., "Microsoft COCO", 2014)."""

import numpy as np

from domain.frame import BoolMask


def run_lengths(mask: BoolMask) -> list[int]:
    """Lengths of runs, column by column, beginning with one of zeros; `pycocotools.mask.frPyObjects` reads them.

    Args:
        mask: Shape (H, W) bool.

    Returns:
        Numbers that sum up to H * W; the first is 0 where the first pixel is set.
    """
    pixels = mask.ravel(order="F")
    if not pixels.size:
        return []
    ends = np.append(np.flatnonzero(pixels[1:] != pixels[:-1]) + 1, pixels.size)
    runs: list[int] = np.diff(ends, prepend=0).tolist()
    return [0, *runs] if pixels[0] else runs
