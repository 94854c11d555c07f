"""A slow and obviously right version of what `decode` does to bring parts to frame size."""

import numpy as np
import numpy.typing as npt

from pipeline.parsers.geometry import STRIDE, Geometry


def enlarged_logits(logits: npt.NDArray[np.float32], geometry: Geometry) -> npt.NDArray[np.float64]:
    """Every class at every pixel of the frame, bilinear between stride-4 pixel centres, the border repeated."""
    rows, columns = -(-geometry.scaled_height // STRIDE), -(-geometry.scaled_width // STRIDE)
    inside = logits[:, :rows, :columns].astype(np.float64)
    y = (np.arange(geometry.height) + 0.5) * geometry.scaled_height / geometry.height / STRIDE - 0.5
    x = (np.arange(geometry.width) + 0.5) * geometry.scaled_width / geometry.width / STRIDE - 0.5
    return _along(_along(inside, y, axis=1), x, axis=2)


def _along(
    values: npt.NDArray[np.float64], positions: npt.NDArray[np.float64], axis: int
) -> npt.NDArray[np.float64]:
    last = values.shape[axis] - 1
    below = np.floor(positions).astype(int)
    weight = positions - below
    shape = [1] * values.ndim
    shape[axis] = -1
    low = np.take(values, np.clip(below, 0, last), axis=axis)
    high = np.take(values, np.clip(below + 1, 0, last), axis=axis)
    enlarged: npt.NDArray[np.float64] = low * (1 - weight).reshape(shape) + high * weight.reshape(shape)
    return enlarged
