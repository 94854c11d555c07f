"""What the finder is taught by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.finder.network import Found
from training.finder.targets import FinderSample
from training.losses import heat_loss
from training.samples import images_of


class FinderBatch(NamedTuple):
    """Samples side by side; see `training.finder.targets.FinderSample` for each.

    Attributes:
        image: Shape (N, 3, H, W) float32, 0 to 255.
        heat: Shape (N, H/S, W/S) float32.
        peaks: Shape (N, H/S, W/S) float32.
        unknown: Shape (N, H/S, W/S) float32, 0 or 1.
        sides: Shape (N, 4, H/S, W/S) float32.
        near: Shape (N, H/S, W/S) float32.
    """

    image: Tensor
    heat: Tensor
    peaks: Tensor
    unknown: Tensor
    sides: Tensor
    near: Tensor


class FinderLosses(NamedTuple):
    """Each as a scalar.

    Attributes:
        heat: Focal loss of the heat map.
        box: One less the generalised intersection over union.
        total: Their weighted sum.
    """

    heat: Tensor
    box: Tensor
    total: Tensor


@dataclass(frozen=True, slots=True)
class FinderLossWeights:
    """How much each counts in the sum."""

    heat: float = 1.0
    box: float = 3.0


def collate(samples: Sequence[FinderSample]) -> FinderBatch:
    """Side by side, in the types that the losses want."""
    return FinderBatch(
        image=images_of([sample.image for sample in samples]),
        heat=torch.from_numpy(np.stack([sample.heat for sample in samples])),
        peaks=torch.from_numpy(np.stack([sample.peaks for sample in samples])),
        unknown=torch.from_numpy(np.stack([sample.unknown for sample in samples]).astype(np.float32)),
        sides=torch.from_numpy(np.stack([sample.sides for sample in samples])),
        near=torch.from_numpy(np.stack([sample.near for sample in samples])),
    )


def finder_losses(found: Found, batch: FinderBatch, weights: FinderLossWeights) -> FinderLosses:
    """All of them, in float32 whatever the network computed in."""
    heat = heat_loss(found.heat_logits[:, 0].float(), batch.heat, batch.peaks, batch.unknown)
    box = box_loss(found.sides.float(), batch.sides, batch.near)
    return FinderLosses(heat, box, weights.heat * heat + weights.box * box)


def box_loss(sides: Tensor, wanted: Tensor, near: Tensor) -> Tensor:
    """One less the generalised intersection over union (Rezatofighi et al., 2019) of boxes that hold the middle of their pixel.

    Args:
        sides: Shape (N, 4, h, w): left, top, right, bottom as distances.
        wanted: The same, true.
        near: Shape (N, h, w): how much each pixel counts.

    Returns:
        The weighted mean; 0 if no pixel counts.
    """
    least, most = torch.minimum(sides, wanted), torch.maximum(sides, wanted)
    both, hull = _area(least), _area(most)
    either = _area(sides) + _area(wanted) - both
    missed = 1 - both / either.clamp(min=1e-6) + (hull - either) / hull.clamp(min=1e-6)
    return (missed * near).sum() / near.sum().clamp(min=1e-6)


def _area(sides: Tensor) -> Tensor:
    return (sides[:, 0] + sides[:, 2]) * (sides[:, 1] + sides[:, 3])
