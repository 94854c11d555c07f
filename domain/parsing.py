"""What a parser says about one frame."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask, Boxes, LabelMap
from domain.labels import BodyPart

Scores: TypeAlias = npt.NDArray[np.float32]
"""Shape (N,), dtype float32, 0 to 1."""

TrackIds: TypeAlias = npt.NDArray[np.int64]
"""Shape (N,), dtype int64; UNTRACKED where a person belongs to no confirmed track."""

Beliefs: TypeAlias = npt.NDArray[np.float32]
"""Shape (24,) for a person, or (N, 24), dtype float32, 0 to 1: how much of a person the parser believes to be each `BodyPart`.

It is the mean of the probabilities of the person's pixels, and so tells doubt that label maps hide: a garment of which every pixel
is a coat by a hair is half believed to be one.
"""

Outline: TypeAlias = npt.NDArray[np.float32]
"""Shape (K, 2), dtype float32: corners of a closed line, x and y in pixels of the picture; they may lie beyond its borders."""

UNTRACKED = -1


@dataclass(frozen=True, slots=True, eq=False)
class PersonView:
    """One person of a parsed frame, cut out by its box. The arrays are views, nothing is copied but `mask`.

    Attributes:
        person_id: 1 to N, the value in `ParsedFrame.person_ids`.
        score: 0 to 1.
        left, top, right, bottom: The box in whole pixels of the frame; right and bottom are one past the last pixel.
        labels: Shape (bottom - top, right - left) uint8, parts of anything inside the box.
        mask: Same shape, bool, this person's pixels.
        parsed: Whether the pixels were looked at; if not, the box is all that is known, and `mask` is empty.
        beliefs: Shape (24,); None where the parser does not tell.
        outline: Of an earlier parse, moved along; None where there is none, or the pixels of now were looked at.
    """

    person_id: int
    score: float
    left: int
    top: int
    right: int
    bottom: int
    labels: LabelMap
    mask: BoolMask
    parsed: bool = True
    beliefs: Beliefs | None = None
    outline: Outline | None = None

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the box, to cut the same piece out of the frame's image."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class ParsedFrame:
    """Every pixel of every person of one frame. Arrays are read-only.

    Attributes:
        labels: Shape (H, W) uint8, values of `BodyPart`, at frame size.
        person_ids: Shape (H, W) uint8; 0 is nobody, 1 to N are persons. A part that belongs to no person has a label and id 0.
        scores: Shape (N,) float32, how sure the parser is of each person; entry i belongs to person i + 1.
        boxes: Shape (N, 4) float32, left, top, right, bottom in pixels, right and bottom exclusive.
        parsed: Shape (N,) bool: whose pixels were looked at. Of the others nothing but the box is known, and none of the pixels is
            theirs. None stands for everybody.
        beliefs: Shape (N, 24) float32; None where the parser does not tell.
        doubtful: Shape (M, 4) float32: boxes in which somebody may be who counts as nobody. Pictures are covered there, and nothing
            else is made of them. None where there are none.

    Raises:
        ValueError: Shapes or types do not fit; the message names field, wanted and got.
    """

    labels: LabelMap
    person_ids: LabelMap
    scores: Scores
    boxes: Boxes
    parsed: BoolMask | None = None
    beliefs: Beliefs | None = None
    doubtful: Boxes | None = None
    outlines: tuple[Outline | None, ...] | None = None

    def __post_init__(self) -> None:
        count = len(self.scores)
        _check("labels", self.labels, self.person_ids.shape, np.uint8)
        _check("person_ids", self.person_ids, self.labels.shape, np.uint8)
        _check("scores", self.scores, (count,), np.float32)
        _check("boxes", self.boxes, (count, 4), np.float32)
        if self.parsed is not None:
            _check("parsed", self.parsed, (count,), np.bool_)
            self.parsed.flags.writeable = False
        if self.beliefs is not None:
            _check("beliefs", self.beliefs, (count, len(BodyPart)), np.float32)
            self.beliefs.flags.writeable = False
        if self.doubtful is not None:
            _check("doubtful", self.doubtful, (len(self.doubtful), 4), np.float32)
            self.doubtful.flags.writeable = False
        if self.outlines is not None and len(self.outlines) != count:
            raise ValueError(f"outlines must be {count}, one for each person, got {len(self.outlines)}")
        if count > 255:
            raise ValueError(f"person_ids is uint8 and holds 255 persons at most, got {count}")
        for array in (self.labels, self.person_ids, self.scores, self.boxes):
            array.flags.writeable = False

    def __len__(self) -> int:
        """How many persons."""
        return len(self.scores)

    def persons(self) -> list[PersonView]:
        """A view of each person, in the order of their ids."""
        return [self._person(person_id) for person_id in range(1, len(self) + 1)]

    def _person(self, person_id: int) -> PersonView:
        height, width = self.labels.shape
        box = self.boxes[person_id - 1]
        left, top = (max(0, int(np.floor(value))) for value in box[:2])
        right, bottom = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
        window = slice(top, bottom), slice(left, right)
        return PersonView(
            person_id=person_id,
            score=float(self.scores[person_id - 1]),
            left=left,
            top=top,
            right=right,
            bottom=bottom,
            labels=self.labels[window],
            mask=self.person_ids[window] == person_id,
            parsed=self.parsed is None or bool(self.parsed[person_id - 1]),
            beliefs=None if self.beliefs is None else self.beliefs[person_id - 1],
            outline=None if self.outlines is None else self.outlines[person_id - 1],
        )

    @classmethod
    def empty(cls, height: int, width: int) -> "ParsedFrame":
        """A frame of that size in pixels with nobody in it."""
        nobody = np.zeros((height, width), np.uint8)
        return cls(nobody, nobody.copy(), np.zeros(0, np.float32), np.zeros((0, 4), np.float32))


def _check(
    name: str, array: npt.NDArray[np.generic], shape: tuple[int, ...], dtype: type[np.generic]
) -> None:
    if array.shape != shape or array.dtype != dtype:
        wanted = "x".join(map(str, shape))
        raise ValueError(f"{name} must be {wanted} {np.dtype(dtype)}, got {array.shape} {array.dtype}")


@dataclass(frozen=True, slots=True)
class ParserInfo:
    """Which parser made a result, as written into summaries: the same name, version and precision give the same numbers."""

    name: str
    version: str
    precision: str
    checksum: str = ""
    """Of the network, SHA-256; empty where there is none."""
