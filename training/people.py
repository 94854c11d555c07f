"""People to paste into other pictures: cut out of photographs and of rendered frames."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.canvas import Canvas, cut_out
from training.frames import LabelledFrame, read_frame, read_truth
from training.labels import ANY_SKIN, CLASS_OF_PART, IGNORED, MERGED_SKIN
from training.shared import Photograph

_TALLEST = 380  # of stored cut-outs, pixels: more is never shown
_LEAST_CUT_OUT = 2000  # pixels of a person that are worth pasting
_UPRIGHT = 1.3  # height by width
_HOLES = 0.05  # most unknown pixels a known one
_SEEN = 0.97  # of a rendered person's height: who is half hidden is no cut-out


def people_of_photographs(photographs: Sequence[Photograph]) -> Iterator[Canvas]:
    """Those who are whole enough to be taken for one."""
    for photograph in photographs:
        person = cut_out(Canvas(photograph.image, MERGED_SKIN[photograph.labels], photograph.labels))
        if person is not None and _whole(person) and (person.targets == ANY_SKIN).any():
            yield _stored(person)


def people_of_frames(frames: Sequence[tuple[Path, str]]) -> Iterator[Canvas]:
    """Those seen from head to foot, as the frames' truth tells.

    Args:
        frames: Folders of rendered crowds and the names of frames there.

    Raises:
        SourceError: A file is missing or damaged.
    """
    for folder, name in frames:
        unhidden = [person["id"] for person in read_truth(folder, name)["people"] if _unhidden(person)]
        if unhidden:
            frame = read_frame(folder, name)
            yield from (found for number in unhidden if (found := _of_frame(frame, number)))


def _of_frame(frame: LabelledFrame, number: int) -> Canvas | None:
    targets = np.where(frame.person_ids == number, CLASS_OF_PART[frame.labels], 0).astype(np.uint8)
    person = cut_out(Canvas(frame.image, targets, frame.person_ids))
    return _stored(person) if person is not None and _whole(person) else None


def _unhidden(person: Mapping[str, Any]) -> bool:
    """Going by the boxes (left, top, right, bottom) of all of somebody and of what is seen."""
    full, visible = person["full"], person["visible"]
    return bool(person["pixels"] > _LEAST_CUT_OUT and visible[3] - visible[1] > _SEEN * (full[3] - full[1]))


def _whole(person: Canvas) -> bool:
    """Upright, large, and hardly anything unknown, which would be a hole in a pasted person."""
    known = np.count_nonzero((person.targets > 0) & (person.targets != IGNORED))
    unknown = np.count_nonzero(person.targets == IGNORED)
    upright = person.size[0] > _UPRIGHT * person.size[1]
    return bool(known > _LEAST_CUT_OUT and upright and unknown < _HOLES * known)


def _stored(person: Canvas) -> Canvas:
    height, width = person.size
    if height <= _TALLEST:
        return person
    return person.resized(_TALLEST, max(1, round(width * _TALLEST / height)))
