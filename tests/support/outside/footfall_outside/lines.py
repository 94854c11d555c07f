"""A sink that sends each event as one line over TCP, as a message broker would take it."""

import socket
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from config.component import Flag
from domain.errors import SinkBusy
from domain.events import Event
from sinks.base import EventSink, SinkContext, SinkSettings


class LinesSettings(SinkSettings):
    """One line of JSON for each event, over TCP."""

    kind: Literal["lines"] = "lines"
    port: Annotated[int, Flag("--lines-port", help="Send events to that port of this machine, too")] = Field(
        ge=1, le=65_535, description="Port on this machine"
    )
    prefix: str = Field(default="", description="Put in front of each line")

    def build(self, context: SinkContext) -> EventSink:
        """Connect when the first event comes."""
        return LinesSink(self, context.name)


class LinesSink:
    """See `EventSink`."""

    def __init__(self, settings: LinesSettings, name: str) -> None:
        self._settings = settings
        self.name = name
        self._connection: socket.socket | None = None

    def store(self, events: Sequence[Event]) -> None:
        """Send a batch."""
        try:
            if self._connection is None:
                self._connection = socket.create_connection(("127.0.0.1", self._settings.port), timeout=5)
            lines = (f"{self._settings.prefix}{event.model_dump_json()}\n" for event in events)
            self._connection.sendall("".join(lines).encode())
        except OSError as error:
            raise SinkBusy(f"nobody listens: {error}", retry_after_s=1.0) from error

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
