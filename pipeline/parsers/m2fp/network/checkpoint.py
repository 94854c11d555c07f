"""From a checkpoint file to a network, strictly: weights that do not match are an error, never dropped."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from domain.errors import ModelError
from pipeline.parsers.m2fp.network.deformable import Sampling
from pipeline.parsers.m2fp.network.model import M2FPNetwork
from pipeline.parsers.m2fp.network.shape import M2FP_RESNET101, NetworkShape

_SHOWN = 6
# The single-person model was trained on LIP: 20 classes and "no object".
_SINGLE_PERSON_CLASSES = 21
_CLASS_HEAD = "sem_seg_head.predictor.class_embed.bias"


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The weights in a checkpoint as ModelScope ships it: a dict whose key `model` holds them.

    What only training needs is left out: the counters of batch normalisation and the weights of the loss.

    Raises:
        ModelError: The file is damaged, is no checkpoint, or is a pickle that wants to run code.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ModelError(
            f"{path} is damaged or wants to run code when it is loaded, which no weights need; it is refused: download it again"
        ) from error
    except (RuntimeError, EOFError, ValueError, KeyError, OSError) as error:
        raise ModelError(
            f"{path} is no checkpoint that PyTorch can read, or was cut off: download it again"
        ) from error
    weights = content.get("model") if isinstance(content, Mapping) else None
    if not isinstance(weights, Mapping) or not all(isinstance(value, Tensor) for value in weights.values()):
        raise ModelError(f"{path} is no M2FP checkpoint: it has no weights under the key model")
    return {name: value for name, value in weights.items() if not _only_for_training(name)}


def load_weights(network: M2FPNetwork, weights: Mapping[str, Tensor], path: Path) -> None:
    """Fill the network.

    Args:
        network: To be filled.
        weights: As from `read_checkpoint`.
        path: Where they come from, for the message.

    Raises:
        ModelError: A tensor is missing, surplus or misshapen; the message lists them.
    """
    wanted = {name: value for name, value in network.state_dict().items() if not _only_for_training(name)}
    if (
        _CLASS_HEAD in weights
        and weights[_CLASS_HEAD].shape == (_SINGLE_PERSON_CLASSES,) != wanted[_CLASS_HEAD].shape
    ):
        raise ModelError(
            f"{path} is the single-person M2FP model; the one for several persons is wanted: "
            "damo/cv_resnet101_image-multiple-human-parsing"
        )
    misshapen = [
        f"{name} {tuple(weights[name].shape)} instead of {tuple(value.shape)}"
        for name, value in wanted.items()
        if name in weights and weights[name].shape != value.shape
    ]
    faults = {
        "missing": sorted(wanted.keys() - weights.keys()),
        "surplus": sorted(weights.keys() - wanted.keys()),
        "misshapen": misshapen,
    }
    if any(faults.values()):
        listed = "; ".join(_listed(kind, names) for kind, names in faults.items() if names)
        raise ModelError(f"{path} does not fit the network of M2FP: {listed}")
    # Strict but for the counters, which were checked above.
    network.load_state_dict(dict(weights), strict=False)


def load_checkpoint(
    path: Path, *, shape: NetworkShape = M2FP_RESNET101, sampling: Sampling = "bag"
) -> M2FPNetwork:
    """Read a checkpoint into a network that is ready to run.

    Raises:
        ModelError: As from `read_checkpoint` and `load_weights`.
    """
    network = M2FPNetwork(shape, sampling)
    load_weights(network, read_checkpoint(path), path)
    network.eval()
    return network


def _only_for_training(name: str) -> bool:
    return name.endswith(".num_batches_tracked") or name == "criterion.empty_weight"


def _listed(kind: str, names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{len(names)} {kind} ({', '.join(names[:_SHOWN])}{more})"
