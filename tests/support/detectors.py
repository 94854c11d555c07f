"""Small detectors as files: they give what they are made with, whatever they see, or find what is white."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt


def ssd_that_says(path: Path, rows: Sequence[Sequence[float]], *, columns: int = 7) -> Path:
    """Takes (1, 3, 64, 96); gives these rows where the picture is bright above, and an end of the list otherwise."""
    from openvino import opset13 as ops  # noqa: PLC0415 - 0.3 s, and only here

    image = ops.parameter([1, 3, 64, 96], np.float32, name="image")
    said = np.array(rows, np.float32).reshape(1, 1, -1, columns)
    nothing = np.full_like(said, -1)
    return _saved(path, image, _if_bright(image, said, nothing))


def yolox_that_says(path: Path, cells: dict[int, Sequence[float]], *, classes: int = 2) -> Path:
    """Takes (1, 3, 64, 96); gives these answers at the cells of those numbers where the picture is bright above, else none."""
    from openvino import opset13 as ops  # noqa: PLC0415

    image = ops.parameter([1, 3, 64, 96], np.float32, name="image")
    anchors = sum((64 // stride) * (96 // stride) for stride in (8, 16, 32))
    said = np.zeros((1, anchors, 5 + classes), np.float32)
    for number, answer in cells.items():
        said[0, number] = answer
    return _saved(path, image, _if_bright(image, said, np.zeros_like(said)))


def _if_bright(image: object, said: npt.NDArray[np.float32], otherwise: npt.NDArray[np.float32]) -> object:
    from openvino import opset13 as ops  # noqa: PLC0415

    corner = ops.slice(image, [0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1], [0, 1, 2, 3])
    bright = ops.greater(ops.reshape(corner, [1], False), np.float32(200))
    return ops.select(bright, ops.constant(said), ops.constant(otherwise))


def _saved(path: Path, image: object, output: object) -> Path:
    import openvino as ov  # noqa: PLC0415
    from openvino import opset13 as ops  # noqa: PLC0415

    ov.save_model(ov.Model([ops.result(output)], [image]), path, compress_to_fp16=False)
    return path
