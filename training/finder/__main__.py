"""`python -m training.finder`: train the finder, or go on from the last checkpoint."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from domain.errors import UsageError
from training.command import add_training, device_of, scheduled
from training.finder.command import add_shape, shape_of
from training.finder.train import FinderOptions, hard_pictures, mixer_of, train
from training.sources import load_sources

_USUAL = FinderOptions(steps=2500, thaw=0.0, backbone_rate=0.5, average=0.995)
"""What pays on a CPU: it begins with weights of `lite` or of another finder, so the backbone need not wait."""


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(
        description="Train the finder, or go on from the last checkpoint; of --init is taken whatever fits"
    )
    add_training(parser, _USUAL, Path("out/finder"))
    parser.add_argument("--hard", type=Path, help="folder of pictures by training.finder.mining")
    parser.add_argument(
        "--teacher",
        type=Path,
        help="weights of a finder (lite2, mobile, whole) to learn from besides the truth",
    )
    add_shape(parser)
    chosen = parser.parse_args()
    options = replace(scheduled(_USUAL, chosen), shape=shape_of(chosen), teacher=chosen.teacher)
    options = replace(options, mix=replace(options.mix, rest=replace(options.mix.rest, run=options.batch)))
    try:
        hard = hard_pictures(chosen.hard) if chosen.hard else []
        mixer = mixer_of(load_sources(chosen.frames), hard, options)
        train(options, mixer, chosen.out, device_of(chosen), chosen.until)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
