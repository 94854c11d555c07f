"""What the network is taught by."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from training.labels import ANY_SKIN, CLASSES, IGNORED, SKIN_CLASSES
from training.network import Outputs

_CLASS_WEIGHTS = (0.35, 1.6, 1.2, 1.2, 1.0, 1.2, 1.2, 1.0, 1.3, 1.2, 1.2, 1.4, 1.2, 1.4)
_ANY_SKIN_WEIGHT = 1.2
_AT_CENTRE = 0.99  # of the bell: the one pixel nearest to the centre
_SMALL_WEIGHT = 3.0  # of the pixels of small persons, as in Panoptic-DeepLab (Cheng et al., 2020)


class Batch(NamedTuple):
    """Samples side by side; see `training.targets.Sample` for each.

    Attributes:
        image: Shape (N, 3, H, W) float32, 0 to 255.
        parts: Shape (N, H/2, W/2) int64.
        small: Shape (N, H/2, W/2) float32, 0 or 1.
        centre: Shape (N, H/4, W/4) float32.
        offset: Shape (N, 2, H/4, W/4) float32.
        persons: Shape (N, H/4, W/4) float32, 0 or 1.
        unknown: Shape (N, H/4, W/4) float32, 0 or 1.
    """

    image: Tensor
    parts: Tensor
    small: Tensor
    centre: Tensor
    offset: Tensor
    persons: Tensor
    unknown: Tensor


class Losses(NamedTuple):
    """Each as a scalar.

    Attributes:
        parts: Weighted cross entropy.
        overlap: Soft Jaccard loss of the parts.
        centre: Focal loss of the heat map.
        offset: Distance in stride-4 pixels, both directions summed.
        total: Their weighted sum.
    """

    parts: Tensor
    overlap: Tensor
    centre: Tensor
    offset: Tensor
    total: Tensor


@dataclass(frozen=True, slots=True)
class LossWeights:
    """How much each counts in the sum."""

    parts: float = 1.0
    overlap: float = 0.5
    centre: float = 0.15
    offset: float = 0.03


def losses(outputs: Outputs, batch: Batch, weights: LossWeights) -> Losses:
    """All of them, in float32 whatever the network computed in."""
    chances = log_chances(outputs.part_logits.float(), batch.parts)
    parts = part_loss(chances, batch.parts, batch.small)
    overlap = overlap_loss(chances, batch.parts)
    centre = centre_loss(outputs.centre_logits[:, 0].float(), batch.centre, batch.unknown)
    offset = offset_loss(outputs.offset.float(), batch.offset, batch.persons)
    total = (
        weights.parts * parts + weights.overlap * overlap + weights.centre * centre + weights.offset * offset
    )
    return Losses(parts, overlap, centre, offset, total)


def log_chances(logits: Tensor, targets: Tensor) -> Tensor:
    """Logarithms of the probabilities of the classes and, as the last channel, of any skin, which is the sum of all skin classes.

    Args:
        logits: Shape (N, 14, h, w), enlarged to the size of the targets.
        targets: Shape (N, H, W).

    Returns:
        Shape (N, 15, H, W); channel ANY_SKIN is the last.
    """
    larger = functional.interpolate(logits, size=targets.shape[-2:], mode="bilinear", align_corners=False)
    each = functional.log_softmax(larger, dim=1)
    skin = torch.logsumexp(each[:, list(SKIN_CLASSES)], dim=1, keepdim=True)
    return torch.cat([each, skin], dim=1)


def part_loss(chances: Tensor, targets: Tensor, small: Tensor) -> Tensor:
    """Cross entropy weighted by class; where a source says only "skin", the probabilities of all skin classes are summed.

    Args:
        chances: Shape (N, 15, H, W), of `log_chances`.
        targets: Shape (N, H, W) int64: a class, ANY_SKIN or IGNORED.
        small: Shape (N, H, W): 1 where a pixel counts more, for its person has few.

    Returns:
        The mean over known pixels; 0 if there are none.
    """
    weights = torch.tensor((*_CLASS_WEIGHTS, _ANY_SKIN_WEIGHT), device=chances.device)
    counts = 1 + (_SMALL_WEIGHT - 1) * small
    missed = functional.nll_loss(chances, targets, weights, ignore_index=IGNORED, reduction="none")
    known = weights[targets.clamp(max=len(CLASSES))] * (targets != IGNORED) * counts
    return (missed * counts).sum() / known.sum().clamp(min=1e-6)


def overlap_loss(chances: Tensor, targets: Tensor) -> Tensor:
    """One less the intersection over union of probabilities, over the whole batch (soft Jaccard; Rahman and Wang, 2016).

    This is what is measured in the end: every class counts the same, however few its pixels. Where a source says only "skin", its
    pixels count for skin as a whole and not for the single skin classes.

    Args:
        chances: Shape (N, 15, H, W), of `log_chances`.
        targets: Shape (N, H, W) int64: a class, ANY_SKIN or IGNORED.

    Returns:
        The mean over the classes there are in the batch; 0 if there are none.
    """
    flat, truth = chances.exp().transpose(0, 1).flatten(1), targets.flatten()
    known = truth != IGNORED
    wanted = functional.one_hot(truth.clamp(max=ANY_SKIN), ANY_SKIN + 1).T * known
    wanted[ANY_SKIN] += wanted[list(SKIN_CLASSES)].sum(dim=0)
    judged = known.expand(ANY_SKIN + 1, -1).float()
    judged[list(SKIN_CLASSES)] *= truth != ANY_SKIN
    both = (flat * wanted).sum(dim=1)
    either = (flat * judged).sum(dim=1) + wanted.sum(dim=1) - both
    there = (wanted.sum(dim=1) > 0).float()
    return ((1 - both / either.clamp(min=1)) * there).sum() / there.sum().clamp(min=1)


def centre_loss(logits: Tensor, heat: Tensor, unknown: Tensor) -> Tensor:
    """The loss of a heat map whose peaks are the pixels nearest to the centres.

    Args:
        logits: Shape (N, h, w).
        heat: Shape (N, h, w), 0 to 1.
        unknown: Shape (N, h, w): 1 where nothing is learnt.
    """
    positive = heat.ge(_AT_CENTRE).float()
    return heat_loss(logits, torch.maximum(heat, positive), positive, unknown)


def heat_loss(logits: Tensor, heat: Tensor, peaks: Tensor, unknown: Tensor) -> Tensor:
    """Focal loss of a heat map (Law and Deng, 2018, equation 1), a person, not a pixel, counting as one.

    Args:
        logits: Shape (N, h, w).
        heat: Shape (N, h, w), 0 to 1; 1 at the peaks.
        peaks: Shape (N, h, w): how much a pixel counts as somebody's, 1 for each person in all.
        unknown: Shape (N, h, w): 1 where nothing is learnt.

    Returns:
        The sum, for each person that there is.
    """
    here, elsewhere = functional.logsigmoid(logits), functional.logsigmoid(-logits)
    chance = torch.sigmoid(logits)
    found = here * (1 - chance) ** 2 * peaks
    quiet = elsewhere * chance**2 * (1 - heat) ** 4
    return -((found + quiet) * (1 - unknown)).sum() / peaks.sum().clamp(min=1)


def offset_loss(offset: Tensor, wanted: Tensor, persons: Tensor) -> Tensor:
    """Mean distance over pixels of persons, rows and columns summed; 0 without persons."""
    distance = (offset - wanted).abs().sum(dim=1)
    return (distance * persons).sum() / persons.sum().clamp(min=1)
