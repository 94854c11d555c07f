"""From the network's outputs to persons: pure NumPy and OpenCV.

Everything is decided at stride 4; only two maps of small numbers are made at frame size.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from domain.frame import LabelMap
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.m2fp.candidates import Logits, Numbers, find_candidates
from pipeline.parsers.m2fp.compose import strongest
from pipeline.parsers.m2fp.persons import SHARED, assign, distinct
from pipeline.parsers.numbering import numbered
from pipeline.parsers.runtime import Tensor


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """Thresholds.

    Attributes:
        threshold: Least score of a part or a human; ModelScope's.
        same_person: Two humans whose masks overlap by more (intersection over union) are one.
        most_persons: The surest that many are returned.
    """

    threshold: float = 0.1
    same_person: float = 0.7
    most_persons: int = 50


@dataclass(frozen=True, slots=True, eq=False)
class RawOutputs:
    """The network's answer for one picture.

    Attributes:
        class_logits: Shape (Q, 22) float32.
        mask_logits: Shape (Q, h, w) float32 at stride 4, padding included.
    """

    class_logits: Logits
    mask_logits: Logits

    @classmethod
    def of(cls, outputs: Mapping[str, Tensor]) -> "RawOutputs":
        """Take them by name."""
        return cls(outputs["class_logits"], outputs["mask_logits"])

    def without_padding(self, geometry: Geometry) -> Logits:
        """Mask logits where the picture is, shape (Q, rows, columns)."""
        rows, columns = geometry.grid
        return self.mask_logits[:, :rows, :columns]


def decode(raw: RawOutputs, geometry: Geometry, options: DecodeOptions) -> ParsedFrame:
    """Label maps at frame size, and the persons with their scores and boxes, the surest first.

    A pixel has the part whose score times mask probability is highest among the masks that contain it. A human without any part
    is dropped: at a threshold of 0.1 it is far more often nothing than a person of whom no part can be told.
    """
    masks = raw.without_padding(geometry)
    candidates = find_candidates(raw.class_logits, masks, options.threshold)
    humans = distinct(candidates.humans, masks, overlap=options.same_person, most=options.most_persons)
    parts = candidates.parts
    owners = assign(parts, humans, masks)
    layers = zip(masks[parts.queries], parts.scores.tolist(), strict=True)
    part_map = strongest(layers, geometry)
    labels = _looked_up(parts.classes, part_map)
    person_ids = _looked_up(owners, part_map)
    if SHARED in owners:
        surest = strongest(((plane, 1.0) for plane in masks[humans.queries]), geometry)
        np.copyto(person_ids, surest, where=person_ids == SHARED & 0xFF)
    person_ids[labels == BodyPart.BACKGROUND] = 0
    return numbered(labels, person_ids, humans.scores)


def _looked_up(values: Numbers, positions: LabelMap) -> LabelMap:
    """Replace position + 1 by the value there; 0 stays 0, and SHARED becomes 255."""
    table = np.zeros(256, np.uint8)
    table[1 : len(values) + 1] = values & 0xFF
    return table[positions]
