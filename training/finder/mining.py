"""Empty places in which a finder sees somebody: `python -m training.finder.mining WEIGHTS.pt FOLDER --frames out/car-parks`.

Training shows them more often than others (hard negative mining; Felzenszwalb et al., 2010). The places are shelves, walls of them
and backgrounds as training shows them, and the rendered frames in which nobody is; none of them is held out.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from domain.errors import OutputError, UsageError
from domain.frame import BgrImage
from training.canvas import Canvas, reframed
from training.finder.command import add_shape, shape_of
from training.finder.network import FinderNetwork, load_finder
from training.frames import read_frame
from training.learning import computes_in_half
from training.mixing import Mixer, MixOptions
from training.samples import images_of
from training.sources import Sources, load_sources

_SIZE = (384, 640)
_SEED = 12  # of other places than those of training


def empty_places(sources: Sources, count: int) -> Iterator[BgrImage]:
    """Every rendered frame without people, and so many shelves and backgrounds."""
    for folder, name in sources.frames:
        frame = read_frame(folder, name)
        if not frame.person_ids.any():
            rng = np.random.default_rng([_SEED, 0])
            yield reframed(Canvas.empty(frame.image), _SIZE, 1.0, rng).image
    mixer = Mixer(sources, MixOptions(photographs=0.0, tall=0.0), _SEED)
    for number in range(count):
        yield mixer.empty(_SIZE, np.random.default_rng([_SEED, 1, number]))


def seen(network: FinderNetwork, picture: BgrImage) -> float:
    """The most heat anywhere, 0 to 1."""
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=computes_in_half("cpu")):
        return float(torch.sigmoid(network(images_of([picture])).heat_logits.float()).max())


def mined(
    network: FinderNetwork, places: Iterator[BgrImage], threshold: float
) -> Iterator[tuple[float, BgrImage]]:
    """Those in which the network sees somebody."""
    for picture in places:
        heat = seen(network, picture)
        if heat >= threshold:
            yield heat, picture


def write(found: Iterator[tuple[float, BgrImage]], folder: Path) -> Sequence[float]:
    """Into `NNNN.png`.

    Raises:
        OutputError: The folder cannot be written.
    """
    heats = []
    for number, (heat, picture) in enumerate(found):
        if not cv2.imwrite(str(folder / f"{number:04d}.png"), picture):
            raise OutputError(f"{folder} cannot be written")
        heats.append(heat)
    return heats


def main() -> None:
    """Mine."""
    parser = argparse.ArgumentParser(
        description="Write pictures of empty places in which a finder sees people"
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    parser.add_argument("--places", type=int, default=1000, help="shelves and backgrounds to try")
    parser.add_argument("--threshold", type=float, default=0.2, help="least heat that counts as seen")
    add_shape(parser)
    chosen = parser.parse_args()
    try:
        network = load_finder(chosen.weights, shape_of(chosen)).to(memory_format=torch.channels_last)
        network.bb.folds = True
        sources = load_sources(chosen.frames)
        chosen.folder.mkdir(parents=True, exist_ok=True)
        heats = write(mined(network, empty_places(sources, chosen.places), chosen.threshold), chosen.folder)
    except UsageError as error:
        sys.exit(f"error: {error}")
    print(f"{len(heats)} places in which somebody is seen")


if __name__ == "__main__":
    main()
