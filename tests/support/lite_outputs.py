"""Answers that the network of `lite` could give, drawn instead of computed."""

import numpy as np
import numpy.typing as npt
from scipy.ndimage import zoom

from domain.labels import LITE_CLASSES
from pipeline.parsers.geometry import STRIDE, Geometry
from pipeline.parsers.lite.decode import RawOutputs


def drawn_outputs(
    geometry: Geometry, persons: list[tuple[int, int, int, int]], *, part: int = 4, seed: int = 0
) -> RawOutputs:
    """Each person is a rectangle (top, left, bottom, right) on the stride-4 grid, all of one class, pointing to its middle."""
    height, width = geometry.input_height // STRIDE, geometry.input_width // STRIDE
    noise = np.random.default_rng(seed).normal(0, 0.1, (len(LITE_CLASSES), height, width))
    logits = noise.astype(np.float32)
    logits[0] += 4
    centre = np.zeros((height, width), np.float32)
    offset = np.zeros((2, height, width), np.float32)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    for top, left, bottom, right in persons:
        here = (slice(top, bottom), slice(left, right))
        logits[:, *here] = noise[:, *here]
        logits[part][here] += 4
        y, x = (top + bottom) // 2, (left + right) // 2
        centre[y, x] = 0.9
        offset[0][here] = (y - ys)[here]
        offset[1][here] = (x - xs)[here]
    return RawOutputs(logits, centre, offset)


def random_outputs(geometry: Geometry, seed: int, smooth: int = 6) -> RawOutputs:
    """Smooth random maps: blobs of every class, peaks and offsets anywhere."""
    rng = np.random.default_rng(seed)
    height, width = geometry.input_height // STRIDE, geometry.input_width // STRIDE

    def blobs(channels: int) -> npt.NDArray[np.float32]:
        coarse = rng.normal(0, 3, (channels, height // smooth + 2, width // smooth + 2))
        return zoom(coarse, (1, smooth, smooth), order=1)[:, :height, :width].astype(np.float32)

    centre = rng.random((height, width)).astype(np.float32) ** 8
    return RawOutputs(blobs(len(LITE_CLASSES)), centre, 3 * blobs(2))
