"""The two kinds of sink, as law."""

from collections.abc import Sequence
from typing import Protocol

from domain.events import Event
from domain.rendering import RenderedFrame


class EventSink(Protocol):
    """Stores events. One thread at a time calls it: the one that delivers to this sink.

    A sink never drops an event silently: `store` returns when the whole batch is stored, or raises and has stored nothing that a
    second `store` of the same batch would store twice (event ids are unique and deterministic).
    """

    @property
    def name(self) -> str:
        """Short name for logs and summaries, for example `kafka`."""
        ...

    def store(self, events: Sequence[Event]) -> None:
        """Store a batch, in order. Blocks until it is stored, and for no longer than the sink's own time limit.

        Raises:
            SinkBusy: The store cannot be reached or is too slow now; offer the same batch again after `retry_after_s`.
            SinkRejected: The store refuses this batch for good.
        """
        ...

    def close(self) -> None:
        """Flush and let go, within a few seconds. May be called twice. Raises nothing."""
        ...


class FrameSink(Protocol):
    """Takes pictures, best effort. One thread calls it."""

    @property
    def wants_overlay(self) -> bool:
        """Whether the drawn picture is needed, or frame and label maps are enough."""
        ...

    def write(self, rendered: RenderedFrame) -> None:
        """Take one frame, in the order of its stream.

        Raises:
            OutputError: It cannot be written.
        """
        ...

    def close(self) -> None:
        """Finish what was begun. May be called twice.

        Raises:
            OutputError: It cannot be finished.
        """
        ...
