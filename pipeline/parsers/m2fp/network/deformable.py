"""Multi-scale deformable attention (Zhu et al., "Deformable DETR", 2021) in two forms that converters translate well.

Both compute the same. Neither stacks sampled points and reduces over a last axis of 4, which took a third of the time of a
straight conversion.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.parsers.m2fp.network.shape import NetworkShape

Sampling = Literal["bag", "grid"]
"""`bag` for OpenVINO: each head of each query is a weighted sum of rows of a table (EmbeddingBag): the rows are read where
they lie, and nothing is written but the sum. `grid` for ONNX, which has no such operator: GridSample, point by point."""

Size: TypeAlias = tuple[int, int]
"""Height and width of a level; while a converter traces, numbers that it follows."""


def centres(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Shape (H * W,) twice: y and x of each pixel's centre as a share of the level, 0 to 1."""
    ys = ((torch.arange(height) + 0.5) / height)[:, None].expand(height, width)
    xs = ((torch.arange(width) + 0.5) / width)[None, :].expand(height, width)
    return ys.reshape(-1), xs.reshape(-1)


class DeformableAttention(nn.Module):
    """Every token looks at a few points of each level, at places that it chooses itself."""

    def __init__(self, shape: NetworkShape, levels: int, sampling: Sampling) -> None:
        super().__init__()
        self._heads, self._levels, self._points = shape.heads, levels, shape.points
        self._sampling = sampling
        samples = shape.heads * levels * shape.points
        self.sampling_offsets = nn.Linear(shape.width, samples * 2)
        self.attention_weights = nn.Linear(shape.width, samples)
        self.value_proj = nn.Linear(shape.width, shape.width)
        self.output_proj = nn.Linear(shape.width, shape.width)

    def forward(self, query: Tensor, tokens: Tensor, sizes: Sequence[Size]) -> Tensor:
        """Attend.

        Args:
            query: Shape (T, C), tokens with their positions.
            tokens: Shape (T, C), all levels one after the other.
            sizes: Of the levels.

        Returns:
            Shape (T, C).
        """
        heads, samples = self._heads, self._levels * self._points
        weights = self.attention_weights(query).reshape(-1, heads, samples).softmax(-1)
        values = self.value_proj(tokens)
        sample = self._sample_bag if self._sampling == "bag" else self._sample_grid
        attended: Tensor = self.output_proj(sample(query, values, weights, sizes))
        return attended

    def _positions(self, query: Tensor, axis: int, sizes: Sequence[Size]) -> Tensor:
        """Where to look, in pixels of each level, 0 is the first pixel's centre: shape (T, heads, levels * points); axis 0 is x.

        The offsets come from the rows of the layer that make that coordinate, so that x and y are never interleaved.
        """
        shape = (self._heads * self._levels * self._points, 2)
        weight = self.sampling_offsets.weight.reshape(*shape, -1)[:, axis]
        bias = self.sampling_offsets.bias.reshape(shape)[:, axis]
        offsets = functional.linear(query, weight, bias).reshape(-1, self._heads, self._levels * self._points)
        own = torch.cat([centres(*size)[1 - axis] for size in sizes])
        base = torch.stack([own * size[1 - axis] - 0.5 for size in sizes], dim=1)
        return offsets + base.repeat_interleave(self._points, dim=1)[:, None, :]

    def _sample_bag(self, query: Tensor, values: Tensor, weights: Tensor, sizes: Sequence[Size]) -> Tensor:
        """The four neighbours of each point are rows of the table, their bilinear weights times the attention are its weights."""
        heads, samples = self._heads, self._levels * self._points
        x, y = (self._positions(query, axis, sizes)[:, :, None, :] for axis in (0, 1))
        width, height, start = (self._of_levels(values_of) for values_of in _levels(sizes))
        corner_x, weight_x = _neighbour(x, torch.tensor([0.0, 1.0, 0.0, 1.0])[:, None], width)
        corner_y, weight_y = _neighbour(y, torch.tensor([0.0, 0.0, 1.0, 1.0])[:, None], height)
        head = torch.arange(heads, dtype=torch.float32)[:, None, None]
        # In float32, which holds whole numbers exactly up to 16 million, and turned into integers once.
        rows = ((corner_y * width + corner_x + start) * heads + head).to(torch.int32)
        bag_weights = weights[:, :, None, :] * weight_x * weight_y
        table = values.reshape(-1, values.shape[1] // heads)
        bags = functional.embedding_bag(
            rows.reshape(-1, 4 * samples),
            table,
            per_sample_weights=bag_weights.reshape(-1, 4 * samples),
            mode="sum",
        )
        return bags.reshape(-1, values.shape[1])

    def _of_levels(self, values: Sequence[Tensor]) -> Tensor:
        """Shape (levels * points,): one value a level, repeated for its points."""
        return torch.stack(list(values)).repeat_interleave(self._points)

    def _sample_grid(self, query: Tensor, values: Tensor, weights: Tensor, sizes: Sequence[Size]) -> Tensor:
        """Every head is a picture of a batch; one GridSample a level and point, accumulated."""
        heads, points = self._heads, self._points
        channels = values.shape[1] // heads
        x, y = (self._positions(query, axis, sizes).permute(1, 2, 0) for axis in (0, 1))
        by_sample = weights.permute(1, 2, 0)[:, :, None, :]
        total = torch.zeros(1)
        start = 0
        for level, (height, width) in enumerate(sizes):
            own = values[start : start + height * width].t().reshape(heads, channels, height, width)
            start = start + height * width
            for sample in range(level * points, (level + 1) * points):
                grid = torch.stack(
                    [(2 * x[:, sample] + 1) / width - 1, (2 * y[:, sample] + 1) / height - 1], dim=-1
                )
                seen = functional.grid_sample(own, grid[:, None], padding_mode="zeros", align_corners=False)
                total = total + seen[:, :, 0] * by_sample[:, sample]
        return total.reshape(heads * channels, -1).t()


def _neighbour(position: Tensor, step: Tensor, size: Tensor) -> tuple[Tensor, Tensor]:
    """Neighbouring pixel along one axis, kept inside the level, and its linear weight; 0 where it lies outside."""
    corner = position.floor() + step
    inside = torch.minimum(corner.clamp(min=0), size - 1)
    weight = 1 - (position - corner).abs()
    return inside, torch.where(inside == corner, weight, torch.zeros(1))


def _levels(sizes: Sequence[Size]) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Width, height and first token of every level, as numbers that tracing keeps."""
    starts, start = [], torch.zeros(())
    for height, width in sizes:
        starts.append(start)
        start = start + torch.as_tensor(height * width, dtype=torch.float32)
    widths = [torch.as_tensor(width, dtype=torch.float32) for _, width in sizes]
    heights = [torch.as_tensor(height, dtype=torch.float32) for height, _ in sizes]
    return widths, heights, starts
