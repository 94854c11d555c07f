"""Pictures to set the scales of an int8 network with: `python -m training.calibration FOLDER`.

They are samples as training sees them, none of them held out.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2

from domain.errors import OutputError, UsageError
from domain.frame import BgrImage
from training.mixing import Mixer, MixOptions
from training.sources import Sources, load_sources

PICTURES = 240
_SEED = 8  # another one than that of training
_PHOTOGRAPHS = 8  # every so manieth: enough for scales, and loaded in seconds


def calibration(sources: Sources) -> Iterator[BgrImage]:
    """Pictures in the shapes that the parser is given."""
    mixer = Mixer(sources, MixOptions(close=0), _SEED)
    return (mixer[number].image for number in range(PICTURES))


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description="Write pictures to calibrate an int8 network with")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    chosen = parser.parse_args()
    try:
        sources = load_sources(chosen.frames)
        few = replace(sources, photographs=list(islice(sources.photographs, 0, None, _PHOTOGRAPHS)))
        chosen.folder.mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(calibration(few)):
            if not cv2.imwrite(str(chosen.folder / f"{number:04d}.png"), picture):
                raise OutputError(f"{chosen.folder} cannot be written")
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
