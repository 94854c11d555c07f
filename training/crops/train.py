"""The weights of the crop parser."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.crops.mixing import CropMix, CropMixer, CropSample
from training.crops.network import CropNetwork, load_crop_network
from training.learning import Lesson, Training, learn_all
from training.losses import log_chances, overlap_loss, part_loss
from training.network import NetworkOptions, load_imagenet_weights
from training.options import Schedule
from training.samples import batches, images_of


class CropBatch(NamedTuple):
    """Samples side by side.

    Attributes:
        image: Shape (N, 3, H, W) float32, 0 to 255.
        parts: Shape (N, H/2, W/2) int64.
    """

    image: Tensor
    parts: Tensor


class CropLosses(NamedTuple):
    """Each as a scalar.

    Attributes:
        parts: Weighted cross entropy.
        overlap: Soft Jaccard loss.
        total: Their weighted sum.
    """

    parts: Tensor
    overlap: Tensor
    total: Tensor


@dataclass(frozen=True, slots=True)
class CropOptions(Schedule):
    """A training of the crop parser; `init` are weights of a crop parser or of a whole one.

    Attributes:
        network: Its shape.
        mix: What samples are made of.
        overlap: Weight of that loss.
    """

    network: NetworkOptions = field(default_factory=NetworkOptions)
    mix: CropMix = field(default_factory=CropMix)
    overlap: float = 1.0


def collate(samples: Sequence[CropSample]) -> CropBatch:
    """Side by side, in the types that the losses want."""
    parts = np.stack([sample.parts for sample in samples]).astype(np.int64)
    return CropBatch(images_of([sample.image for sample in samples]), torch.from_numpy(parts))


def crop_losses(logits: Tensor, batch: CropBatch, overlap: float) -> CropLosses:
    """All of them, in float32 whatever the network computed in."""
    chances = log_chances(logits.float(), batch.parts)
    parts = part_loss(chances, batch.parts, torch.zeros_like(batch.parts, dtype=torch.float32))
    over = overlap_loss(chances, batch.parts)
    return CropLosses(parts, over, parts + overlap * over)


def training_of(options: CropOptions, device: str) -> Training:
    """A training of the crop parser at its beginning.

    Args:
        options: All of them; a checkpoint of other options is refused.
        device: `cpu` or `cuda`.

    Raises:
        ModelError: The weights to begin with cannot be used.
    """
    torch.manual_seed(options.seed)
    network = (
        load_crop_network(options.init, options.network) if options.init else CropNetwork(options.network)
    )
    if options.init is None and options.pretrained:
        load_imagenet_weights(network.bb, options.network.variant)
    return Training(
        options, Lesson(network, partial(crop_losses, overlap=options.overlap), CropLosses._fields), device
    )


def train(
    options: CropOptions, mixer: CropMixer, folder: Path, device: str, until: int | None = None
) -> None:
    """Train, or go on training, and write `crop.pt` when all steps are done.

    Args:
        options: Of the training.
        mixer: Makes its samples.
        folder: Where it lives.
        device: `cpu` or `cuda`.
        until: Stop before that step and leave a checkpoint, to go on later; None trains to the end.

    Raises:
        ModelError: The folder holds a training with other options.
        OutputError: The folder cannot be written.
    """
    learn_all(
        training_of(options, device),
        lambda first, count: batches(mixer, collate, (first, count), options.batch, options.workers),
        folder / "crop.pt",
        until,
    )
