"""`make train`: the weights of the embedded parser."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from training.learning import Lesson, Training, learn_all
from training.losses import Losses, losses
from training.mixing import Mixer
from training.network import LiteNetwork, load_imagenet_weights, load_weights
from training.options import TrainOptions
from training.samples import batches, collate
from training.sources import Sources


def training_of(options: TrainOptions, device: str) -> Training:
    """A training of the whole parser at its beginning.

    Args:
        options: All of them; a checkpoint of other options is refused.
        device: `cpu` or `cuda`.

    Raises:
        ModelError: The weights to begin with cannot be used.
    """
    torch.manual_seed(options.seed)
    network = load_weights(options.init, options.network) if options.init else LiteNetwork(options.network)
    if options.init is None and options.pretrained:
        load_imagenet_weights(network.bb, options.network.variant)
    return Training(
        options, Lesson(network, partial(losses, weights=options.weights), Losses._fields), device
    )


def train(
    options: TrainOptions, sources: Sources, folder: Path, device: str, until: int | None = None
) -> None:
    """Train, or go on training, and write `lite.pt` when all steps are done.

    Args:
        options: Of the training.
        sources: What samples are made from.
        folder: Where it lives.
        device: `cpu` or `cuda`.
        until: Stop before that step and leave a checkpoint, to go on later; None trains to the end.

    Raises:
        ModelError: The folder holds a training with other options.
        OutputError: The folder cannot be written.
    """
    mixer = Mixer(sources, replace(options.mix, run=options.batch), options.seed)
    learn_all(
        training_of(options, device),
        lambda first, count: batches(mixer, collate, (first, count), options.batch, options.workers),
        folder / "lite.pt",
        until,
    )
