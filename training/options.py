"""How the weights are trained."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from training.losses import LossWeights
from training.mixing import MixOptions
from training.network import NetworkOptions

Learning = Literal["late", "all"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long, how fast and with what beginning something is learnt.

    Attributes:
        steps: Batches in all; the learning rate falls along a cosine to nothing at the last.
        batch: Samples a batch.
        rate: Highest learning rate of pyramid and heads.
        backbone_rate: That of the backbone, as a part of `rate`.
        warm_up: Batches in which the rate rises from nothing.
        thaw: Part of the steps before which the backbone does not learn at all.
        learning: What of the backbone learns then. `late` leaves out what lies before stride 8 and, in bf16, depthwise filters: the
            weight gradient of a 5x5 depthwise convolution in bf16 takes a CPU 12 times as long as the rest of its layer (torch
            2.13). Its batch statistics stay those of ImageNet. `all` is for a GPU.
        weight_decay: Of AdamW.
        average: Decay of the exponential average of the weights, which is what training gives.
        seed: Of first weights and samples.
        workers: Processes that make samples; how many changes nothing but the speed.
        checkpoint_every: Batches between checkpoints.
        init: Weights to begin with; the backbone's ImageNet weights if None.
        pretrained: Whether those are used; without them, and without `init`, training begins with nothing.
    """

    steps: int = 20_000
    batch: int = 12
    rate: float = 1.6e-3
    backbone_rate: float = 0.2
    warm_up: int = 100
    thaw: float = 0.1
    learning: Learning = "late"
    weight_decay: float = 0.02
    average: float = 0.998
    seed: int = 0
    workers: int = 1
    checkpoint_every: int = 100
    init: Path | None = None
    pretrained: bool = True

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "checkpoint_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class TrainOptions(Schedule):
    """A training of the whole parser.

    Attributes:
        network: Its shape.
        mix: What samples are made of.
        weights: Of the losses.
    """

    network: NetworkOptions = field(default_factory=NetworkOptions)
    mix: MixOptions = field(default_factory=MixOptions)
    weights: LossWeights = field(default_factory=LossWeights)
