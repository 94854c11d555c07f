"""Events of a store, a page at a time, each going on behind the last event of the one before (keyset paging)."""

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic

from sqlalchemy.exc import SQLAlchemyError

from domain.errors import SinkBusy
from domain.events import Event
from domain.stores import StoreAddress
from sinks.sql.outfits import OutfitCount
from sinks.sql.reader import ClothingTable, EventFilter, SqlReader, StoredCrossings, StoredTotals
from sinks.sql.rows import AnyEvent, Stored

_LATER_S = 5.0


@dataclass(frozen=True, slots=True)
class Page(Generic[AnyEvent]):
    """Some events.

    Attributes:
        events: By their moment.
        following: What to ask for the next page with; None where there is none.
    """

    events: tuple[AnyEvent, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows.

    Attributes:
        rows: By the moment of their events, values by the names of columns.
        following: What to ask for the next page with; None where there is none.
    """

    rows: tuple[Stored, ...]
    following: str | None


class StoredEvents:
    """Answers questions about a store. Any thread.

    Args:
        store: Which one; it is reached when somebody asks.
        windows_only: Whether totals come from windows, since nothing of single people is kept.
        min_group: Fewest people that a window may tell of.
    """

    def __init__(self, store: StoreAddress, *, windows_only: bool = False, min_group: int = 1) -> None:
        self._reader = SqlReader(store)
        self._windows_only, self._min_group = windows_only, min_group

    def page(
        self, event_class: type[AnyEvent], wanted: EventFilter, limit: int, behind: str | None = None
    ) -> Page[AnyEvent]:
        """Events of a kind.

        Args:
            event_class: The kind.
            wanted: Which of them.
            limit: How many at most.
            behind: `following` of the page before.

        Raises:
            ValueError: `behind` is none of those.
            SinkBusy: The store cannot be read now.
        """
        with _reading():
            found = self._reader.events(event_class, self._behind(wanted, behind), limit=limit + 1)
        events = tuple(found[:limit])
        return Page(events, _token(dict(events[-1])) if len(found) > limit else None)

    def rows(
        self,
        event_class: type[Event],
        wanted: EventFilter,
        limit: int,
        behind: str | None = None,
        inner: str | None = None,
    ) -> RowPage:
        """Events of a kind as rows of their table, or of a table of what is inside them.

        Args:
            event_class: The kind.
            wanted: Which of them.
            limit: How many events at most.
            behind: `following` of the page before.
            inner: That other table; its rows have the columns of their event besides.

        Raises:
            ValueError: `behind` is none of those.
            SinkBusy: The store cannot be read now.
        """
        with _reading():
            found = self._reader.rows(event_class, self._behind(wanted, behind), limit=limit + 1, inner=inner)
        shown = found[:limit]
        rows = (
            [{**one.event, **row} for one in shown for row in one.inside]
            if inner
            else [one.event for one in shown]
        )
        return RowPage(tuple(rows), _token(shown[-1].event) if len(found) > limit else None)

    def _behind(self, wanted: EventFilter, behind: str | None) -> EventFilter:
        after = _read(behind) if behind is not None else None
        return replace(wanted, min_group=self._min_group, after=after)

    def totals(self, wanted: EventFilter) -> list[StoredTotals]:
        """See `SqlReader.totals`; raises SinkBusy."""
        wanted = replace(wanted, min_group=self._min_group)
        read = self._reader.totals_of_windows if self._windows_only else self._reader.totals
        with _reading():
            return read(wanted)

    def clothing(
        self, wanted: EventFilter, table: ClothingTable = "visit_garments"
    ) -> dict[str, dict[str, int]]:
        """See `SqlReader.clothing`; raises SinkBusy."""
        wanted = replace(wanted, min_group=self._min_group)
        read = self._reader.clothing_of_windows if self._windows_only else self._reader.clothing
        with _reading():
            return read(wanted, table)

    def crossings(self, wanted: EventFilter) -> list[StoredCrossings]:
        """See `SqlReader.crossings`; raises SinkBusy."""
        with _reading():
            return self._reader.crossings(wanted)

    def outfits(self, wanted: EventFilter, limit: int) -> list[OutfitCount]:
        """See `SqlReader.outfits`; raises SinkBusy."""
        with _reading():
            return self._reader.outfits(wanted, limit=limit)

    def close(self) -> None:
        """Let go of the connections."""
        self._reader.close()


def _token(event: Stored) -> str:
    place = [event["event_time"].isoformat(), event["stream_id"], event["event_id"]]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read(token: str) -> tuple[datetime, str, str]:
    try:
        moment, stream, event = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
        return datetime.fromisoformat(moment), str(stream), str(event)
    except (binascii.Error, ValueError, TypeError):
        raise ValueError("must be what the page before gave as next") from None


@contextmanager
def _reading() -> Iterator[None]:
    """Within it, a store that cannot be read is one to be asked again later."""
    try:
        yield
    except SQLAlchemyError as error:
        told = f"the store cannot be read now ({type(error).__name__})"
        raise SinkBusy(told, retry_after_s=_LATER_S) from None
