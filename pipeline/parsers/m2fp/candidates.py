"""Which queries of the network are something: ModelScope's scores and thresholds."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.parsing import Scores

Logits: TypeAlias = npt.NDArray[np.float32]
"""Shape (Q, 22) for classes, the last is "no object"; or (Q, h, w) for masks at stride 4; float32."""

Numbers: TypeAlias = npt.NDArray[np.int64]
"""Shape (K,) int64."""

HUMAN = 20
"""The class of whole persons; 0 to 19 are parts, 0 is background."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs of a query and a class, the surest first.

    Attributes:
        queries: Shape (K,) int64; a query may come in several pairs.
        classes: Shape (K,) int64, 0 to 20.
        scores: Shape (K,) float32, above the threshold.
    """

    queries: Numbers
    classes: Numbers
    scores: Scores

    def __len__(self) -> int:
        """How many."""
        return len(self.scores)

    def of(self, chosen: npt.NDArray[np.bool_] | slice) -> "Candidates":
        """Those chosen, in the same order."""
        return Candidates(self.queries[chosen], self.classes[chosen], self.scores[chosen])

    @property
    def humans(self) -> "Candidates":
        """Whole persons."""
        return self.of(self.classes == HUMAN)

    @property
    def parts(self) -> "Candidates":
        """Parts, background included: where it is surer than a part, there is none."""
        return self.of(self.classes != HUMAN)


def find_candidates(class_logits: Logits, mask_logits: Logits, threshold: float) -> Candidates:
    """Score pairs of query and class as ModelScope does.

    Softmax over all classes and "no object", which is then left out; the best pairs are kept, as many as there are queries;
    a pair's score is its class probability times the mean mask probability over the pixels where that is above one half;
    pairs above the threshold stay. The mean is taken at stride 4, where ModelScope takes it at frame size.

    Args:
        class_logits: Shape (Q, 22).
        mask_logits: Shape (Q, h, w), without padding.
        threshold: Least score, exclusive.

    Returns:
        The surest first, equal ones in the order of query and class.
    """
    probability = _softmax(class_logits)[:, :-1]
    order = np.argsort(-probability.ravel(), kind="stable")[: len(class_logits)]
    # A score is at most its class probability.
    order = order[probability.ravel()[order] > threshold]
    queries, classes = np.divmod(order, probability.shape[1])
    quality = {query: mask_quality(mask_logits[query]) for query in np.unique(queries)}
    scores = np.array([quality[query] for query in queries], np.float32) * probability.ravel()[order]
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > threshold]
    return Candidates(queries[order], classes[order], scores[order].astype(np.float32))


def mask_quality(logits: Logits) -> float:
    """Mean probability of a mask, shape (h, w), over the pixels where it is above one half; 0 where there are none."""
    inside = logits[logits > 0]
    return float(sigmoid(inside).mean()) if len(inside) else 0.0


def sigmoid(logits: Logits) -> Logits:
    """Probabilities of the same shape."""
    # OpenCV's is four times as fast as NumPy's.
    shrinking = cv2.exp(-np.abs(logits)).reshape(logits.shape)
    probability: Logits = (np.where(logits >= 0, 1, shrinking) / (1 + shrinking)).astype(np.float32)
    return probability


def _softmax(logits: Logits) -> Logits:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability: Logits = shifted / shifted.sum(axis=1, keepdims=True)
    return probability
