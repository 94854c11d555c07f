"""How a runtime fares at a moment, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.summary import SinkSummary, StreamSummary
from pipeline.executor import ExecutorState
from pipeline.stream import StreamProgress
from pipeline.supervision import StreamStatus
from sinks.backlog import Backlog


@dataclass(frozen=True, slots=True)
class StreamState:
    """How a stream fares at a moment.

    Attributes:
        status: In a word.
        live: Whether it is a camera.
        progress: How far it has come, all parts together.
        faults: Faults of Footfall's own that it has met.
        problem: Why its newest part ended before its end, in one line.
        no_signal: Why a camera has no pictures now, in one line, where it has said so.
        last_picture_at: When its newest picture was dealt with, by this machine's clock, UTC; None before the first.
    """

    status: StreamStatus
    live: bool
    progress: StreamProgress
    faults: int
    problem: str | None
    last_picture_at: datetime | None
    no_signal: str | None = None


@dataclass(frozen=True, slots=True)
class RuntimeState:
    """How everything fares at a moment.

    Attributes:
        streams: By name, in the order in which they were added.
        parser: The parser and what waits for it.
        sinks: What became of the events so far.
        delivery_problem: Why no events can be kept now, in one line; None where they can.
        backlog: What waits for the sinks.
    """

    streams: Mapping[str, StreamState]
    parser: ExecutorState
    sinks: tuple[SinkSummary, ...]
    delivery_problem: str | None = None
    backlog: Backlog = field(default_factory=Backlog)


@dataclass(frozen=True, slots=True)
class RuntimeResult:
    """What came of it, in the end.

    Attributes:
        streams: Those that were not removed, in the order in which they were added.
        sinks: What became of the events.
        picture_problems: What pictures could not be written, one line each.
        interrupted: Whether it was told to end before the streams had.
    """

    streams: tuple[StreamSummary, ...]
    sinks: tuple[SinkSummary, ...]
    picture_problems: tuple[str, ...]
    interrupted: bool
