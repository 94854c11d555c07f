"""Everything a database holds, as events."""

from domain.events import Event
from domain.events.registry import OWN_KINDS
from sinks.sql.reader import SqlReader


def everything(url: str) -> list[Event]:
    """Events of Footfall's own kinds, each in order of time."""
    reader = SqlReader(url)
    try:
        return [event for kind in OWN_KINDS for event in reader.events(kind)]
    finally:
        reader.close()
