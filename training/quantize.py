"""From the exported network to its int8 twin: `python -m training.quantize NETWORK.onnx lite-int8.xml`.

The scales of all activations come from pictures that training sees, none of them held out.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from domain.errors import UsageError
from pipeline.parsers.quantization import Quantization, quantize
from pipeline.parsers.runtime import Tensor
from training.mixing import Mixer
from training.sources import Sources, load_sources

OPTIONS = Quantization(seven_bits=True)

_PICTURES = 240
_SEED = 8  # another one than that of training
_PHOTOGRAPHS = 8  # every so manieth: enough for scales, and loaded in seconds


def calibration(sources: Sources) -> Iterator[Tensor]:
    """Pictures as training sees them, in its shapes."""
    mixer = Mixer(sources, seed=_SEED)
    for number in range(_PICTURES):
        yield mixer[number].image.transpose(2, 0, 1)[None].astype(np.float32)


def main() -> None:
    """Quantise."""
    parser = argparse.ArgumentParser(description="Write an exported network in int8 for the parser")
    parser.add_argument("network", type=Path)
    parser.add_argument("quantized", type=Path, help="ends in .xml; a .bin comes beside it")
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    chosen = parser.parse_args()
    try:
        sources = load_sources(chosen.frames)
        few = replace(sources, photographs=list(islice(sources.photographs, 0, None, _PHOTOGRAPHS)))
        quantize(chosen.network, calibration(few), chosen.quantized, OPTIONS)
    except UsageError as error:
        sys.exit(f"error: {error}")
    size = chosen.quantized.with_suffix(".bin").stat().st_size
    print(f"{chosen.quantized}: {size / 1e6:.1f} MB of weights")


if __name__ == "__main__":
    main()
