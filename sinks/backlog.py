"""What waits for sinks at a moment, for whoever watches over a run."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SinkBacklog:
    """What waits for one sink.

    Attributes:
        name: Of the sink.
        waiting: Events that it does not have yet.
        oldest_at: When the oldest of them was counted, by this machine's clock, UTC; None where none waits.
        problem: Why it takes none now, in one line; None where it does.
    """

    name: str
    waiting: int
    oldest_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for all of them.

    Attributes:
        sinks: One for each.
        used_bytes: Of the file that keeps it, without what was deleted in it; None where it is in memory.
        limit_bytes: How large that file may become; None where it is in memory.
    """

    sinks: tuple[SinkBacklog, ...] = ()
    used_bytes: int | None = None
    limit_bytes: int | None = None
