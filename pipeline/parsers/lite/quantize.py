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


def inputs_of(pictures: Path) -> Iterator[Tensor]:
    """The network's inputs for the pictures of a folder.

    Raises:
        SourceError: There are none, or one cannot be read.
    """
    paths = sorted(pictures.glob("*.png"))
    if not paths:
        raise SourceError(f"{pictures}: no pictures; python -m training.calibration {pictures} writes some")
    for path in paths:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise SourceError(f"{path}: not a picture that can be read")
        yield preprocess(np.asarray(image, np.uint8), LiteSettings().input_pixels)[0]


def main() -> None:
    """Quantise."""
    parser = argparse.ArgumentParser(description="Write an exported network in int8 for the parser")
    parser.add_argument("network", type=Path)
    parser.add_argument("pictures", type=Path, help="folder of PNG files")
    parser.add_argument("quantized", type=Path, help="ends in .xml; a .bin comes beside it")
    chosen = parser.parse_args()
    try:
        quantize(chosen.network, inputs_of(chosen.pictures), chosen.quantized, OPTIONS)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
