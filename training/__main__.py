"""The command behind `make train`."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from domain.errors import UsageError
from training.command import add_training, device_of, scheduled
from training.losses import LossWeights
from training.mixing import MixOptions
from training.network import load_weights
from training.options import TrainOptions
from training.sources import load_cc0_sources, load_sources
from training.train import train

_CC0_MIX = MixOptions(rendered=0.8, photographs=0.0, shelves=0.0)  # there are neither; the rest is panoramas


def main() -> None:
    """Train."""
    usual = TrainOptions()
    parser = argparse.ArgumentParser(
        description="Train the embedded parser, or go on from the last checkpoint"
    )
    add_training(parser, usual, Path("out/training"))
    parser.add_argument("--tagged", type=Path, help="labels of the tagged photographs by an earlier network")
    parser.add_argument(
        "--cc0",
        action="store_true",
        help="learn from renderings without photographs alone, beginning with nothing",
    )
    parser.add_argument(
        "--close",
        type=float,
        default=usual.mix.close,
        help="part of the batches that show pieces around people",
    )
    parser.add_argument("--overlap", type=float, default=usual.weights.overlap, help="weight of that loss")
    chosen = parser.parse_args()
    if chosen.cc0 and (chosen.init or chosen.tagged):
        parser.error("--cc0 begins with nothing and knows no photographs: leave out --init and --tagged")
    device, options = device_of(chosen), _options(chosen)
    try:
        sources = (
            load_cc0_sources(chosen.frames) if chosen.cc0 else load_sources(chosen.frames, chosen.tagged)
        )
        train(options, sources, chosen.out, device, chosen.until)
        weights = chosen.out / "lite.pt"
        if weights.exists():
            _export(weights, options)
    except UsageError as error:
        sys.exit(f"error: {error}")


def _options(chosen: argparse.Namespace) -> TrainOptions:
    usual = scheduled(TrainOptions(), chosen)
    return replace(
        usual,
        backbone_rate=1.0 if chosen.cc0 else usual.backbone_rate,
        learning=chosen.learning or ("all" if chosen.cc0 else usual.learning),
        # A backbone that knows something waits for heads that know nothing, and learns at a lower rate than they.
        thaw=0.0 if chosen.init or chosen.cc0 else usual.thaw,
        pretrained=not chosen.cc0,
        mix=replace(_CC0_MIX if chosen.cc0 else MixOptions(), close=chosen.close),
        weights=LossWeights(overlap=chosen.overlap),
    )


def _export(weights: Path, options: TrainOptions) -> None:
    try:
        from training.export import export  # noqa: PLC0415 - a borrowed machine may have torch and no onnx
    except ImportError:
        print(f"onnx is not installed here; elsewhere: python -m training.export {weights} lite.onnx")
    else:
        export(load_weights(weights, options.network), weights.with_suffix(".onnx"))


if __name__ == "__main__":
    main()
