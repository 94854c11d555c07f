"""From the exported network to its int8 twin: `python -m training.quantize NETWORK.onnx lite-int8.xml`.

Post-training quantisation by NNCF: scales of all activations from pictures that training sees, none of them held out.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from domain.errors import MissingExtra, ModelError, UsageError
from pipeline.parsers.telemetry import decline_telemetry
from training.mixing import Mixer, Sources, load_sources

PICTURES = 240
_SEED = 8  # another one than that of training
_PHOTOGRAPHS = 8  # every so manieth: enough for scales, and loaded in seconds


def quantize(network: Path, path: Path, pictures: Iterator[npt.NDArray[np.float32]]) -> None:
    """Write the network as OpenVINO IR that computes in int8: `path`, which ends in `.xml`, and its `.bin`.

    Args:
        network: As from `training.export`.
        path: Where to write.
        pictures: Each of shape (1, 3, H, W), B, G, R, 0 to 255; the scales come from them.

    Raises:
        MissingExtra: NNCF is not installed.
        ModelError: The network cannot be read.
    """
    decline_telemetry()
    try:
        import nncf  # noqa: PLC0415 - an extra, and seconds to import
        import openvino as ov  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("nncf is not installed: make setup-train") from error
    try:
        model = ov.Core().read_model(network)
    except RuntimeError as error:
        raise ModelError(f"{network} is not a network that OpenVINO can read") from error
    quantized = nncf.quantize(
        model,
        nncf.Dataset(list(pictures)),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=PICTURES,
        # CPUs without VNNI add pairs of products in 16 bits; weights of seven bits cannot overflow there.
        advanced_parameters=nncf.AdvancedQuantizationParameters(
            overflow_fix=nncf.quantization.advanced_parameters.OverflowFix.ENABLE
        ),
    )
    ov.save_model(quantized, path)


def calibration(sources: Sources) -> Iterator[npt.NDArray[np.float32]]:
    """Pictures as training sees them, in its shapes."""
    mixer = Mixer(sources, seed=_SEED)
    for number in range(PICTURES):
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
        quantize(chosen.network, chosen.quantized, calibration(few))
    except UsageError as error:
        sys.exit(f"error: {error}")
    size = chosen.quantized.with_suffix(".bin").stat().st_size
    print(f"{chosen.quantized}: {size / 1e6:.1f} MB of weights")


if __name__ == "__main__":
    main()
