"""`python -m training.finder`: train the finder, or go on from the last checkpoint."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import torch

from domain.errors import UsageError
from training.finder.network import FinderShape
from training.finder.train import FinderOptions, hard_pictures, mixer_of, train
from training.network import Variant
from training.sources import load_sources

_OPTIONS = FinderOptions(steps=2500, thaw=0.0)
"""What pays on a CPU: the weights to begin with are wanted, so the backbone need not wait."""


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description="Train the finder, or go on from the last checkpoint")
    parser.add_argument("--out", type=Path, default=Path("out/finder"), help="folder of this training")
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    parser.add_argument("--hard", type=Path, help="folder of pictures by training.finder.mining")
    parser.add_argument("--init", type=Path, help="weights of another finder to take over whatever fits")
    parser.add_argument("--variant", choices=get_args(Variant), default=_OPTIONS.shape.variant)
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
        shape=FinderShape(chosen.variant),
    )
    try:
        hard = hard_pictures(chosen.hard) if chosen.hard else []
        options = replace(
            options, mix=replace(options.mix, rest=replace(options.mix.rest, run=options.batch))
        )
        train(options, mixer_of(load_sources(chosen.frames), hard, options), chosen.out, device, chosen.until)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
