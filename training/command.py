"""What the commands of all trainings share."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import torch

from training.options import Schedule

S = TypeVar("S", bound=Schedule)


def add_training(parser: argparse.ArgumentParser, usual: Schedule, folder: Path) -> None:
    """The options of every training.

    Args:
        parser: Of the command.
        usual: What holds where nothing is said.
        folder: Of the training, the same.
    """
    parser.add_argument("--out", type=Path, default=folder, help="folder of this training")
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    parser.add_argument("--init", type=Path, help="weights to begin with")
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--batch", type=int, default=usual.batch)
    parser.add_argument("--rate", type=float, default=usual.rate)
    parser.add_argument(
        "--warm-up", type=int, default=usual.warm_up, help="batches in which the rate rises from nothing"
    )
    parser.add_argument("--seed", type=int, default=usual.seed, help="another one gives other samples")
    parser.add_argument("--learning", choices=("late", "all"), help="of the backbone; all on a GPU")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="cuda where there is one")
    parser.add_argument("--workers", type=int, default=usual.workers)
    parser.add_argument(
        "--checkpoint-every", type=int, default=usual.checkpoint_every, help="so many batches"
    )
    parser.add_argument("--until", type=int, help="stop before this step and leave a checkpoint")


def device_of(chosen: argparse.Namespace) -> str:
    """Where to train."""
    return chosen.device or ("cuda" if torch.cuda.is_available() else "cpu")


def scheduled(usual: S, chosen: argparse.Namespace) -> S:
    """The options of a training as they were chosen."""
    return replace(
        usual,
        steps=chosen.steps,
        batch=chosen.batch,
        rate=chosen.rate,
        warm_up=chosen.warm_up,
        checkpoint_every=chosen.checkpoint_every,
        seed=chosen.seed,
        learning=chosen.learning or ("all" if device_of(chosen) == "cuda" else usual.learning),
        workers=chosen.workers,
        init=chosen.init,
    )
