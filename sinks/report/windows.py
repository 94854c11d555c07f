"""Fewer, longer windows that say the same: what a long run is shortened to."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.events import WindowClosed
from domain.merging import joined, merged


def coarsen(windows: Sequence[WindowClosed], limit: int) -> list[WindowClosed]:
    """Merge the windows of one stream until there are at most `limit`: each round doubles their length.

    Args:
        windows: Of one stream, in order of time.
        limit: 1 or more.

    Raises:
        ValueError: The limit is not positive.
    """
    if limit < 1:
        raise ValueError(f"limit must be 1 or more, got {limit}")
    fewer = list(windows)
    while len(fewer) > limit:
        fewer = in_pairs(fewer) if _uneven(fewer) else regroup(fewer, 2 * max(one.window_s for one in fewer))
    return fewer


def in_pairs(windows: Sequence[WindowClosed]) -> list[WindowClosed]:
    """Merge each two neighbours of one stream; for windows of uneven lengths, which `privacy.min_group` makes."""
    pairs = [windows[place : place + 2] for place in range(0, len(windows), 2)]
    return [pair[0] if len(pair) == 1 else joined(pair) for pair in pairs]


def _uneven(windows: Sequence[WindowClosed]) -> bool:
    return any(window.min_group > 1 for window in windows)


def regroup(windows: Sequence[WindowClosed], window_s: int) -> list[WindowClosed]:
    """Merge the windows of one stream into ones of `window_s` seconds, aligned to the epoch.

    Counts add up to exactly the same; minimum and maximum stay the extremes; the mean is weighted by the frames it rests on.

    Args:
        windows: In order of time, each within one of the longer ones.
        window_s: A multiple of their lengths.
    """
    groups: dict[int, list[WindowClosed]] = defaultdict(list)
    for window in windows:
        groups[int(window.window_start.timestamp()) // window_s].append(window)
    return [
        group[0]
        if len(group) == 1 and group[0].window_s == window_s
        else merged(group, datetime.fromtimestamp(number * window_s, UTC), timedelta(seconds=window_s))
        for number, group in sorted(groups.items())
    ]


class KeptWindows(ABC):
    """The windows of one stream, merged into longer ones when there are too many.

    Args:
        limit: Most that are kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.kept: list[WindowClosed] = []

    @abstractmethod
    def add(self, window: WindowClosed) -> None:
        """The next one, in order of time."""


class EvenWindows(KeptWindows):
    """All of one length, aligned to the epoch."""

    def __init__(self, limit: int, window_s: int) -> None:
        super().__init__(limit)
        self._window_s = window_s

    def add(self, window: WindowClosed) -> None:
        """See `KeptWindows.add`."""
        self.kept[-1:] = regroup([*self.kept[-1:], window], self._window_s)
        if len(self.kept) > self._limit:
            self._window_s *= 2
            self.kept = regroup(self.kept, self._window_s)


class UnevenWindows(KeptWindows):
    """Each as long as it took until enough people were in it, as `privacy.min_group` makes them."""

    def add(self, window: WindowClosed) -> None:
        """See `KeptWindows.add`."""
        self.kept.append(window)
        if len(self.kept) > self._limit:
            self.kept = in_pairs(self.kept)


def kept_for(window: WindowClosed, limit: int, before: KeptWindows | None = None) -> KeptWindows:
    """What keeps windows such as that one, with those of before.

    Args:
        window: The next one.
        limit: Most that are kept.
        before: What has kept those of its stream until now.
    """
    if before is None:
        return UnevenWindows(limit) if window.min_group > 1 else EvenWindows(limit, window.window_s)
    if window.min_group == 1 or isinstance(before, UnevenWindows):
        return before
    uneven = UnevenWindows(limit)
    uneven.kept = before.kept
    return uneven
