"""What a camera is learnt of: how tall people are in its picture, and how far they lean, by where they stand."""

from typing import Literal

import numpy as np

from analytics.snapshots import State

# Rows of the picture in which heights are learnt apart, so that who stands still in one place does not decide everything.
_BANDS = 16
_BAND_MOST = 200.0
_LEARNT = 12.0
# Of the picture's height: feet must have been seen so far apart before a slope is believed.
_SPREAD = 0.05
# As many persons' shoes say as much as the trunk alone, before anything is known of how people lean.
_LEAN_DOUBT = 12.0
_LEAN_MOST = 2000.0


class PerspectiveState(State):
    """What is known of each band of rows: how many feet, their mean row and the mean height, parts of the picture's height."""

    version: Literal[1] = 1
    counts: tuple[float, ...] = (0.0,) * _BANDS
    rows: tuple[float, ...] = (0.0,) * _BANDS
    heights: tuple[float, ...] = (0.0,) * _BANDS


class LeanState(State):
    """Sums of what is known of how people lean: how many, columns, their squares, shoes beside trunks, and columns times these."""

    version: Literal[1] = 1
    sums: tuple[float, float, float, float, float] = (0.0,) * 5


class BoxedState(State):
    """What was seen of people whose boxes alone come now.

    Attributes:
        above: By how much feet are above the lower side of a box, parts of its height: how often that was seen, and the mean.
        tracks: Number, then as `analytics.boxed` knows somebody: height in pixels, width by height, pixels of it that were seen,
            lower side, whether legs are hidden; the newest at the end.
    """

    version: Literal[1] = 1
    above: tuple[float, float] = (0.0, 0.0)
    tracks: tuple[tuple[int, float, float, float, float, bool], ...] = ()


class FeetState(State):
    """What a stream has learnt of its camera, and of those in view."""

    version: Literal[1] = 1
    perspective: PerspectiveState = PerspectiveState()
    lean: LeanState = LeanState()
    boxed: BoxedState = BoxedState()


class Perspective:
    """How tall people are in the picture, by the row that they stand in. All numbers are parts of the picture's height."""

    def __init__(self, state: PerspectiveState | None = None) -> None:
        state = state or PerspectiveState()
        self._counts, self._rows, self._heights = list(state.counts), list(state.rows), list(state.heights)
        self._line: tuple[float, float] | None = None
        self._fit()

    def learn(self, row: float, height: float) -> None:
        """Somebody is seen whole, who stands in that row and is that tall."""
        band = min(_BANDS - 1, max(0, int(row * _BANDS)))
        count = min(self._counts[band] + 1, _BAND_MOST)
        self._counts[band] = count
        self._rows[band] += (row - self._rows[band]) / count
        self._heights[band] += (height - self._heights[band]) / count
        self._fit()

    def height_at(self, row: float) -> float | None:
        """Of who stands in that row; None where too little is known."""
        if self._line is None:
            return None
        height = self._line[0] + self._line[1] * row
        return height if height > 0 else None

    def feet_below(self, top: float) -> float | None:
        """The row of the feet of somebody whose head ends in that row; None where too little is known."""
        if self._line is None:
            return None
        level, slope = self._line
        if slope >= 0.95:
            return None
        row = (top + level) / (1 - slope)
        return row if row > top else None

    def snapshot(self) -> PerspectiveState:
        """All that was learnt."""
        return PerspectiveState(
            counts=tuple(self._counts), rows=tuple(self._rows), heights=tuple(self._heights)
        )

    def _fit(self) -> None:
        """A line through the bands, each with as much weight as feet were seen, fifty at most."""
        weights = [min(count, 50.0) for count in self._counts]
        total = sum(weights)
        if total < _LEARNT:
            self._line = None
            return
        row = sum(weight * value for weight, value in zip(weights, self._rows, strict=True)) / total
        height = sum(weight * value for weight, value in zip(weights, self._heights, strict=True)) / total
        spread = (
            sum(weight * (value - row) ** 2 for weight, value in zip(weights, self._rows, strict=True))
            / total
        )
        if spread < _SPREAD**2:
            self._line = height, 0.0
            return
        shared = (
            sum(
                weight * (at - row) * (tall - height)
                for weight, at, tall in zip(weights, self._rows, self._heights, strict=True)
            )
            / total
        )
        slope = max(0.0, shared / spread)
        self._line = height - slope * row, slope


class Lean:
    """How far the shoes of upright people are beside their trunks, as a part of their height: a straight line over the columns.

    Ridge regression (Hoerl and Kennard, 1970) with forgetting; in the middle of the picture of a level camera it is 0.
    """

    def __init__(self, state: LeanState | None = None) -> None:
        state = state or LeanState()
        self._sums = np.array(state.sums, np.float64)

    @property
    def trust(self) -> float:
        """How much is known, 0 to 1."""
        return float(self._sums[0] / (self._sums[0] + _LEAN_DOUBT))

    def learn(self, column: float, beside: float) -> None:
        """Somebody's shoes are so far to the right of the trunk, whose column is a part of the picture's width."""
        across = column - 0.5
        if self._sums[0] >= _LEAN_MOST:
            self._sums *= 0.5
        self._sums += (1.0, across, across**2, beside, across * beside)

    def at(self, column: float) -> float:
        """How far the shoes are to the right there."""
        count, across, squares, beside, both = self._sums
        # A twelfth is the variance of columns all over the picture.
        level_weight, slope_weight = count + _LEAN_DOUBT, squares + _LEAN_DOUBT / 12
        determinant = level_weight * slope_weight - across**2
        level = (beside * slope_weight - both * across) / determinant
        slope = (both * level_weight - beside * across) / determinant
        return float(level + slope * (column - 0.5))

    def snapshot(self) -> "LeanState":
        """All that was learnt."""
        count, across, squares, beside, both = self._sums.tolist()
        return LeanState(sums=(count, across, squares, beside, both))
