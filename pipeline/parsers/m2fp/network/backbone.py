"""ResNet (He et al., 2016) with a stem of three 3x3 convolutions, as in DeepLab (Chen et al., 2018)."""

from torch import Tensor, nn
from torch.nn import functional

from pipeline.parsers.m2fp.network.shape import NetworkShape


class ConvNorm(nn.Conv2d):
    """Convolution without bias, the normalisation kept inside it as `norm`, as checkpoints name it."""

    def __init__(self, channels: tuple[int, int], size: int, norm: nn.Module, *, stride: int = 1) -> None:
        super().__init__(*channels, kernel_size=size, stride=stride, padding=size // 2, bias=False)
        self.norm = norm

    def forward(self, features: Tensor) -> Tensor:
        """Shape (1, C, H, W) to (1, C', H / stride, W / stride)."""
        normalised: Tensor = self.norm(super().forward(features))
        return normalised


def _conv(channels_in: int, channels_out: int, size: int, stride: int = 1) -> ConvNorm:
    return ConvNorm((channels_in, channels_out), size, nn.BatchNorm2d(channels_out), stride=stride)


class Stem(nn.Module):
    """To stride 4."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = _conv(3, channels // 2, 3, stride=2)
        self.conv2 = _conv(channels // 2, channels // 2, 3)
        self.conv3 = _conv(channels // 2, channels, 3)

    def forward(self, image: Tensor) -> Tensor:
        """Shape (1, 3, H, W) to (1, C, H / 4, W / 4)."""
        features = self.conv1(image).relu()
        features = self.conv2(features).relu()
        features = self.conv3(features).relu()
        return functional.max_pool2d(features, kernel_size=3, stride=2, padding=1)


class Bottleneck(nn.Module):
    """1x1, 3x3 with the stride, 1x1, around a shortcut."""

    def __init__(self, channels_in: int, inner: int, channels_out: int, stride: int) -> None:
        super().__init__()
        if channels_in != channels_out:
            self.shortcut = _conv(channels_in, channels_out, 1, stride)
        self.conv1 = _conv(channels_in, inner, 1)
        self.conv2 = _conv(inner, inner, 3, stride)
        self.conv3 = _conv(inner, channels_out, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Shape (1, C, H, W) to (1, C', H / stride, W / stride)."""
        kept = self.shortcut(features) if hasattr(self, "shortcut") else features
        inner = self.conv2(self.conv1(features).relu()).relu()
        total: Tensor = self.conv3(inner) + kept
        return total.relu()


class Backbone(nn.Module):
    """Features at strides 4, 8, 16 and 32."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.stem = Stem(shape.stem_channels)
        channels = shape.stem_channels
        for stage, blocks in enumerate(shape.blocks):
            inner, wide = shape.bottleneck_channels << stage, shape.stage_channels << stage
            first = Bottleneck(channels, inner, wide, stride=1 if stage == 0 else 2)
            others = [Bottleneck(wide, inner, wide, stride=1) for _ in range(blocks - 1)]
            self.add_module(f"res{stage + 2}", nn.Sequential(first, *others))
            channels = wide

    def forward(self, image: Tensor) -> list[Tensor]:
        """Shape (1, 3, H, W) to four of (1, C, H / stride, W / stride), the finest first."""
        features = self.stem(image)
        outputs = []
        for stage in range(4):
            features = self.get_submodule(f"res{stage + 2}")(features)
            outputs.append(features)
        return outputs
