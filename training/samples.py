"""Samples in batches, made by other processes, in an order that no number of processes changes."""

from collections.abc import Iterator

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from training.losses import Batch
from training.mixing import Mixer
from training.targets import Sample


class _Numbered(Dataset[Sample]):
    """The mixer's samples from one number up to another."""

    def __init__(self, mixer: Mixer, first: int, count: int) -> None:
        self._mixer, self._first, self._count = mixer, first, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Sample:
        return self._mixer[self._first + index]


def batches(mixer: Mixer, first: int, count: int, size: int, workers: int) -> Iterator[Batch]:
    """So many batches of that size, beginning with batch number `first`.

    Batch `n` holds the samples `n * size` to `n * size + size - 1`, so training that goes on at batch `n` sees what it would have
    seen without a break.
    """
    loader = DataLoader(
        _Numbered(mixer, first * size, count * size),
        batch_size=size,
        shuffle=False,
        num_workers=workers,
        collate_fn=collate,
        prefetch_factor=4 if workers else None,
    )
    return iter(loader)


def collate(samples: list[Sample]) -> Batch:
    """Side by side, in the types that the losses want."""
    return Batch(
        image=torch.from_numpy(
            np.stack([sample.image.transpose(2, 0, 1) for sample in samples]).astype(np.float32)
        ),
        parts=torch.from_numpy(np.stack([sample.parts for sample in samples]).astype(np.int64)),
        small=torch.from_numpy(np.stack([sample.small for sample in samples]).astype(np.float32)),
        centre=torch.from_numpy(np.stack([sample.centre for sample in samples])),
        offset=torch.from_numpy(np.stack([sample.offset for sample in samples])),
        persons=torch.from_numpy(np.stack([sample.persons for sample in samples]).astype(np.float32)),
        unknown=torch.from_numpy(np.stack([sample.unknown for sample in samples]).astype(np.float32)),
    )
