"""Weights to go on from, out of an exported network: `python -m training.recover lite.onnx lite.pt --frames DIR`.

For trainings that begin where a published network ended and whose checkpoint is gone. The export folds each batch normalisation
into the convolution before it and stores large tensors as float16. Here the folded convolutions get normalisations again that
change nothing: their statistics are measured on samples of the training, and scale and shift undo them. So the network says what
the exported one says, and learns as one that was never folded.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from domain.errors import ModelError, UsageError
from training.crops.mixing import CropMix, CropMixer
from training.crops.network import CropNetwork
from training.crops.train import collate as collate_crops
from training.finder.command import add_shape, shape_of
from training.finder.network import FinderNetwork
from training.mixing import Mixer, MixOptions
from training.network import LiteNetwork
from training.samples import batches, collate
from training.sources import Sources, load_sources

N = TypeVar("N", bound=nn.Module)

_BATCHES, _BATCH = 6, 12
_SEED = 9  # of other samples than those of training


def recovered(model: onnx.ModelProto, pictures: Iterable[Tensor], network: N) -> N:
    """The network of an ONNX file that one of the trainings exported.

    Args:
        model: The file's content.
        pictures: Inputs, shape (N, 3, H, W) each, on which the statistics are measured.
        network: Of the same layers; takes the weights, and is what is given back.

    Raises:
        ModelError: The network of the file has other layers.
    """
    network.eval()
    stored = _convolutions(model)
    pairs = list(_layers(network))
    if len(pairs) != len(stored):
        raise ModelError(f"not such a network: {len(stored)} convolutions instead of {len(pairs)}")
    with torch.no_grad():
        for (convolution, normalisation), (weight, bias) in zip(pairs, stored, strict=True):
            if convolution.weight.shape != weight.shape:
                raise ModelError(f"not such a network: a convolution of {tuple(weight.shape)}")
            convolution.weight.copy_(weight)
            (normalisation if normalisation is not None else convolution).bias.copy_(bias)
            if normalisation is not None:
                normalisation.running_var.fill_(1 - normalisation.eps)
        _restore_statistics(network, [pair for pair in pairs if pair[1] is not None], pictures)
    return network


def _layers(network: nn.Module) -> Iterator[tuple[Any, Any]]:
    """Every convolution and the normalisation behind it, if there is one, in the order in which they are computed."""
    seen: list[tuple[Any, Any]] = []
    norms = {
        id(module): name for name, module in network.named_modules() if isinstance(module, nn.BatchNorm2d)
    }

    def note(module: nn.Module, _given: Any, _result: Any) -> None:
        if id(module) in norms:
            seen[-1] = (seen[-1][0], module)
        else:
            seen.append((module, None))

    hooks = [
        module.register_forward_hook(note)
        for module in network.modules()
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d))
    ]
    with torch.inference_mode():
        network(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    yield from seen


def _convolutions(model: onnx.ModelProto) -> list[tuple[Tensor, Tensor]]:
    """Weights and biases of all convolutions in the order in which they are computed."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type in {"Cast", "Identity"} and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]]
    chosen = [node for node in model.graph.node if node.op_type == "Conv"]
    if not any(node.op_type == "Slice" and node.input[0] == "image" for node in model.graph.node):
        # `training.export.take_bgr` turned the filters around.
        values[chosen[0].input[1]] = np.ascontiguousarray(values[chosen[0].input[1]][:, ::-1])
    return [
        tuple(torch.from_numpy(values[name].astype("float32")) for name in node.input[1:3]) for node in chosen
    ]


def _restore_statistics(network: nn.Module, pairs: list[tuple[Any, Any]], pictures: Iterable[Tensor]) -> None:
    """Mean and variance of what each normalisation is given, undone by its scale and shift."""
    sums: dict[int, Tensor] = {}

    def measure(module: nn.Module, given: tuple[Tensor], _result: Any) -> None:
        found = torch.stack(
            [
                torch.ones(given[0].shape[1]) * given[0][:, 0].numel(),
                given[0].sum((0, 2, 3)),
                (given[0] ** 2).sum((0, 2, 3)),
            ]
        ).double()
        sums[id(module)] = sums.get(id(module), torch.zeros_like(found)) + found

    hooks = [normalisation.register_forward_hook(measure) for _, normalisation in pairs]
    with torch.inference_mode():
        for picture in pictures:
            network(picture)
    for hook in hooks:
        hook.remove()
    for _, normalisation in pairs:
        count, total, squares = sums[id(normalisation)]
        mean = (total / count).float()
        variance = (squares / count).float() - mean**2
        variance = variance.clamp(min=0)
        normalisation.bias.add_(mean)
        normalisation.weight.copy_(torch.sqrt(variance + normalisation.eps))
        normalisation.running_mean.copy_(mean)
        normalisation.running_var.copy_(variance)


def _pictures(sources: Sources) -> Iterator[Tensor]:
    mixer = Mixer(sources, MixOptions(run=_BATCH), _SEED)
    return (batch.image for batch in batches(mixer, collate, (0, _BATCHES), _BATCH, 0))


def _crops(sources: Sources) -> Iterator[Tensor]:
    mixer = CropMixer(sources, CropMix(run=_BATCH), seed=_SEED)
    return (batch.image for batch in batches(mixer, collate_crops, (0, _BATCHES), _BATCH, 0))


def _network_of(chosen: argparse.Namespace) -> nn.Module:
    if chosen.finder:
        return FinderNetwork(shape_of(chosen))
    return CropNetwork() if chosen.crops else LiteNetwork()


def main() -> None:
    """Recover."""
    parser = argparse.ArgumentParser(description="Make weights to go on from out of an exported network")
    parser.add_argument("network", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--crops", action="store_true", help="the network is that of training.crops")
    kind.add_argument("--finder", action="store_true", help="the network is that of training.finder")
    add_shape(parser)
    chosen = parser.parse_args()
    try:
        if not chosen.network.is_file():
            raise ModelError(f"{chosen.network}: no such file")
        sources = load_sources(chosen.frames)
        pictures = _crops(sources) if chosen.crops else _pictures(sources)
        network = recovered(onnx.load(chosen.network), pictures, _network_of(chosen))
    except UsageError as error:
        sys.exit(f"error: {error}")
    torch.save(network.state_dict(), chosen.weights)


if __name__ == "__main__":
    main()
