"""Everything a database holds, as events."""

from domain.events import Event
from sinks.sql.reader import SqlReader


def everything(url: str) -> list[Event]:
    """Frames, visits, windows, health reports, each in order of time."""
    reader = SqlReader(url)
    try:
        return [*reader.frames(), *reader.visits(), *reader.windows(), *reader.health()]
    finally:
        reader.close()
