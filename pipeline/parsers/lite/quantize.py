"""The int8 twin of a network: `python -m pipeline.parsers.lite.quantize NETWORK.onnx PICTURES lite-int8.xml`.

The scales of all activations come from the pictures of a folder, which `python -m training.calibration` fills.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from domain.errors import SourceError, UsageError
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.quantization import Quantization, quantize
from pipeline.parsers.runtime import Tensor

OPTIONS = Quantization(seven_bits=True)


def inputs_of(pictures: Path, area: int, most: int | None = None) -> Iterator[Tensor]:
    """The network's inputs for the pictures of a folder.

    Args:
        pictures: Folder of PNG and JPEG files.
        area: Pixels of the scaled picture.
        most: So many of them at most, evenly chosen; all if None.

    Raises:
        SourceError: There are none, or one cannot be read.
    """
    paths = sorted(path for path in pictures.glob("*") if path.suffix in {".png", ".jpg"})
    paths = paths[:: max(1, len(paths) // most)][:most] if most else paths
    if not paths:
        raise SourceError(f"{pictures}: no pictures; python -m training.calibration {pictures} writes some")
    for path in paths:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise SourceError(f"{path}: not a picture that can be read")
        yield preprocess(np.asarray(image, np.uint8), area)[0]


def main() -> None:
    """Quantise."""
    parser = argparse.ArgumentParser(description="Write an exported network in int8 for the parser")
    parser.add_argument("network", type=Path)
    parser.add_argument("pictures", type=Path, help="folder of PNG or JPEG files")
    parser.add_argument("quantized", type=Path, help="ends in .xml; a .bin comes beside it")
    parser.add_argument(
        "--input-pixels", type=int, default=LiteSettings().input_pixels, help="of the scaled pictures"
    )
    parser.add_argument("--most", type=int, help="so many pictures at most, evenly chosen")
    chosen = parser.parse_args()
    try:
        inputs = inputs_of(chosen.pictures, chosen.input_pixels, chosen.most)
        quantize(chosen.network, inputs, chosen.quantized, OPTIONS)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
