"""Events as a spool writes them."""

import logging
from collections.abc import Sequence

from domain.events import Event
from sinks.spool.retention import now_ms
from sinks.spool.store import Row

_log = logging.getLogger(__name__)


def row_of(event: Event) -> Row:
    """An event as it is written.

    Raises:
        ValueError: It holds text that is no Unicode.
    """
    body = event.model_dump_json().encode()
    return event.stream_id, event.event_type, event.event_id, now_ms(), body


class RowMaker:
    """Makes rows of events that wait, each once, however often their commit has to be tried again. One thread.

    It is the thread that writes: one that publishes has parsed a picture before and finds nothing of this in its caches.
    """

    def __init__(self) -> None:
        self._rows: list[Row | None] = []

    def rows(self, events: Sequence[Event]) -> list[tuple[Event, Row]]:
        """Those of them that can be written, with their rows. What cannot is a bug: it is logged, and the others go on.

        Args:
            events: All that wait, in order; those of the last call come first until `settle`.
        """
        self._rows += map(_row, events[len(self._rows) :])
        return [(event, row) for event, row in zip(events, self._rows, strict=True) if row is not None]

    def settle(self) -> None:
        """The events of the last call were committed."""
        self._rows.clear()


def _row(event: Event) -> Row | None:
    try:
        return row_of(event)
    except ValueError:
        _log.exception("an event of %r cannot be written", event.stream_id)
        return None
