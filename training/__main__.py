"""The command behind `make train`."""

import argparse
from pathlib import Path

import torch

from training.mixing import load_sources
from training.options import TrainOptions
from training.train import train


def main() -> None:
    """Train."""
    usual = TrainOptions()
    parser = argparse.ArgumentParser(
        description="Train the embedded parser, or go on from the last checkpoint"
    )
    parser.add_argument("--out", type=Path, default=Path("out/training"), help="folder of this training")
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    parser.add_argument("--init", type=Path, help="weights to begin with instead of those of ImageNet")
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--batch", type=int, default=usual.batch)
    parser.add_argument("--rate", type=float, default=usual.rate)
    parser.add_argument("--learning", choices=("late", "all"), help="of the backbone; all on a GPU")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="cuda where there is one")
    parser.add_argument("--workers", type=int, default=usual.workers)
    parser.add_argument("--until", type=int, help="stop before this step and leave a checkpoint")
    chosen = parser.parse_args()
    device = chosen.device or ("cuda" if torch.cuda.is_available() else "cpu")
    options = TrainOptions(
        steps=chosen.steps,
        batch=chosen.batch,
        rate=chosen.rate,
        learning=chosen.learning or ("all" if device == "cuda" else "late"),
        workers=chosen.workers,
        init=chosen.init,
    )
    train(options, load_sources(chosen.frames), chosen.out, device, chosen.until)


if __name__ == "__main__":
    main()
