"""Samples in batches, made by other processes, in an order that no number of processes changes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from domain.frame import BgrImage
from training.losses import Batch
from training.targets import Sample

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)
B = TypeVar("B")


class Numbered(Protocol[S_co]):
    """Makes samples: number `index` is always the same, and there is no last one."""

    def __getitem__(self, index: int) -> S_co: ...


class _Part(Dataset[S]):
    """Those from one number up to another."""

    def __init__(self, source: Numbered[S], first: int, count: int) -> None:
        self._source, self._first, self._count = source, first, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> S:
        return self._source[self._first + index]


def batches(
    source: Numbered[S], join: Callable[[list[S]], B], which: tuple[int, int], size: int, workers: int
) -> Iterator[B]:
    """So many batches of that size.

    Batch `n` holds the samples `n * size` to `n * size + size - 1`, so training that goes on at batch `n` sees what it would have
    seen without a break.

    Args:
        source: Makes the samples.
        join: Puts the samples of a batch side by side.
        which: Number of the first batch, and how many.
        size: Samples a batch.
        workers: Processes that make them; 0 is this one.
    """
    first, count = which
    loader = DataLoader(
        _Part(source, first * size, count * size),
        batch_size=size,
        shuffle=False,
        num_workers=workers,
        collate_fn=join,
        prefetch_factor=4 if workers else None,
    )
    return iter(loader)


def images_of(pictures: Sequence[BgrImage]) -> Tensor:
    """Pictures of one size as the networks take them: shape (N, 3, H, W) float32, channels B, G, R, 0 to 255."""
    return torch.from_numpy(np.stack([each.transpose(2, 0, 1) for each in pictures]).astype(np.float32))


def collate(samples: list[Sample]) -> Batch:
    """Side by side, in the types that the losses want."""
    return Batch(
        image=images_of([sample.image for sample in samples]),
        parts=torch.from_numpy(np.stack([sample.parts for sample in samples]).astype(np.int64)),
        small=torch.from_numpy(np.stack([sample.small for sample in samples]).astype(np.float32)),
        centre=torch.from_numpy(np.stack([sample.centre for sample in samples])),
        offset=torch.from_numpy(np.stack([sample.offset for sample in samples])),
        persons=torch.from_numpy(np.stack([sample.persons for sample in samples]).astype(np.float32)),
        unknown=torch.from_numpy(np.stack([sample.unknown for sample in samples]).astype(np.float32)),
    )
