"""Sizes and times of a spool, and the run that publishes into it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from domain.events import Event
from sinks.base import EventSink


@dataclass(frozen=True, slots=True)
class SpoolOptions:
    """Sizes and times of a spool.

    Attributes:
        commit_every_s: How long events wait for others to come into the same commit, seconds.
        states_every_s: How often at most the state of a stream is made, seconds; its events wait for it.
        states_share: Part of a stream's time that making its states may take. With a crowd in view they are made less often, but
            every five seconds.
        cursors_every_s: How long a cursor that has moved waits to be saved, seconds.
        pending: Events that may wait for a commit; whoever publishes more waits.
        unripe: Events of one stream that may wait for its state.
        last_pending: As many more may wait once the run is about to end and nobody waits any more.
        newest: Events that are kept as objects for sinks that keep up.
    """

    commit_every_s: float = 0.05
    states_every_s: float = 0.5
    states_share: float = 0.01
    cursors_every_s: float = 1.0
    pending: int = 2_000
    unripe: int = 200
    last_pending: int = 10_000
    newest: int = 2_000


@dataclass(frozen=True, slots=True)
class SpoolRun:
    """Which run publishes, and who gets its events.

    Attributes:
        run_id: The same id goes on with the same run. None publishes nothing, and only sends what waits.
        fingerprint: What decides its numbers, for whoever goes on with it.
        sinks: Get every event, over runs and crashes. The outlet closes them.
        fresh: Names of those that hold nothing of former runs, and begin with this one.
        passing: Hold nothing when the process ends, so they get all events of this run that are kept, also from before the process.
        endless: Whether nobody will go on with it where it was cut off, so that no event need be kept for that.
        opening: Events to begin with, where it is a new run.
        carried: States of streams to begin with, likewise.
    """

    run_id: str | None
    fingerprint: str
    sinks: Sequence[EventSink]
    fresh: Collection[str] = ()
    passing: Sequence[EventSink] = ()
    endless: bool = False
    opening: Sequence[Event] = ()
    carried: Mapping[str, bytes] = field(default_factory=dict)
