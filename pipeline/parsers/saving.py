"""Writes OpenVINO models."""

import errno
from pathlib import Path
from typing import Any


def save_openvino(model: Any, path: Path) -> None:
    """Write an `openvino.Model` with its weights as they are; the file with the weights lies beside it.

    Raises:
        OSError: It cannot be written. OpenVINO 2026.4 only says "iostream error", so the likely reason is added.
    """
    import openvino as ov  # noqa: PLC0415 - 0.3 s

    try:
        ov.save_model(model, path, compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(errno.EIO, f"OpenVINO could not write {path.name}; is the disk full?") from error
