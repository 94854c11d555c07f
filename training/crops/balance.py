"""Class biases of the crop parser: `python -m training.crops.balance WEIGHTS.pt BALANCED.pt`; see `training.balance`.

They are chosen on crops around the labelled persons, as large as they are and seen from afar.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch

from domain.errors import UsageError
from training.balance import View, balance, known_pixels, photographs_to_balance_by
from training.crops.network import load_crop_network
from training.crops.windows import Window
from training.labels import IGNORED
from training.shared import Photograph

_SIZES = ((384, 192), (256, 128))
_HEIGHTS = (400, 160, 80)  # pixels of the crops before they are enlarged


def crops(photographs: Iterable[Photograph]) -> Iterator[View]:
    """Each person once, sizes and distances in turn."""
    for number, photograph in enumerate(photographs):
        person = (photograph.labels > 0) & (photograph.labels != IGNORED)
        left, top, width, height = cv2.boundingRect(person.view(np.uint8))
        window = Window.around((left, top, left + width, top + height))
        size, seen = _SIZES[number % len(_SIZES)], _HEIGHTS[number % len(_HEIGHTS)]
        image = window.image(photograph.image, (min(seen, size[0]), min(seen, size[0]) // 2))
        enlarged = cv2.resize(image, size[::-1], interpolation=cv2.INTER_LINEAR)
        yield View(np.asarray(enlarged, np.uint8), window.labels(photograph.labels, size))


def main() -> None:
    """Balance."""
    parser = argparse.ArgumentParser(description="Set the biases of the classes of a crop parser")
    parser.add_argument("weights", type=Path)
    parser.add_argument("balanced", type=Path)
    chosen = parser.parse_args()
    try:
        network = load_crop_network(chosen.weights)
        pixels = known_pixels(network, crops(photographs_to_balance_by()))
    except UsageError as error:
        sys.exit(f"error: {error}")
    balance(network, pixels)
    torch.save(network.state_dict(), chosen.balanced)


if __name__ == "__main__":
    main()
