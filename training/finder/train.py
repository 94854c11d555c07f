"""The weights of the finder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch

from domain.errors import ModelError, SourceError
from domain.frame import BgrImage
from training.finder.losses import FinderLosses, FinderLossWeights, collate, finder_losses
from training.finder.mixing import FinderMix, FinderMixer
from training.finder.network import FinderNetwork, FinderShape, begin_as, begin_on_imagenet, load_finder
from training.finder.passersby import photographed_scenes, teachers_labels
from training.finder.teaching import TaughtLosses, Teaching, TeachingWeights
from training.learning import Lesson, Training, learn_all
from training.options import Schedule
from training.samples import batches
from training.shared import read_image
from training.sources import Sources


@dataclass(frozen=True, slots=True)
class FinderOptions(Schedule):
    """A training of the finder; `init` are weights of another one, of which is taken whatever fits.

    Attributes:
        shape: Of the network.
        mix: What samples are made of.
        weights: Of the losses.
        teacher: Weights of a finder to learn from besides the truth; None learns from the truth alone.
        teacher_shape: Its shape.
        teaching: How much it counts.
    """

    shape: FinderShape = field(default_factory=FinderShape)
    mix: FinderMix = field(default_factory=FinderMix)
    weights: FinderLossWeights = field(default_factory=FinderLossWeights)
    teacher: Path | None = None
    teacher_shape: FinderShape = field(default_factory=partial(FinderShape, "lite2", "mobile"))
    teaching: TeachingWeights = field(default_factory=TeachingWeights)


def training_of(options: FinderOptions, device: str) -> Training:
    """A training of the finder at its beginning: the backbone's ImageNet weights, then whatever fits of `init`.

    Args:
        options: All of them; a checkpoint of other options is refused.
        device: `cpu` or `cuda`.

    Raises:
        MissingExtra: The ImageNet weights are not installed.
        ModelError: The weights to begin with, or those of the teacher, cannot be used.
    """
    torch.manual_seed(options.seed)
    network = FinderNetwork(options.shape)
    if options.pretrained:
        begin_on_imagenet(network)
    if options.init:
        begin_as(network, options.init)
    return Training(options, _lesson(network, options), device)


def _lesson(network: FinderNetwork, options: FinderOptions) -> Lesson:
    if options.teacher is None:
        return Lesson(network, partial(finder_losses, weights=options.weights), FinderLosses._fields)
    if options.teacher_shape.stride != options.shape.stride:
        raise ModelError(
            f"{options.teacher} answers at another stride: --stride {options.teacher_shape.stride} can learn from it"
        )
    teacher = load_finder(options.teacher, options.teacher_shape)
    return Lesson(network, Teaching(teacher, options.weights, options.teaching), TaughtLosses._fields)


def mixer_of(sources: Sources, hard: Sequence[BgrImage], options: FinderOptions) -> FinderMixer:
    """What makes the samples of a training."""
    scenes = list(photographed_scenes(sources.photographs, teachers_labels()))
    return FinderMixer(sources, scenes, hard, options.mix, options.seed, options.shape.stride)


def train(
    options: FinderOptions, mixer: FinderMixer, folder: Path, device: str, until: int | None = None
) -> None:
    """Train, or go on training, and write `finder.pt` when all steps are done.

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
        folder / "finder.pt",
        until,
    )


def hard_pictures(folder: Path) -> list[BgrImage]:
    """Pictures that `training.finder.mining` wrote.

    Raises:
        SourceError: There are none, or one cannot be read.
    """
    paths = sorted(folder.glob("*.png"))
    if not paths:
        raise SourceError(f"{folder}: no pictures; python -m training.finder.mining writes some")
    return [read_image(path) for path in paths]
