"""`python -m training.crops`: train the crop parser, or go on from the last checkpoint."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import torch

from domain.errors import UsageError
from training.crops.mixing import CropMix, CropMixer
from training.crops.train import CropOptions, train
from training.sources import load_sources

_OPTIONS = CropOptions(steps=3000, batch=16, rate=8e-4, thaw=0.0, weight_decay=0.05)
"""What pays on a CPU where training begins with the weights of a parser."""


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description="Train the crop parser, or go on from the last checkpoint")
    parser.add_argument("--out", type=Path, default=Path("out/crops"), help="folder of this training")
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    parser.add_argument("--tagged", type=Path, help="labels of the tagged photographs by an earlier network")
    parser.add_argument("--init", type=Path, help="weights of a whole parser or of a crop parser")
    parser.add_argument("--steps", type=int, default=_OPTIONS.steps)
    parser.add_argument("--batch", type=int, default=_OPTIONS.batch)
    parser.add_argument("--rate", type=float, default=_OPTIONS.rate)
    parser.add_argument("--seed", type=int, default=_OPTIONS.seed, help="another one gives other samples")
    parser.add_argument("--learning", choices=("late", "all"), help="of the backbone; all on a GPU")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="cuda where there is one")
    parser.add_argument("--workers", type=int, default=_OPTIONS.workers)
    parser.add_argument("--until", type=int, help="stop before this step and leave a checkpoint")
    chosen = parser.parse_args()
    device = chosen.device or ("cuda" if torch.cuda.is_available() else "cpu")
    options = replace(
        _OPTIONS,
        steps=chosen.steps,
        batch=chosen.batch,
        rate=chosen.rate,
        seed=chosen.seed,
        learning=chosen.learning or ("all" if device == "cuda" else "late"),
        workers=chosen.workers,
        init=chosen.init,
        mix=CropMix(run=chosen.batch),
    )
    try:
        mixer = CropMixer(load_sources(chosen.frames, chosen.tagged), options.mix, options.seed)
        train(options, mixer, chosen.out, device, chosen.until)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
