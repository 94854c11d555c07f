"""What tests put into a spool, and find there."""

from domain.events import Event, event_from_json
from sinks.spool.rows import row_of
from sinks.spool.store import Changes, SpoolStore
from tests.support.events import frame_event

RUN = "run-1"


def rows(count: int, start: int = 0) -> Changes:
    return Changes([row_of(frame_event(index)) for index in range(start, start + count)])


def events_in(store: SpoolStore) -> list[Event]:
    return [event_from_json(body) for _, body in store.read(0, 10**6)]
