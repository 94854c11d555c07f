"""What is remembered of the views of each track, and when another one is worth a parse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self, TypeAlias

import numpy as np
from pydantic import Field

from analytics.snapshots import State
from domain.frame import Boxes
from pipeline.finding import overlaps
from pipeline.views.outlines import KeptOutline

_Number = Annotated[float, Field(allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0)]

Side: TypeAlias = Literal["towards", "away", "left", "right", "standing"]
"""Which way somebody goes in the picture, and so which side of them is seen."""

# Of the best quality so far: what is better, and what is good enough to show another side or another moment.
_BETTER, _GOOD = 1.3, 0.7
# Of the views of a visit, those that are no better than others at most.
_NO_BETTER = 0.5
# Seconds after the first view until another moment is shown; doubled with each view.
_ANOTHER_MOMENT_S = 0.5
_ROUNDING_S = 1e-6
# Who is somebody and has not been shown to advantage by then is parsed anyway: a visit lasts half a second at least.
_FIRST_VIEW_S = 0.4
# Intersection over union with the box that showed nobody, below which somebody else may be there.
_MOVED = 0.5
# The same, from which a track begins where somebody was seen a frame before.
_FOLLOWS = 0.3
# Heights a second from which somebody walks.
_WALKS = 0.15
# How much of the speed that is remembered is of now.
_FRESH = 0.4


class TrackViewsState(State):
    """One track; see `TrackViews`."""

    version: Literal[1] = 1
    track_id: Annotated[int, Field(ge=1)]
    seen_s: _Number
    box: tuple[_Number, _Number, _Number, _Number]
    speed: tuple[_Number, _Number]
    views: _Count
    no_better: _Count
    refused: _Count
    wait: _Count
    best: _Number
    sharpest: _Number
    looked_s: _Number
    looked_box: tuple[_Number, _Number, _Number, _Number]
    sides: tuple[Side, ...]
    outline: KeptOutline | None = None
    known: bool = False
    alike: _Count = 0


class NewcomerState(State):
    """Somebody without a track who was parsed in the newest frame.

    Attributes:
        box: Where: left, top, right, bottom.
        there: Whether the parse showed somebody.
    """

    version: Literal[1] = 1
    box: tuple[_Number, _Number, _Number, _Number]
    there: bool


@dataclass(slots=True, eq=False)
class TrackViews:
    """The views of one track.

    Attributes:
        track_id: The track.
        seen_s: Media time when it was seen last, seconds.
        box: Where that was: left, top, right, bottom.
        speed: Columns and rows a second, smoothed, in heights of the person.
        views: Parses that showed somebody.
        no_better: Those of them that were taken although they were no better than others.
        alike: Those since one was last clearly better than all before, that one among them.
        refused: Parses that showed nobody, since the last one that showed somebody.
        wait: Frames until it is looked at again after it showed nobody.
        best: Quality of the best view.
        sharpest: Sharpness of the sharpest frame that was measured.
        looked_s: Media time of the last parse, seconds.
        looked_box: Where that was.
        sides: From which views there are.
        outline: Of the last parse that showed somebody.
        known: Whether a parse showed somebody before the track was confirmed. Nothing else was learnt from it.
    """

    track_id: int
    seen_s: float
    box: tuple[float, float, float, float]
    speed: tuple[float, float] = (0.0, 0.0)
    views: int = 0
    no_better: int = 0
    alike: int = 0
    refused: int = 0
    wait: int = 0
    best: float = 0.0
    sharpest: float = 0.0
    looked_s: float = 0.0
    looked_box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    sides: tuple[Side, ...] = ()
    outline: KeptOutline | None = None
    known: bool = False

    @property
    def somebody(self) -> bool:
        """Whether a parse has shown that somebody is there."""
        return self.known or self.views > 0

    def follow(self, newcomers: Sequence[NewcomerState]) -> None:
        """The track begins: what was seen of whom in its place, in the frame before, holds for it."""
        if not newcomers:
            return
        boxes = np.array([newcomer.box for newcomer in newcomers], np.float32)
        fits = overlaps(np.array(self.box, np.float32), boxes)
        best = int(fits.argmax())
        if fits[best] < _FOLLOWS:
            return
        if newcomers[best].there:
            self.known, self.looked_s = True, self.seen_s
        else:
            self.refuse()

    def see(self, box: Boxes, now_s: float) -> None:
        """It is seen there now, box of shape (4,)."""
        left, top, right, bottom = (float(side) for side in box)
        if now_s > self.seen_s:
            tall = max(1.0, bottom - top)
            # Feet move with the person; the middle moves when somebody is cut off, too.
            across = (left + right - self.box[0] - self.box[2]) / 2 / tall / (now_s - self.seen_s)
            down = (bottom - self.box[3]) / tall / (now_s - self.seen_s)
            old_across, old_down = self.speed
            self.speed = (
                old_across + _FRESH * (across - old_across),
                old_down + _FRESH * (down - old_down),
            )
        self.seen_s, self.box = now_s, (left, top, right, bottom)
        self.wait = max(0, self.wait - 1)

    @property
    def side(self) -> Side:
        """Which side is seen now."""
        across, down = self.speed
        if max(abs(across), abs(down)) < _WALKS:
            return "standing"
        if abs(across) >= abs(down):
            return "right" if across > 0 else "left"
        return "towards" if down > 0 else "away"

    @property
    def must_be_looked_at(self) -> bool:
        """Whether it is still to be found out if anybody is there at all, or there is nothing yet that a visit could rest on."""
        if self.somebody:
            return not self.views and self.seen_s - self.looked_s >= _FIRST_VIEW_S - _ROUNDING_S
        return not self.refused or not self.wait or self._moved()

    def is_better(self, quality: float) -> bool:
        """Whether a view of that quality would be clearly better than the best."""
        return quality > _BETTER * self.best

    @property
    def was_just_seen(self) -> bool:
        """Whether the last view is so new that one which is better still will come: who comes into the picture grows."""
        return self.views > 0 and self.seen_s - self.looked_s < _ANOTHER_MOMENT_S - _ROUNDING_S

    def is_another(self, quality: float, most: int) -> bool:
        """Whether it would show another side or moment about as well, where that is still wanted.

        Args:
            quality: Of the view.
            most: Views of a visit.
        """
        if quality < _GOOD * self.best or self.no_better >= _NO_BETTER * most:
            return False
        apart_s = self.seen_s - self.looked_s
        new_side = self.side not in self.sides and apart_s >= _ANOTHER_MOMENT_S
        return new_side or apart_s >= _ANOTHER_MOMENT_S * 2.0 ** max(0, self.alike - 1)

    def take(self, quality: float) -> None:
        """The parse of now has shown somebody, in a view of that quality."""
        if self.views and not self.is_better(quality):
            self.no_better += 1
            self.alike += 1
        else:
            self.alike = 1
        self.views += 1
        self.refused = self.wait = 0
        self.best = max(self.best, quality)
        self.sides = tuple(dict.fromkeys((*self.sides, self.side)))
        self.looked_s, self.looked_box = self.seen_s, self.box

    def refuse(self) -> None:
        """The parse of now has shown nobody: wait twice as long as the last time."""
        self.refused += 1
        self.wait = 2 ** min(self.refused, 10)
        self.looked_s, self.looked_box = self.seen_s, self.box

    def _moved(self) -> bool:
        here, before = np.array(self.box, np.float32), np.array([self.looked_box], np.float32)
        return bool(overlaps(here, before)[0] < _MOVED)

    def state(self) -> TrackViewsState:
        """As plain values."""
        return TrackViewsState(**{name: getattr(self, name) for name in _NAMES})

    @classmethod
    def of(cls, state: TrackViewsState) -> Self:
        """From plain values."""
        return cls(**{name: getattr(state, name) for name in _NAMES})


_NAMES = tuple(name for name in TrackViewsState.model_fields if name != "version")
