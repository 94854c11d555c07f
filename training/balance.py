"""Class biases that suit the measure: `python -m training.balance WEIGHTS.pt BALANCED.pt`.

The loss weighs rare classes up and shows them more often, so the network says "hat" too often afterwards, and people come out fat.
That is taken back by a number added to each class's logit (post-hoc logit adjustment; Menon et al., 2021), chosen for the mean
intersection over union on the photographs of the training as they are, each once, and stored in the bias of the last convolution,
where it costs nothing to run.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from domain.errors import UsageError
from domain.frame import BgrImage, LabelMap
from training.labels import ANY_SKIN, CLASSES, IGNORED, MERGED_SKIN, SKIN_CLASSES
from training.network import LiteNetwork, load_weights
from training.shared import Photograph, labelled_photographs

_STEPS = (0.8, 0.4, 0.2)  # tried on both sides, the coarse ones first
_MOST = 2.0  # more than that would be another network
_ROUNDS = 2  # through all classes with each step
_HEIGHT, _WIDTH = 480, 320
_EVERY = 3
_NEAR = 15  # pixels: side of the square by which a person grows; what is that near is known to be background

Biases = npt.NDArray[np.float32]
"""Shape (14,), what is added to the logits of `training.labels.CLASSES`."""


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """What the network says of known pixels, and what is true.

    Attributes:
        logits: Shape (N, 14) float32.
        truth: Shape (N,) uint8, classes with ANY_SKIN for all skin.
    """

    logits: npt.NDArray[np.float32]
    truth: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the network is shown of a photograph.

    Attributes:
        image: Shape (H, W, 3) uint8 BGR, height and width multiples of 32.
        labels: Shape (H, W) uint8, classes as in `training.labels.CLASSES`, IGNORED where nothing is known.
    """

    image: BgrImage
    labels: LabelMap


def whole_photographs(photographs: Iterable[Photograph]) -> Iterator[View]:
    """Each at one size."""
    for photograph in photographs:
        yield View(
            np.asarray(
                cv2.resize(photograph.image, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8
            ),
            np.asarray(
                cv2.resize(photograph.labels, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_NEAREST), np.uint8
            ),
        )


def known_pixels(say: Callable[[Tensor], Tensor], views: Iterable[View]) -> Pixels:
    """One pixel of each stride-4 square on and around the labelled persons.

    Args:
        say: From a picture, shape (1, 3, H, W), to the logits of the parts, shape (1, 14, H/4, W/4).
        views: Of the photographs of the training.
    """
    logits, truths = [], []
    for view in views:
        with torch.inference_mode():
            picture = torch.from_numpy(view.image.transpose(2, 0, 1)[None].astype(np.float32))
            said = functional.interpolate(say(picture), scale_factor=2.0, mode="bilinear")[0]
        person = ((view.labels > 0) & (view.labels != IGNORED)).astype(np.uint8)
        near = cv2.dilate(person, np.ones((_NEAR, _NEAR), np.uint8)) > 0
        valid = (near & (view.labels != IGNORED))[::2, ::2]
        logits.append(said.numpy()[:, valid].T)
        truths.append(MERGED_SKIN[view.labels[::2, ::2][valid]])
    return Pixels(np.concatenate(logits), np.concatenate(truths))


def mean_iou(pixels: Pixels, biases: Biases) -> float:
    """Mean intersection over union of the clothes, hair and skin, with these biases."""
    said = MERGED_SKIN[(pixels.logits + biases).argmax(axis=1)]
    size = ANY_SKIN + 1
    table = np.bincount(pixels.truth.astype(np.intp) * size + said, minlength=size * size).reshape(size, size)
    judged = [number for number in range(1, size) if number not in SKIN_CLASSES]
    hits = np.diag(table)[judged]
    return float(np.mean(hits / np.maximum(1, (table.sum(axis=0) + table.sum(axis=1))[judged] - hits)))


def balanced(pixels: Pixels) -> Biases:
    """Biases that raise the mean, found class by class; the background keeps its own, to which the others are relative."""
    biases = np.zeros(len(CLASSES), np.float32)
    best = mean_iou(pixels, biases)
    groups: Sequence[list[int]] = [
        *([number] for number in range(1, len(CLASSES)) if number not in SKIN_CLASSES),
        list(SKIN_CLASSES),
    ]
    for step, _, group, sign in product(_STEPS, range(_ROUNDS), groups, (-1, 1)):
        tried = biases.copy()
        tried[group] += sign * step
        found = mean_iou(pixels, tried)
        if found > best and np.abs(tried).max() <= _MOST:
            biases, best = tried, found
    return biases


def balance(network: LiteNetwork, pixels: Pixels) -> None:
    """Add the biases to those of the last convolution, and print them."""
    biases = balanced(pixels)
    print(f"mean IoU {mean_iou(pixels, np.zeros_like(biases)):.3f}, balanced {mean_iou(pixels, biases):.3f}")
    for part, bias in zip(CLASSES, biases, strict=True):
        print(f"{part.label:14} {bias:+.1f}")
    with torch.no_grad():
        network.sem[1].bias += torch.from_numpy(biases)


def photographs_to_balance_by() -> Iterator[Photograph]:
    """Every third photograph of the training: the pixels of all would take gigabytes."""
    return islice(labelled_photographs("training"), 0, None, _EVERY)


def main() -> None:
    """Balance."""
    parser = argparse.ArgumentParser(description="Set the biases of the classes")
    parser.add_argument("weights", type=Path)
    parser.add_argument("balanced", type=Path)
    chosen = parser.parse_args()
    try:
        network = load_weights(chosen.weights)
        views = whole_photographs(photographs_to_balance_by())
        pixels = known_pixels(lambda picture: network(picture).part_logits, views)
    except UsageError as error:
        sys.exit(f"error: {error}")
    balance(network, pixels)
    torch.save(network.state_dict(), chosen.balanced)


if __name__ == "__main__":
    main()
