"""`python -m training.crops`: train the crop parser, or go on from the last checkpoint."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from domain.errors import UsageError
from training.command import add_training, device_of, scheduled
from training.crops.mining import hard_places
from training.crops.mixing import CropMix, CropMixer
from training.crops.train import CropOptions, train
from training.sources import load_sources

_USUAL = CropOptions(steps=3000, batch=16, rate=8e-4, thaw=0.0, weight_decay=0.1)
"""What pays on a CPU where training begins with the weights of a parser."""


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description="Train the crop parser, or go on from the last checkpoint")
    add_training(parser, _USUAL, Path("out/crops"))
    parser.add_argument("--tagged", type=Path, help="labels of the tagged photographs by an earlier network")
    parser.add_argument(
        "--by-people", action="store_true", help="learn from photographs labelled by people alone"
    )
    parser.add_argument(
        "--hard", type=Path, action="append", default=[], help="folder by training.crops.mining"
    )
    chosen = parser.parse_args()
    options = replace(scheduled(_USUAL, chosen), mix=CropMix(run=chosen.batch))
    try:
        sources = load_sources(chosen.frames, chosen.tagged)
        if chosen.by_people:
            sources = replace(sources, photographs=[one for one in sources.photographs if one.by_people])
        hard = [place for folder in chosen.hard for place in hard_places(folder)]
        mixer = CropMixer(sources, options.mix, options.seed, hard=hard)
        train(options, mixer, chosen.out, device_of(chosen), chosen.until)
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
