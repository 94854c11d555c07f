"""A finder to begin with: `python -m training.finder.front FINDER.pt --frames DIR [--init OTHER.pt]`.

Its backbone has its ImageNet weights behind stride 4; the plain convolutions before that (`training.finder.backbone`) learn
here to answer as the blocks that they replace (Hinton et al., 2015; on features: Romero et al., 2015). Pictures are those that the
finder is trained on; nobody need have labelled them. Pyramid and heads are those of the other finder, where they fit.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from domain.errors import UsageError
from training.finder.backbone import DenseBackbone
from training.finder.command import add_shape, shape_of
from training.finder.losses import collate
from training.finder.mixing import FinderMix, FinderMixer
from training.finder.network import FinderNetwork, begin_as, begin_on_imagenet
from training.finder.train import FinderOptions, mixer_of
from training.learning import computes_in_half
from training.network import Backbone, normalised
from training.samples import batches
from training.sources import load_sources

_RATE, _LEAST_RATE = 8e-3, 2e-5
_SEED = 31  # of other samples than those of training
_STATISTICS = 0.05  # momentum of the batch statistics


def learn(
    backbone: DenseBackbone, teacher: Backbone, pictures: Iterable[Tensor], count: int
) -> Iterator[float]:
    """Learn the features at stride 4, each channel as if it had no mean and a spread of 1, as they have at the beginning.

    Args:
        backbone: Learns.
        teacher: Knows.
        pictures: Shape (N, 3, H, W) float32, channels B, G, R, 0 to 255, `count` of them.
        count: Of batches.

    Yields:
        After each batch, what part of the teacher's variance is not explained: 0 is all right.
    """
    parameters = list(backbone.front_parameters())
    optimizer = torch.optim.AdamW(parameters, _RATE, weight_decay=1e-4)
    rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, count, _LEAST_RATE)
    backbone.train()
    for module in backbone.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = _STATISTICS
    mean, spread = torch.zeros(1), torch.zeros(0)
    for given in pictures:
        picture = normalised(given).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=computes_in_half("cpu")):
            with torch.no_grad():
                wanted = teacher.begun(picture).float()
            said = backbone.begun(picture).float()
        if not len(spread):
            spread, mean = torch.std_mean(wanted, dim=(0, 2, 3), keepdim=True)
        missed = ((said - (wanted - mean) / spread) ** 2).mean()
        optimizer.zero_grad()
        missed.backward()
        optimizer.step()
        rates.step()
        yield float(missed.detach())
    last = backbone._front_bn[-1]
    with torch.no_grad():
        last.weight *= spread.flatten()
        last.bias.mul_(spread.flatten()).add_(mean.flatten())
    backbone.eval()


def pictures_of(mixer: FinderMixer, count: int, batch: int) -> Iterator[Tensor]:
    """So many batches of what the finder is trained on."""
    return (each.image for each in batches(mixer, collate, (0, count), batch, 1))


def main() -> None:
    """Learn, and write the finder."""
    parser = argparse.ArgumentParser(description="Make weights for training.finder to begin with")
    parser.add_argument("finder", type=Path)
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    parser.add_argument("--init", type=Path, help="a finder whose pyramid and heads are taken")
    parser.add_argument("--batches", type=int, default=400)
    parser.add_argument("--batch", type=int, default=8)
    add_shape(parser)
    chosen = parser.parse_args()
    torch.manual_seed(0)
    network = FinderNetwork(shape_of(chosen))
    try:
        if not isinstance(network.bb, DenseBackbone):
            raise UsageError("only a dense front is learnt from the blocks that it replaces")
        teacher = begin_on_imagenet(network)
        if chosen.init:
            begin_as(network, chosen.init)
        mix = replace(FinderMix(), rest=replace(FinderMix().rest, run=chosen.batch))
        mixer = mixer_of(load_sources(chosen.frames), (), FinderOptions(seed=_SEED, mix=mix))
    except UsageError as error:
        sys.exit(f"error: {error}")
    found = learn(network.bb, teacher, pictures_of(mixer, chosen.batches, chosen.batch), chosen.batches)
    for number, missed in enumerate(found, 1):
        if number % 50 == 0:
            print(f"{number} batches: {missed:.1%} not explained", flush=True)
    torch.save(network.state_dict(), chosen.finder)


if __name__ == "__main__":
    main()
