"""CPU time of untrained finders of every shape against `lite`, all in turn: `python -m benchmarks.finder_shapes` (needs torch).

Weights change nothing about the time, so a shape can be chosen before it is trained. It is that of the network alone, on one
thread, for a picture of 1280x720 scaled to so many pixels.
"""

import tempfile
import time
from itertools import product
from pathlib import Path
from statistics import median
from typing import get_args

import numpy as np

from benchmarks.machine import describe
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.runtime import LoadedNetwork, RuntimeOptions, Tensor, load_network
from training.finder.export import export
from training.finder.network import Depth, FinderNetwork, FinderShape, Front
from training.network import Variant

_LITE = Path(__file__).parents[1] / "pipeline/parsers/lite/lite.onnx"
_AREAS = (147456, 181440, 230400)
_VARIANTS: tuple[Variant, ...] = ("lite0", "lite2")
_ROUNDS = 25


def main() -> None:
    """Print a line for each shape and size."""
    print(describe())
    options = RuntimeOptions(threads=1)
    picture = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)
    asked: dict[str, tuple[LoadedNetwork, Tensor]] = {}
    area = LiteSettings().input_pixels
    asked[f"lite, {area} pixels"] = load_network(_LITE, options), preprocess(picture, area)[0]
    with tempfile.TemporaryDirectory() as folder:
        for variant, front, depth in product(_VARIANTS, get_args(Front), get_args(Depth)):
            path = Path(folder) / f"{variant}-{front}-{depth}.onnx"
            export(FinderNetwork(FinderShape(variant, front, depth)).eval(), path)
            for area in _AREAS:
                name = f"{variant}, {front}, {depth}, {area} pixels"
                asked[name] = load_network(path, options), preprocess(picture, area)[0]
        spent: dict[str, list[float]] = {name: [] for name in asked}
        for number in range(_ROUNDS + 1):
            for name, (network, tensor) in asked.items():
                began = time.process_time()
                network(tensor)
                if number:  # the first compiles
                    spent[name].append(time.process_time() - began)
    whole, *_ = (median(times) for times in spent.values())
    for name, times in spent.items():
        print(f"{name}: {1000 * median(times):.1f} CPU ms, {median(times) / whole:.2f} of lite")


if __name__ == "__main__":
    main()
