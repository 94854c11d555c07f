"""The pixel decoder of Mask2Former (Cheng et al., 2022): deformable attention over three levels, then one step up to stride 4."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.parsers.m2fp.network.backbone import ConvNorm
from pipeline.parsers.m2fp.network.deformable import DeformableAttention, Sampling, Size
from pipeline.parsers.m2fp.network.position import sine_positions
from pipeline.parsers.m2fp.network.shape import NetworkShape

LEVELS = 3


class EncoderLayer(nn.Module):
    """Deformable attention and a feed-forward part, each with its residual, normalised after."""

    def __init__(self, shape: NetworkShape, sampling: Sampling) -> None:
        super().__init__()
        self.self_attn = DeformableAttention(shape, LEVELS, sampling)
        self.norm1 = nn.LayerNorm(shape.width)
        self.linear1 = nn.Linear(shape.width, shape.encoder_feedforward)
        self.linear2 = nn.Linear(shape.encoder_feedforward, shape.width)
        self.norm2 = nn.LayerNorm(shape.width)

    def forward(self, tokens: Tensor, positions: Tensor, sizes: Sequence[Size]) -> Tensor:
        """Shape (T, C) to the same."""
        tokens = self.norm1(tokens + self.self_attn(tokens + positions, tokens, sizes))
        normalised: Tensor = self.norm2(tokens + self.linear2(self.linear1(tokens).relu()))
        return normalised


class Encoder(nn.Module):
    """The layers, under the name that checkpoints give them."""

    def __init__(self, shape: NetworkShape, sampling: Sampling) -> None:
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(shape, sampling) for _ in range(shape.encoder_layers))


class EncoderOfLevels(nn.Module):
    """Tokens of all levels together."""

    def __init__(self, shape: NetworkShape, sampling: Sampling) -> None:
        super().__init__()
        self.level_embed = nn.Parameter(torch.zeros(LEVELS, shape.width))
        self.encoder = Encoder(shape, sampling)

    def forward(self, levels: Sequence[Tensor], sizes: Sequence[Size]) -> list[Tensor]:
        """Shapes (H * W, C), one a level, to the same."""
        width = self.level_embed.shape[1]
        positions = torch.cat(
            [sine_positions(size, width) + self.level_embed[level] for level, size in enumerate(sizes)]
        )
        tokens = torch.cat(list(levels))
        for layer in self.encoder.layers:
            tokens = layer(tokens, positions, sizes)
        lengths = [height * width for height, width in sizes]
        return list(tokens.split(lengths))


class PixelDecoder(nn.Module):
    """From the backbone's features to tokens at strides 32, 16, 8 and features at stride 4."""

    def __init__(self, shape: NetworkShape, sampling: Sampling) -> None:
        super().__init__()
        width, finest = shape.width, shape.stage_channels

        def norm() -> nn.GroupNorm:
            return nn.GroupNorm(shape.groups, width)

        self.input_proj = nn.ModuleList(
            nn.Sequential(nn.Conv2d(finest << stage, width, 1), norm()) for stage in (3, 2, 1)
        )
        self.transformer = EncoderOfLevels(shape, sampling)
        self.adapter_1 = ConvNorm((finest, width), 1, norm())
        self.layer_1 = ConvNorm((width, width), 3, norm())
        self.mask_features = nn.Conv2d(width, width, 1)

    def forward(self, features: Sequence[Tensor]) -> tuple[list[Tensor], list[Size], Tensor]:
        """Decode.

        Args:
            features: Of the backbone, the finest first.

        Returns:
            Tokens of shape (H * W, C) at strides 32, 16 and 8, the sizes of these levels, and features at stride 4,
            (1, C, H, W), to which `mask_features` has not been applied yet.
        """
        projected = [project(level) for project, level in zip(self.input_proj, features[:0:-1], strict=True)]
        sizes = [(level.shape[2], level.shape[3]) for level in projected]
        levels = self.transformer([level.flatten(2)[0].t() for level in projected], sizes)
        height, width = sizes[-1]
        coarse = levels[-1].t().reshape(1, -1, height, width)
        finest = self.adapter_1(features[0]) + functional.interpolate(
            coarse, scale_factor=2.0, mode="bilinear", align_corners=False
        )
        return levels, sizes, self.layer_1(finest).relu()
