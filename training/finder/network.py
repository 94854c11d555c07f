"""The network of the finder: the backbone and pyramid of `lite` down to stride 8, and two heads.

One heat map of the centres of people's boxes and, at each pixel, how far the sides of the box are (CenterNet; Zhou et al., 2019;
sides as in FCOS; Tian et al., 2019). Attributes carry the names of the stored weights.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from domain.errors import ModelError
from training.finder.backbone import DenseBackbone, shorten
from training.network import (
    Backbone,
    Variant,
    conv_block,
    enlarged,
    fill,
    load_imagenet_weights,
    normalised,
    stored_weights,
)

Front = Literal["mobile", "dense"]
Depth = Literal["whole", "short"]
Stride = Literal[4, 8]

_RARE = -4.0  # first guess of the heat as a logit: 1 pixel in 50
_SIDE = 1.2  # first guess of a side, before softplus: 12 pixels
_SIDE_SCALE = 8.0
_FEATURES = 8  # stride of what the heads see


@dataclass(frozen=True, slots=True)
class FinderShape:
    """The shape of the network.

    Attributes:
        variant: Width and depth of the backbone.
        front: How the backbone begins: with `mobile` blocks, EfficientNet-Lite's own, or with cheaper `dense` convolutions.
        depth: Of the backbone behind stride 4: `whole`, or `short`, which keeps two blocks of each stage.
        fine: Channels of the pyramid at stride 8 and of the heads.
        coarse: Channels of the pyramid at strides 16 and 32.
        stride: Of the answers: 8, which is that of the pyramid, or 4. Then each pixel of the pyramid answers for its four quarters
            (sub-pixel convolution; Shi et al., 2016), and the heads see the backbone's features at stride 4, too.
    """

    variant: Variant = "lite0"
    front: Front = "dense"
    depth: Depth = "whole"
    fine: int = 64
    coarse: int = 128
    stride: Stride = 8


class Found(NamedTuple):
    """What the network says of a batch; S is the stride of its shape.

    Attributes:
        heat_logits: Shape (N, 1, H/S, W/S): its sigmoid is the heat map of the centres of boxes.
        sides: Shape (N, 4, H/S, W/S): left, top, right and bottom of the box, as distances from the middle of the pixel, in pixels
            of the input.
        merged: Shape (N, F, H/8, W/8): what both heads see.
    """

    heat_logits: Tensor
    sides: Tensor
    merged: Tensor


class FinderNetwork(nn.Module):
    """Backbone, pyramid and heads.

    Args:
        shape: Of it.
    """

    def __init__(self, shape: FinderShape | None = None) -> None:
        super().__init__()
        self.shape = shape = shape or FinderShape()
        fine, coarse = shape.fine, shape.coarse
        self.bb = DenseBackbone(shape.variant) if shape.front == "dense" else Backbone(shape.variant)
        if shape.depth == "short":
            shorten(self.bb)
        inputs, each = self.bb.channels[1:], (_FEATURES // shape.stride) ** 2
        self.lat = nn.ModuleList(
            nn.Conv2d(given, wanted, 1) for given, wanted in zip(inputs, (fine, coarse, coarse), strict=True)
        )
        self.pool = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(inputs[-1], coarse, 1), nn.ReLU(inplace=True)
        )
        self.top, self.mid = conv_block(coarse, coarse), conv_block(coarse, coarse)
        self.red = nn.Conv2d(coarse, fine, 1)
        self.sm1 = conv_block(fine, fine)
        self.h, self.heat = conv_block(fine, fine), nn.Conv2d(fine, each, 1)
        self.b, self.box = conv_block(fine, fine), nn.Conv2d(fine, 4 * each, 1)
        self._quarters = nn.PixelShuffle(_FEATURES // shape.stride)
        self.detail = nn.Conv2d(self.bb.channels[0], fine, 2, 2) if shape.stride < _FEATURES else None
        nn.init.constant_(self.heat.bias, _RARE)
        nn.init.constant_(self.box.bias, _SIDE)
        if self.detail is not None:
            # Nothing at first, so that a finder that begins with weights of one without it says the same.
            nn.init.zeros_(self.detail.weight)
            nn.init.zeros_(self.detail.bias)

    def forward(self, image: Tensor) -> Found:
        """Heat and sides.

        Args:
            image: Shape (N, 3, H, W) float32, channels B, G, R, 0 to 255; H and W multiples of 32.
        """
        details, *features = self.bb(normalised(image))
        at8, at16, at32 = (side(level) for side, level in zip(self.lat, features, strict=True))
        merged = self.top(at32 + self.pool(features[-1]))
        merged = self.mid(at16 + enlarged(merged, at16))
        if self.detail is not None:
            at8 = at8 + self.detail(details)
        merged = self.sm1(at8 + enlarged(self.red(merged), at8))
        sides = functional.softplus(self._quarters(self.box(self.b(merged)))) * _SIDE_SCALE
        return Found(self._quarters(self.heat(self.h(merged))), sides, merged)

    def late_parameters(self, depthwise: bool) -> Iterator[nn.Parameter]:
        """Of the backbone behind stride 4, with or without depthwise filters, and dense convolutions before: what pays on a CPU."""
        if isinstance(self.bb, DenseBackbone):
            yield from self.bb.front_parameters()
        yield from self.bb.late_parameters(0, depthwise)


def load_finder(path: Path, shape: FinderShape | None = None) -> FinderNetwork:
    """A finder with the weights of that file, ready to be run.

    Raises:
        ModelError: They are not there, or not this network's.
    """
    network = FinderNetwork(shape)
    fill(network, stored_weights(path), path)
    return network.eval()


def begin_on_imagenet(network: FinderNetwork) -> Backbone:
    """Give the backbone its ImageNet weights, as far as it has those layers.

    Returns:
        The whole backbone with these weights.

    Raises:
        MissingExtra: They are not installed.
    """
    whole = Backbone(network.shape.variant)
    load_imagenet_weights(whole, network.shape.variant)
    own = network.bb.state_dict()
    shared = {name: value for name, value in whole.state_dict().items() if name in own}
    network.bb.load_state_dict(shared, strict=False)
    return whole.eval()


def begin_as(network: FinderNetwork, path: Path) -> None:
    """Take from the weights of another finder whatever has the same name and shape, but for a backbone of another width.

    One that is shorter, or begins otherwise, takes what it shares. One that answers at stride 4 begins with the answers of
    one at stride 8 in each of its four quarters.

    Raises:
        ModelError: They are not there, or share nothing with this network.
    """
    own, stored = network.state_dict(), stored_weights(path)
    if network.shape.stride < _FEATURES:
        stored = _quartered(stored, own)
    same_backbone = all(
        stored[name].shape == value.shape
        for name, value in own.items()
        if name.startswith("bb.") and name in stored
    )
    shared = {
        name: stored[name]
        for name, value in own.items()
        if name in stored
        and stored[name].shape == value.shape
        and (same_backbone or not name.startswith("bb."))
    }
    if not shared:
        raise ModelError(f"{path} holds no weights that this finder could begin with")
    network.load_state_dict(shared, strict=False)


def _quartered(stored: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights with answers at stride 8 given in four quarters; those that are so already stay as they are."""
    quartered = dict(stored)
    for name in ("heat.weight", "heat.bias", "box.weight", "box.bias"):
        if name in stored and 4 * len(stored[name]) == len(own[name]):
            quartered[name] = stored[name].repeat_interleave(4, dim=0)
    if "box.bias" in stored and len(quartered["box.bias"]) > len(stored["box.bias"]):
        # Left, top, right and bottom are further off, or nearer, from the middle of a quarter: by 2 pixels.
        row, column = torch.tensor([-1.0, -1, 1, 1]), torch.tensor([-1.0, 1, -1, 1])
        moved = torch.stack([column, row, -column, -row])
        quartered["box.bias"] = (
            quartered["box.bias"].float() + (moved * _FEATURES / 4 / _SIDE_SCALE).flatten()
        )
    return quartered
