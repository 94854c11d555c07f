"""Where a token lies, as numbers (Carion et al., "DETR", 2020)."""

import math

import torch
from torch import Tensor

_TEMPERATURE = 10000.0
_EPSILON = 1e-6


def sine_positions(size: tuple[int, int], channels: int) -> Tensor:
    """Sines and cosines of y, then of x, both running from 0 (exclusive) to 2 pi over the level.

    Returns:
        Shape (H * W, channels) float32.
    """
    height, width = size
    half = channels // 2
    rows = _axis(height, half)[:, None, :].expand(height, width, half)
    columns = _axis(width, half)[None, :, :].expand(height, width, half)
    return torch.cat([rows, columns], dim=2).reshape(-1, channels)


def _axis(length: int, channels: int) -> Tensor:
    """Shape (length, channels): sine and cosine by turns, each pair with a lower frequency than the one before."""
    position = torch.arange(1, length + 1, dtype=torch.float32) / (length + _EPSILON) * (2 * math.pi)
    frequency = _TEMPERATURE ** (-torch.arange(0, channels, 2, dtype=torch.float32) / channels)
    angle = position[:, None] * frequency
    return torch.stack([angle.sin(), angle.cos()], dim=2).reshape(-1, channels)
