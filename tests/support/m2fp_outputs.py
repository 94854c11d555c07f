"""Outputs as M2FP's network would give them, drawn by hand or at random."""

from dataclasses import dataclass

import cv2
import numpy as np

from domain.labels import BodyPart
from pipeline.parsers.geometry import STRIDE, Geometry
from pipeline.parsers.m2fp.candidates import HUMAN, Logits
from pipeline.parsers.m2fp.decode import RawOutputs

CLASSES = 22
NO_OBJECT = 21
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Drawn:
    """One query: a class with its probability, and boxes (top, left, bottom, right) at stride 4 where its mask is."""

    part: int
    boxes: tuple[Box, ...]
    probability: float = 0.9
    logit: float = 6.0


def outputs(geometry: Geometry, drawn: list[Drawn], queries: int = 100) -> RawOutputs:
    class_logits = np.zeros((queries, CLASSES), np.float32)
    class_logits[:, NO_OBJECT] = 20
    shape = geometry.input_height // STRIDE, geometry.input_width // STRIDE
    mask_logits = np.full((queries, *shape), -6, np.float32)
    for query, what in enumerate(drawn):
        rest = (1 - what.probability) / (CLASSES - 1)
        class_logits[query] = np.log(rest)
        class_logits[query, what.part] = np.log(what.probability)
        for top, left, bottom, right in what.boxes:
            mask_logits[query, top:bottom, left:right] = what.logit
    return RawOutputs(class_logits, mask_logits)


def person(top: int, left: int, height: int = 40, width: int = 16) -> list[Drawn]:
    """A human with hair, a face, clothes, trousers and a shoe, from top to bottom."""
    bottom, right = top + height, left + width
    cuts = [top + round(height * share) for share in (0, 0.1, 0.2, 0.55, 0.9, 1.0)]
    parts = (
        BodyPart.HAIR,
        BodyPart.FACE,
        BodyPart.UPPER_CLOTHES,
        BodyPart.PANTS,
        BodyPart.LEFT_SHOE,
    )
    drawn = [Drawn(HUMAN, ((top, left, bottom, right),))]
    return drawn + [
        Drawn(part, ((start, left, stop, right),))
        for part, start, stop in zip(parts, cuts[:-1], cuts[1:], strict=True)
    ]


def random_outputs(seed: int, geometry: Geometry, queries: int) -> RawOutputs:
    """Smooth blobs, so that masks overlap, touch and end anywhere; classes at random, humans more often."""
    random = np.random.default_rng(seed)
    shape = geometry.input_height // STRIDE, geometry.input_width // STRIDE
    class_logits = random.normal(0, 2, (queries, CLASSES)).astype(np.float32)
    class_logits[: queries // 4, HUMAN] += 3
    return RawOutputs(class_logits, np.stack([_blob(random, shape) for _ in range(queries)]))


def _blob(random: np.random.Generator, shape: tuple[int, int]) -> Logits:
    coarse = random.normal(-0.5, 3, (4, 5)).astype(np.float32)
    blob: Logits = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return blob
