"""Photographs with the boxes of everybody in them.

The labelled person's box is that of the mask. Passers-by have no labels: two detectors labelled them (`people.json` of the data
folder). Those on whom both agree, or of whom one is sure, are people; the rest is doubtful.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from domain.errors import SourceError
from training.finder.scenes import NONE, Boxes, Scene, as_boxes
from training.mixing import canvas_of
from training.shared import Photograph, data_folder

_AGREED = (0.3, 0.25)  # least scores of the two, together
_SURE = 0.6  # least score of the first alone
_SAME = 0.4  # overlap with the labelled person (IoU) from which a box is that person's
_PART_OF = 0.7  # of a box lies within the labelled person's, which makes it a piece of that person ...
_LARGE = 0.25  # ... if it is at least so tall against that one

Labels = Mapping[str, Sequence[Mapping[str, Any]]]
"""By file name within `ccp`: boxes (left, top, right, bottom) and the scores `yolox` and `retail`."""


def teachers_labels() -> Labels:
    """What the two detectors say of all photographs.

    Raises:
        SourceError: The file is missing or damaged.
    """
    path = data_folder() / "ccp/people.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{path} cannot be read; it should hold the boxes of people in photographs"
        ) from error


def photographed_scenes(photographs: Iterable[Photograph], labels: Labels) -> Iterator[Scene]:
    """Every photograph with everybody in it."""
    for photograph in photographs:
        folder = "photos" if photograph.by_people else "photos_tagged"
        yield scene_of_photograph(photograph, labels.get(f"{folder}/{photograph.name}.jpg", ()))


def scene_of_photograph(photograph: Photograph, found: Sequence[Mapping[str, Any]]) -> Scene:
    """One photograph with the person of its mask and those whom the detectors found besides."""
    left, top, width, height = cv2.boundingRect(canvas_of(photograph).person_ids)
    main = as_boxes([(left, top, left + width, top + height)]) if width else NONE
    people, doubtful = list[Boxes](main), list[Boxes]()
    for one in found:
        box = np.array(one["box"], np.float32)
        if len(main) and _is_of(box, main[0]):
            continue
        agreed = one["yolox"] >= _AGREED[0] and one["retail"] >= _AGREED[1]
        (people if agreed or one["yolox"] >= _SURE else doubtful).append(box)
    return Scene(photograph.image, as_boxes(people), as_boxes(doubtful))


def _is_of(box: Boxes, main: Boxes) -> bool:
    """Whether a box is the labelled person's, or a piece of that one."""
    both = float(np.prod(np.maximum(0, np.minimum(box[2:], main[2:]) - np.maximum(box[:2], main[:2]))))
    own, whole = float(np.prod(box[2:] - box[:2])), float(np.prod(main[2:] - main[:2]))
    piece = both > _PART_OF * own and box[3] - box[1] > _LARGE * (main[3] - main[1])
    return bool(both > _SAME * (own + whole - both) or piece)
