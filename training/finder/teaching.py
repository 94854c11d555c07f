"""A finder that learns from a better one, and from the truth wherever that is known.

The teacher's features are matched where people are (hints; Romero et al., 2015; around the people: Wang et al., 2019), and so are
its answers (Hinton et al., 2015). A picture in which nobody is has the truth alone: what the teacher sees on a shelf is not to be
learnt.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from training.finder.losses import FinderBatch, FinderLossWeights, box_loss, finder_losses
from training.finder.network import FinderNetwork, Found
from training.learning import computes_in_half

_ELSEWHERE = 0.15  # how much a pixel that is nobody's counts for the features, against the middle of a person


@dataclass(frozen=True, slots=True)
class TeachingWeights:
    """How much each counts in the sum, besides the losses of the truth.

    Attributes:
        hint: Of the features.
        heat, box: Of the answers.
    """

    hint: float = 1.0
    heat: float = 0.5
    box: float = 0.5


class TaughtLosses(NamedTuple):
    """Each as a scalar.

    Attributes:
        heat, box: Against the truth (`training.finder.losses`).
        hint: Against the teacher's features, as a part of their variance.
        taught: Against the teacher's answers.
        total: Their weighted sum.
    """

    heat: Tensor
    box: Tensor
    hint: Tensor
    taught: Tensor
    total: Tensor


class Teaching:
    """The losses of a pupil.

    Args:
        teacher: Knows better; its features at stride 8 have as many channels as the pupil's, and it answers at the same stride.
        truth: How much the truth counts.
        weights: How much the teacher counts.
    """

    def __init__(
        self, teacher: FinderNetwork, truth: FinderLossWeights, weights: TeachingWeights | None = None
    ) -> None:
        self._teacher = teacher.eval().requires_grad_(False).to(memory_format=torch.channels_last)
        self._teacher.bb.folds = True
        self._truth, self._weights = truth, weights or TeachingWeights()

    def __call__(self, found: Found, batch: FinderBatch) -> TaughtLosses:
        """The losses of what the pupil said of a batch."""
        heat, box, total = finder_losses(found, batch, self._truth)
        peopled = batch.heat.flatten(1).amax(dim=1) > 0
        if not bool(peopled.any()):
            nothing = torch.zeros_like(total)
            return TaughtLosses(heat, box, nothing, nothing, total)
        shown = FinderBatch(*(part[peopled] for part in batch))
        said = Found(*(part[peopled].float() for part in found))
        wanted = self._asked(shown.image)
        hint = hint_loss(said.merged, wanted.merged, shown.heat)
        taught_heat = answer_loss(said.heat_logits, wanted.heat_logits, shown)
        taught_box = box_loss(said.sides, wanted.sides, shown.near)
        weights = self._weights
        taught = weights.heat * taught_heat + weights.box * taught_box
        return TaughtLosses(heat, box, hint, taught, total + weights.hint * hint + taught)

    def _asked(self, image: Tensor) -> Found:
        device = image.device.type
        half = torch.autocast(device, torch.bfloat16, enabled=computes_in_half(device))
        with torch.no_grad(), half:
            found = self._teacher.to(image.device)(image.contiguous(memory_format=torch.channels_last))
        return Found(*(part.float() for part in found))


def hint_loss(said: Tensor, wanted: Tensor, heat: Tensor) -> Tensor:
    """What part of the variance of features is missed, most of all where people are.

    Args:
        said: Shape (N, F, h, w): the pupil's.
        wanted: The same, the teacher's.
        heat: Shape (N, h, w) or finer, 0 to 1: the truth.
    """
    counts = functional.adaptive_max_pool2d(heat, said.shape[-2:])[:, None] + _ELSEWHERE
    missed = ((said - wanted) ** 2 * counts).sum() / (counts.sum() * said.shape[1])
    return missed / wanted.var().clamp(min=1e-6)


def answer_loss(said: Tensor, wanted: Tensor, batch: FinderBatch) -> Tensor:
    """Cross entropy against the teacher's heat, near people and where nobody knows; a person, not a pixel, counts as one.

    Args:
        said: Logits of shape (N, 1, h, w): the pupil's.
        wanted: The same, the teacher's.
        batch: The truth.
    """
    counts = torch.maximum(batch.near, batch.unknown)
    wanted = torch.sigmoid(wanted[:, 0])
    # Less what even the teacher's own answer would cost: nothing is lost where both agree.
    least = functional.binary_cross_entropy(wanted, wanted, reduction="none")
    lost = functional.binary_cross_entropy_with_logits(said[:, 0], wanted, reduction="none") - least
    return (lost * counts).sum() / counts.sum().clamp(min=1.0)
