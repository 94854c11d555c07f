"""The transformer decoder of Mask2Former (Cheng et al., 2022): queries that look only where their own mask was."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.parsers.m2fp.network.deformable import Size
from pipeline.parsers.m2fp.network.position import sine_positions
from pipeline.parsers.m2fp.network.shape import NetworkShape

_MASKED = -1.0e9


class Attention(nn.Module):
    """Multi-head attention of one picture; parameters named and laid out as in `nn.MultiheadAttention`."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend.

        Args:
            query: Shape (Q, C).
            key: Shape (K, C).
            value: Shape (K, C).
            mask: Shape (Q, K), added to the scores of every head.

        Returns:
            Shape (Q, C).
        """
        width = query.shape[1]
        inputs = zip(
            (query, key, value), self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3), strict=True
        )
        q, k, v = (self._split(functional.linear(*projection)) for projection in inputs)
        scores = q @ k.transpose(1, 2) * (width // self._heads) ** -0.5
        if mask is not None:
            scores = scores + mask
        attended = (scores.softmax(-1) @ v).permute(1, 0, 2).reshape(-1, width)
        projected: Tensor = self.out_proj(attended)
        return projected

    def _split(self, tokens: Tensor) -> Tensor:
        """Shape (T, C) to (heads, T, C / heads)."""
        return tokens.reshape(-1, self._heads, tokens.shape[1] // self._heads).permute(1, 0, 2)


class CrossAttention(nn.Module):
    """Queries look at the picture."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.multihead_attn = Attention(shape.width, shape.heads)
        self.norm = nn.LayerNorm(shape.width)


class SelfAttention(nn.Module):
    """Queries look at each other."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.self_attn = Attention(shape.width, shape.heads)
        self.norm = nn.LayerNorm(shape.width)


class FeedForward(nn.Module):
    """Two linear layers with a residual, normalised after."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.linear1 = nn.Linear(shape.width, shape.decoder_feedforward)
        self.linear2 = nn.Linear(shape.decoder_feedforward, shape.width)
        self.norm = nn.LayerNorm(shape.width)

    def forward(self, queries: Tensor) -> Tensor:
        """Shape (Q, C) to the same."""
        normalised: Tensor = self.norm(queries + self.linear2(self.linear1(queries).relu()))
        return normalised


class MaskHead(nn.Module):
    """Three linear layers from a query to its mask embedding."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(3))

    def forward(self, queries: Tensor) -> Tensor:
        """Shape (Q, C) to the same."""
        first, second, third = self.layers
        embedding: Tensor = third(second(first(queries).relu()).relu())
        return embedding


class TransformerDecoder(nn.Module):
    """From tokens to class and mask of every query."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        width, layers = shape.width, shape.decoder_layers
        self.transformer_self_attention_layers = nn.ModuleList(SelfAttention(shape) for _ in range(layers))
        self.transformer_cross_attention_layers = nn.ModuleList(CrossAttention(shape) for _ in range(layers))
        self.transformer_ffn_layers = nn.ModuleList(FeedForward(shape) for _ in range(layers))
        self.decoder_norm = nn.LayerNorm(width)
        self.query_feat = nn.Embedding(shape.queries, width)
        self.query_embed = nn.Embedding(shape.queries, width)
        self.level_embed = nn.Embedding(3, width)
        self.class_embed = nn.Linear(width, shape.classes + 1)
        self.mask_embed = MaskHead(width)

    def forward(
        self, levels: Sequence[Tensor], sizes: Sequence[Size], finest: Tensor, to_mask: nn.Conv2d
    ) -> tuple[Tensor, Tensor]:
        """Decode.

        The convolution to mask features is linear, and so is shrinking them to a level: both are moved to the side where
        the arrays are small, which saves a pass over stride 4 and nine full masks and changes only the order of sums.

        Args:
            levels: Tokens of shape (H * W, C) at strides 32, 16 and 8.
            sizes: Of the levels.
            finest: Shape (1, C, H, W) at stride 4.
            to_mask: The convolution to mask features.

        Returns:
            Class logits, shape (Q, classes + 1), and mask logits, shape (Q, H, W) at stride 4.
        """
        width = finest.shape[1]
        weight = to_mask.weight.reshape(to_mask.weight.shape[0], width)
        values = [level + self.level_embed.weight[index] for index, level in enumerate(levels)]
        keys = [value + sine_positions(size, width) for value, size in zip(values, sizes, strict=True)]
        small = [_shrink(finest, factor) for factor in (8, 4, 2)]
        queries, places = self.query_feat.weight, self.query_embed.weight
        for index in range(len(self.transformer_ffn_layers)):
            level = index % len(levels)
            embedding = self.mask_embed(self.decoder_norm(queries))
            hidden = self._hidden(embedding, weight, to_mask.bias, small[level])
            queries = self._layer(index, queries, places, keys[level], values[level], hidden)
        queries = self.decoder_norm(queries)
        embedding = self.mask_embed(queries)
        masks = embedding @ weight @ finest.flatten(2)[0] + (embedding @ to_mask.bias)[:, None]
        return self.class_embed(queries), masks.reshape(-1, finest.shape[2], finest.shape[3])

    @staticmethod
    def _hidden(embedding: Tensor, weight: Tensor, bias: Tensor, features: Tensor) -> Tensor:
        """What is added to the scores, shape (Q, K): nothing inside the query's mask, or everywhere if that is empty."""
        logits = embedding @ weight @ features + (embedding @ bias)[:, None]
        outside = logits < 0
        empty = logits.amax(dim=1, keepdim=True) < 0
        return torch.where(outside & ~empty, _MASKED, 0.0)

    def _layer(
        self, index: int, queries: Tensor, places: Tensor, keys: Tensor, values: Tensor, hidden: Tensor
    ) -> Tensor:
        """Shape (Q, C) to the same."""
        cross = self.transformer_cross_attention_layers[index]
        queries = cross.norm(queries + cross.multihead_attn(queries + places, keys, values, hidden))
        own = self.transformer_self_attention_layers[index]
        placed = queries + places
        queries = own.norm(queries + own.self_attn(placed, placed, queries))
        fed: Tensor = self.transformer_ffn_layers[index](queries)
        return fed


def _shrink(features: Tensor, factor: int) -> Tensor:
    """Bilinear without smoothing, (1, C, H, W) to (C, H * W / factor^2): the mean of the four pixels around each centre."""
    first = factor // 2 - 1
    shrunk = functional.avg_pool2d(features[:, :, first:, first:], kernel_size=2, stride=factor)
    return shrunk.flatten(2)[0]
