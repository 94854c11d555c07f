"""From a network's outputs to parts: pure NumPy and OpenCV."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.errors import ModelError
from domain.frame import LabelMap
from pipeline.parsers.m2fp.candidates import Candidates, mask_quality
from pipeline.parsers.m2fp.persons import distinct
from pipeline.parsers.onnx.card import Card
from pipeline.parsers.runtime import Tensor

Planes: TypeAlias = npt.NDArray[np.float32]
"""Shape (classes, h, w) float32, the higher the likelier."""

_LEAST_SCORE = 0.1
_SAME_PERSON = 0.7
_MOST_PERSONS = 50


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a network says of one input.

    Attributes:
        planes: Shape (classes, h, w); None where it gives labels.
        labels: Shape (h, w), numbers of classes; None where it gives planes.
        masks: Mask logits of whole persons, shape (N, h, w), the surest first; None where it does not tell persons apart.
        scores: Of these, shape (N,).
    """

    planes: Planes | None = None
    labels: npt.NDArray[np.int64] | None = None
    masks: Planes | None = None
    scores: npt.NDArray[np.float32] | None = None

    def parts(self, card: Card, size: tuple[int, int], shown: tuple[float, float]) -> LabelMap:
        """The part of each pixel, shape `size`, uint8.

        Args:
            card: Of the network.
            size: Height and width of what was looked at.
            shown: How much of the input it covers, of the height and of the width; the rest is padding.
        """
        words = np.array(card.parts, np.uint8)
        if self.labels is not None:
            return words[np.clip(_nearest(self.labels, size, shown), 0, len(words) - 1)]
        planes = self.planes
        assert planes is not None  # noqa: S101 - one of the two is there
        return words[_highest(planes, size, shown)]

    def owners(self, size: tuple[int, int], shown: tuple[float, float]) -> LabelMap:
        """The person of each pixel, shape `size`, uint8: position plus 1, 0 for nobody."""
        if self.masks is None or not len(self.masks):
            return np.zeros(size, np.uint8)
        nobody = np.zeros_like(self.masks[:1])
        return _highest([*nobody, *self.masks], size, shown).astype(np.uint8)


def read_outputs(card: Card, outputs: Mapping[str, Tensor]) -> Said:
    """Take what the card means from what the network gives, for one input.

    Raises:
        ModelError: It is not as the card says; the message names the place on the card.
    """
    kind = card.output.kind
    output = _named(outputs, card.output.name, "name")
    if kind == "labels":
        return Said(labels=_labels(output, len(card.classes)))
    if kind == "queries":
        masks = _named(outputs, card.output.masks, "masks", position=1)
        return _queries(output, masks, card)
    _require(output, 4, f"{kind} must have the shape (1, classes, height, width)", len(card.classes), 1)
    if kind == "probabilities" and (output.min() < -1e-3 or output.max() > 1 + 1e-3):
        raise ModelError("output.kind: probabilities lie between 0 and 1, and these do not: logits?")
    return Said(planes=output[0])


def _named(outputs: Mapping[str, Tensor], name: str | None, key: str, position: int = 0) -> Tensor:
    if name is None and position < len(outputs):
        return list(outputs.values())[position]
    if name is None or name not in outputs:
        wanted = f"no output {name}" if name else "one output only"
        raise ModelError(f"output.{key}: the network has {wanted}; there is {', '.join(outputs)}")
    return outputs[name]


def _require(output: Tensor, rank: int, words: str, classes: int, axis: int) -> None:
    if output.ndim != rank or output.shape[0] != 1:
        raise ModelError(f"output.kind: {words}, got {output.shape}")
    if output.shape[axis] != classes:
        raise ModelError(f"classes: {classes} are wanted, and the network tells {output.shape[axis]} apart")
    if not np.isfinite(output).all():
        raise ModelError("output: the network gives numbers that are none (NaN or infinite)")


def _labels(output: Tensor, classes: int) -> npt.NDArray[np.int64]:
    plane = output[0, 0] if output.ndim == 4 and output.shape[1] == 1 else output[0]
    if plane.ndim != 2 or output.shape[0] != 1:
        raise ModelError(
            f"output.kind: labels must have the shape (1, height, width) or (1, 1, height, width), got {output.shape}"
        )
    if not np.isfinite(plane).all():
        raise ModelError("output: the network gives numbers that are none (NaN or infinite)")
    numbers: npt.NDArray[np.int64] = np.rint(plane).astype(np.int64)
    if numbers.min() < 0 or numbers.max() >= classes:
        raise ModelError(
            f"classes: there are {classes} names, and the network gives the numbers {numbers.min()} to {numbers.max()}"
        )
    return numbers


def _queries(class_logits: Tensor, mask_logits: Tensor, card: Card) -> Said:
    """Semantic planes as Mask2Former makes them (Cheng et al., 2022), and the masks of whole persons where a class means these."""
    _require(
        class_logits,
        3,
        "class logits must have the shape (1, queries, classes + 1)",
        len(card.classes) + 1,
        2,
    )
    _require(
        mask_logits,
        4,
        "mask logits must have the shape (1, queries, height, width)",
        class_logits.shape[1],
        1,
    )
    shifted = np.exp(class_logits[0] - class_logits[0].max(axis=1, keepdims=True))
    sure = (shifted / shifted.sum(axis=1, keepdims=True))[:, :-1]
    person = card.person_class
    parts = sure.copy()
    if person is not None:
        # A whole person is no part.
        parts[:, person] = 0
    inside = 1 / (1 + np.exp(-np.clip(mask_logits[0], -30, 30)))
    planes = np.einsum("qc,qhw->chw", parts, inside).astype(np.float32)
    if person is None:
        return Said(planes=planes)
    masks, scores = _persons(sure[:, person], mask_logits[0])
    return Said(planes=planes, masks=masks, scores=scores)


def _persons(sure: npt.NDArray[np.float32], mask_logits: Planes) -> tuple[Planes, npt.NDArray[np.float32]]:
    scores = np.array(
        [own * mask_quality(mask) for own, mask in zip(sure, mask_logits, strict=True)], np.float32
    )
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > _LEAST_SCORE]
    found = distinct(
        Candidates(order, np.zeros_like(order), scores[order]),
        mask_logits,
        overlap=_SAME_PERSON,
        most=_MOST_PERSONS,
    )
    return mask_logits[found.queries], found.scores


def _highest(
    planes: Iterable[Planes], size: tuple[int, int], shown: tuple[float, float]
) -> npt.NDArray[np.intp]:
    """Which plane is highest at each pixel: enlarged one by one, so that no array of all classes is made at that size."""
    best = np.full(size, -np.inf, np.float32)
    which = np.zeros(size, np.intp)
    for number, plane in enumerate(planes):
        large = cv2.warpAffine(
            np.ascontiguousarray(plane),
            _to_plane(plane.shape, size, shown),
            size[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        wins = large > best
        np.copyto(best, large, where=wins)
        which[wins] = number
    return which


def _nearest(
    labels: npt.NDArray[np.int64], size: tuple[int, int], shown: tuple[float, float]
) -> npt.NDArray[np.int64]:
    rows, columns = (
        np.minimum(((np.arange(length) + 0.5) / length * share * cells).astype(np.intp), cells - 1)
        for length, share, cells in zip(size, shown, labels.shape, strict=True)
    )
    found: npt.NDArray[np.int64] = labels[rows[:, None], columns[None, :]]
    return found


def _to_plane(
    plane: tuple[int, ...], size: tuple[int, int], shown: tuple[float, float]
) -> npt.NDArray[np.float64]:
    """From the picture into the plane (x, y): pixel centres correspond."""
    steps = [cells * share / length for cells, share, length in zip(plane, shown, size, strict=True)]
    return np.array([[steps[1], 0, 0.5 * steps[1] - 0.5], [0, steps[0], 0.5 * steps[0] - 0.5]])
