"""What is wrong with a card and its network, as `footfall models check` tells it."""

from pathlib import Path

import numpy as np

from domain.errors import ModelError
from domain.frame import BgrImage
from pipeline.parsers.onnx.card import Card, read_card
from pipeline.parsers.onnx.parser import look, network_of, open_network
from pipeline.parsers.runtime import RuntimeOptions


def check_card(path: Path) -> Card:
    """Read a card, load its network, and look at a few pictures with it. Blocks for some inferences.

    Raises:
        ModelError: Something is wrong: one line for each problem, with its place.
    """
    card = read_card(path)
    file = network_of(card, path)
    try:
        network = open_network(card, file, RuntimeOptions(precision="fp32"))
        for image in _pictures():
            said, shown = look(network, card, image)
            said.parts(card, (image.shape[0], image.shape[1]), shown)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
    return card


def _pictures() -> list[BgrImage]:
    """Black, white and noise: where a network divides by nothing, one of them shows it."""
    noise = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
    return [np.zeros((240, 320, 3), np.uint8), np.full((240, 320, 3), 255, np.uint8), noise]
