"""The finder rests while nothing in the picture has moved since it last looked: whom it found then is there still (ADR 44)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from analytics.snapshots import State
from domain.frame import BgrImage, Boxes, Frame, SourceItem
from domain.parsing import ParsedFrame
from pipeline.finders.base import Found
from pipeline.finding import ViewParser, overlaps

COLUMNS = 160
"""Cells across a picture: 8 pixels of 1280, which are less than 4 of what `lite` looks at."""

MOVED = 4
"""Levels of 255 by which a cell may change though nothing has moved: noise and compression."""

_ROUNDING_S = 1e-6
# Least intersection over union of boxes that are the same.
_SAME = 0.7

_Cells = npt.NDArray[np.uint8]
_Count = Annotated[int, Field(ge=0)]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class SightState(State):
    """A `Sight` as plain values. There is no picture in it: a recording is read again from where the finder looked.

    Attributes:
        items: Of the stream, up to the frame in which the finder looked, and with it.
        boxes: As `Found.boxes`.
        scores, odds: As those of `Found`.
        settled, rested: As those of `Sight`.
    """

    version: Literal[1] = 1
    items: Annotated[int, Field(ge=1)]
    boxes: tuple[tuple[_Number, _Number, _Number, _Number], ...]
    scores: tuple[_Number, ...]
    odds: tuple[_Number, ...] | None
    settled: bool
    rested: _Count

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        if len({len(self.boxes), len(self.scores), len(self.scores if self.odds is None else self.odds)}) > 1:
            raise ValueError("there must be as many scores and odds as boxes")
        return self


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sight(Found):
    """Who is in a picture, found in it or in an earlier one that looks the same.

    Attributes:
        held: Whether the finder has rested.
        settled: Whether the look before that one found the same.
        rested: In how many frames of the stream the finder has rested so far.
    """

    held: bool
    settled: bool
    rested: int

    def state(self, items: int) -> SightState:
        """Fit for JSON; `items` as there."""
        return SightState(
            items=items,
            boxes=tuple(map(tuple, self.boxes.tolist())),
            scores=tuple(self.scores.tolist()),
            odds=None if self.odds is None else tuple(self.odds.tolist()),
            settled=self.settled,
            rested=self.rested,
        )

    @classmethod
    def of(cls, state: SightState) -> Self:
        """Back from its state."""
        return cls(
            np.array(state.boxes, np.float32).reshape(-1, 4),
            np.array(state.scores, np.float32),
            None if state.odds is None else np.array(state.odds, np.float32),
            held=True,
            settled=state.settled,
            rested=state.rested,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """The picture in which the finder looked last: mean luminance of its cells, height and width, and when it was taken."""

    cells: _Cells
    size: tuple[int, int]
    media_time_s: float

    @classmethod
    def of(cls, frame: Frame, cells: _Cells) -> Self:
        return cls(cells, (frame.height, frame.width), frame.media_time_s)


class Resting:
    """Lets a finder rest. One thread, items of one stream in order.

    It looks again after `rest_s` of media time at the latest, and until two looks in a row have found the same, so that what was
    seen or missed once is not held. Nothing but the frames decides.

    Args:
        find: See `PersonFinder.find`.
        rest_s: How long the finder rests at most.
        saved: What a run that this one goes on with saw last.
        again: Items that it has dealt with and that are read again: the picture in which the finder looked last, and those since.
        only_nobody: Whether it rests only where nobody is: who is there is to be parsed in every frame.
    """

    def __init__(
        self,
        find: Callable[[BgrImage], Found],
        rest_s: float,
        saved: SightState | None = None,
        again: int = 0,
        *,
        only_nobody: bool = False,
    ) -> None:
        self._find = find
        self._rest_s = rest_s
        self._only_nobody = only_nobody
        self._sight = Sight.of(saved) if saved else None
        self._again = again
        self._looked: _Looked | None = None

    def knows(self, item: SourceItem) -> bool:
        """Whether the next item is one of those that are read again: then it is to go no further."""
        if not self._again:
            return False
        if self._looked is None and isinstance(item, Frame):
            self._looked = _Looked.of(item, cells_of(item.image))
        self._again -= 1
        return True

    def find(self, frame: Frame) -> Sight:
        """Who is in the next frame. Blocks for the time of one inference at most."""
        last, cells = self._sight, cells_of(frame.image)
        if last is not None and self._may_hold(last) and self._is_as_it_was(frame, cells):
            sight = _sight(last, held=True, settled=True, rested=last.rested + 1)
        else:
            found = self._find(frame.image)
            settled = last is not None and _are_same(last.boxes, found.boxes)
            sight = _sight(found, held=False, settled=settled, rested=0 if last is None else last.rested)
            self._looked = _Looked.of(frame, cells)
        self._sight = sight
        return sight

    def _may_hold(self, last: Sight) -> bool:
        return last.settled and not (self._only_nobody and len(last))

    def _is_as_it_was(self, frame: Frame, cells: _Cells) -> bool:
        """Whether that picture was taken less than the limit ago, and nothing has moved since."""
        looked = self._looked
        if looked is None or looked.size != (frame.height, frame.width):
            return False
        since_s = frame.media_time_s - looked.media_time_s
        return 0 <= since_s < self._rest_s - _ROUNDING_S and not has_moved(looked.cells, cells)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A frame in which everybody is parsed, and who was found for it."""

    parsed: ParsedFrame
    sight: Sight


class RestingParser:
    """Parses everybody in every frame, and rests where nobody is. One thread, items of one stream in order.

    Args:
        parser: Of the stream.
        resting: Lets its finder rest where nobody is.
    """

    def __init__(self, parser: ViewParser, resting: Resting) -> None:
        self._parser = parser
        self._resting = resting

    def knows(self, item: SourceItem) -> bool:
        """See `Resting.knows`."""
        return self._resting.knows(item)

    def find(self, frame: Frame) -> Seen:
        """Everybody in the next frame. Blocks for the time of finding and parsing."""
        sight = self._resting.find(frame)
        if not len(sight):
            return Seen(ParsedFrame.empty(frame.height, frame.width), sight)
        return Seen(self._parser.parse_found(frame.image, sight), sight)


def _sight(found: Found, *, held: bool, settled: bool, rested: int) -> Sight:
    return Sight(found.boxes, found.scores, found.odds, held=held, settled=settled, rested=rested)


def cells_of(image: BgrImage) -> _Cells:
    """Mean luminance of each cell of a picture, shape (rows, COLUMNS) uint8."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    rows = max(1, round(COLUMNS * image.shape[0] / image.shape[1]))
    return np.asarray(cv2.resize(grey, (COLUMNS, rows), interpolation=cv2.INTER_AREA), np.uint8)


def has_moved(before: _Cells, now: _Cells) -> bool:
    """Whether anything has, between two pictures of the same shape."""
    return bool(cv2.absdiff(before, now).max() > MOVED)


def _are_same(before: Boxes, now: Boxes) -> bool:
    """Whether each box of before is one of now and the other way round."""
    if len(before) != len(now) or not len(now):
        return len(before) == len(now)
    same = overlaps(before[:, None], now) >= _SAME
    return bool(same.any(axis=0).all() and same.any(axis=1).all())
