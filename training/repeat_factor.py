"""Photographs with rare classes more often than others (repeat-factor sampling; Gupta et al., 2019, section 4.2)."""

from collections.abc import Sequence

import numpy as np

from training.canvas import Canvas, Rng
from training.labels import CLASSES

_LEAST_WORN = 100  # pixels of a class that a photograph must show to count as an example
_COMMON = 0.4  # part of the photographs: classes in fewer are shown more often


class RepeatFactorSampler:
    """Picks canvases of one person each; one that shows a class of share f is sqrt(0.4 / f) times as likely as a plain one.

    Args:
        canvases: To choose from.
    """

    def __init__(self, canvases: Sequence[Canvas]) -> None:
        self._canvases = canvases
        shown = [np.bincount(each.targets.ravel(), minlength=256)[: len(CLASSES)] for each in canvases]
        worn = np.array(shown, np.int64).reshape(-1, len(CLASSES)) >= _LEAST_WORN
        rare = np.sqrt(_COMMON * len(worn) / np.maximum(worn.sum(axis=0), 1))
        self._ends = np.cumsum((worn * rare).max(axis=1, initial=1.0))

    def __len__(self) -> int:
        return len(self._canvases)

    def pick(self, rng: Rng) -> Canvas:
        """Any of them."""
        return self._canvases[int(np.searchsorted(self._ends, rng.random() * self._ends[-1], side="right"))]
