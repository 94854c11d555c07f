"""Event ids that were stored not long ago."""

from collections.abc import Iterable


class RecentIds:
    """Remembers event ids, the newest `size` of those added. Not for several threads at once.

    Args:
        size: How many to remember; about 150 bytes each.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        # A dict keeps the order of adding, so the oldest goes first.
        self._recent: dict[str, None] = {}

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._recent

    def add(self, event_ids: Iterable[str]) -> None:
        """Remember these, and forget the oldest beyond the size."""
        for event_id in event_ids:
            self._recent[event_id] = None
        while len(self._recent) > self._size:
            del self._recent[next(iter(self._recent))]
