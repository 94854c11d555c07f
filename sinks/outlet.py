"""Between the pipeline and the event sinks: each sink gets every event at its own pace, and none can stop the pipeline."""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from config.component import Component
from domain.events import Event
from domain.summary import SinkSummary
from sinks.backlog import Backlog
from sinks.base import EventSink
from sinks.delivery import DeliveryOptions, Wait, wait_on
from sinks.queued_delivery import QueuedDelivery


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a stream goes on from after its events up to here.

    Attributes:
        stream_id: Name of the stream.
        state: Makes the state, JSON. Called by `publish` in the publishing thread, or not at all.
        final: Whether nothing more comes of it: the stream has ended, or stops here to be gone on with.
    """

    stream_id: str
    state: Callable[[], bytes]
    final: bool = False


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """A run that was cut off, as an outlet has kept it.

    Attributes:
        run_id: Of the run.
        fingerprint: What decided its numbers.
        states: The newest state of each stream, JSON.
        last_at: When its newest event was kept, by that machine's clock, UTC; None where it has none.
    """

    run_id: str
    fingerprint: str
    states: Mapping[str, bytes]
    last_at: datetime | None = None


class EventOutlet(Protocol):
    """Takes the pipeline's events and sees to it that the sinks get them: from memory, or from a durable spool."""

    def publish(
        self, events: Sequence[Event], checkpoint: Checkpoint | None = None, *, may_wait: bool = False
    ) -> None:
        """Take events, in order. Any thread may call it. It does not fail when a sink is down.

        Args:
            events: What one item of one stream came to; may be nothing.
            checkpoint: The state of that stream after them. An outlet that keeps states shows events to no sink before a state
                after them is safe, so that nothing that a sink has seen is ever counted again. It need not keep every state that
                it is offered, so it is offered one with every item. Without one there is nothing to wait for.
            may_wait: Whether the stream can wait for a sink that is slow, as a recording can and a camera cannot.

        Raises:
            RuntimeError: The outlet is closed.
        """
        ...

    def hasten(self) -> None:
        """The run is about to end: whoever waits in `publish` waits no longer. Any thread may call it."""
        ...

    def close(self, deadline_s: float) -> None:
        """Deliver what is waiting, for that many seconds at most, then close every sink. May be called twice. Raises nothing."""
        ...

    def conclude(self) -> None:
        """After `close`: the run has left all its results, and need not be gone on with.

        Not called for a run that could not begin, or that was cut off. Raises nothing.
        """
        ...

    def problem(self) -> str | None:
        """Why it can keep no events now, in one line; None where it can. Any thread may call it."""
        ...

    def report(self) -> tuple[SinkSummary, ...]:
        """What became of the events, one entry a sink; final after `close`. Any thread may call it."""
        ...

    def backlog(self) -> Backlog:
        """What waits for the sinks at this moment. Any thread may call it. Raises nothing."""
        ...


class FanOut:
    """An `EventOutlet` that keeps what waits in memory: one bounded queue and one thread a sink.

    A batch stays at the head of its queue until the sink has stored it. `SinkBusy` means the same batch again, after the time the
    sink asks for, doubled with each failure up to a limit. `SinkRejected` means that the batch is halved until only the events that
    are refused alone are left, which are counted as undelivered. Any other exception is a bug in the sink: its traceback is logged,
    that sink gets nothing more, the others go on.

    Memory is bounded, so a sink that stays away long enough misses events: the newest, which are counted and reported, never lost
    silently. The lines of `events.jsonl` stay whole. A durable spool removes this limit.

    Args:
        sinks: Where every event goes. The outlet owns them from here on and closes them.
        options: Sizes and times.
        clock: Monotonic seconds.
        wait: Waits on a condition whose lock is held, for so many seconds or (None) until it is notified.
    """

    def __init__(
        self,
        sinks: Sequence[EventSink],
        *,
        options: DeliveryOptions | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = wait_on,
    ) -> None:
        self._options = options or DeliveryOptions()
        self._clock = clock
        self._publishing = threading.Lock()
        self._closed = False
        self._deliveries = [QueuedDelivery(sink, self._options, clock, wait) for sink in sinks]

    def publish(
        self, events: Sequence[Event], checkpoint: Checkpoint | None = None, *, may_wait: bool = False
    ) -> None:
        """Queue the events for every sink. States are not kept.

        Who may wait waits for a sink whose queue is full while it makes progress, and nobody else waits with it: the rest of its
        events come after what others publish meanwhile. Who may not wait loses to that sink what does not fit; once such a stream
        has published, the others leave it half of each queue.

        Raises:
            RuntimeError: The outlet is closed.
        """
        del checkpoint
        if not events:
            return
        with self._publishing:
            if self._closed:
                raise RuntimeError("events were published after the outlet was closed")
            left = [(delivery, delivery.offer(events, may_wait=may_wait)) for delivery in self._deliveries]
        for delivery, waiting in left:
            delivery.offer_rest(waiting, may_wait=may_wait)

    def hasten(self) -> None:
        """Nothing: `publish` waits only for sinks that make progress."""

    def close(self, deadline_s: float) -> None:
        """Deliver what waits, then let go of everything.

        1. Nothing more is taken.
        2. Every delivery drains its queue, all at the same time, until the deadline.
        3. What is left is counted as undelivered; each delivery closes its sink and its thread ends.

        Args:
            deadline_s: Seconds from now. A `store` that is under way then is waited for, for `close_grace_s` more.
        """
        self._closed = True
        deadline = self._clock() + deadline_s
        for delivery in self._deliveries:
            delivery.drain(deadline)
        for delivery in self._deliveries:
            delivery.join(deadline + self._options.close_grace_s)

    def conclude(self) -> None:
        """Nothing: no state is kept."""

    def problem(self) -> str | None:
        """None: what a sink misses is in its report."""
        return None

    def report(self) -> tuple[SinkSummary, ...]:
        """What each sink has stored and missed so far."""
        return tuple(delivery.summary() for delivery in self._deliveries)

    def backlog(self) -> Backlog:
        """What waits in the queues."""
        return Backlog(tuple(delivery.backlog() for delivery in self._deliveries))


@dataclass(frozen=True, slots=True)
class OutletContext:
    """What an outlet is built for.

    Attributes:
        run_id: Of the run whose events it takes.
        fingerprint: What decides the numbers of the run.
        sinks: Where every event goes. The outlet closes them.
        fresh: Names of those that hold nothing of former runs.
        passing: Hold nothing when the process ends. One that goes on with a run gives them the events from before, too, as far as
            they are kept.
        spool: The file of a spool.
        live: Whether the run has no end of its own, so that nobody will go on with it where it was cut off.
        goes_on: Whether it is a run that was cut off, again.
        opening: Said before everything else, of what a run before it has left open.
        carried: States of streams of that run that are still of use.
        keep_days: How long events stay anywhere, by table, `privacy.keep_days`.
    """

    run_id: str
    fingerprint: str
    sinks: Sequence[EventSink]
    fresh: Collection[str]
    passing: Sequence[EventSink]
    spool: Path
    live: bool = False
    goes_on: bool = False
    opening: Sequence[Event] = ()
    carried: Mapping[str, bytes] = field(default_factory=dict)
    keep_days: Mapping[str, float] = field(default_factory=dict)


class OutletSettings(Component):
    """Base of the settings of every outlet."""

    group: ClassVar[str] = "footfall.outlets"

    def look_back(self, spool: Path) -> UnfinishedRun | None:
        """The run that was cut off in that folder, if there is one that can be gone on with.

        Args:
            spool: The file of a spool, which may be missing. Its folder must be this process's alone.

        Raises:
            NoRoom: The disk is too full to read it.
            OutputError: It cannot be read.
        """
        del spool
        return None

    def build(self, context: OutletContext) -> EventOutlet:
        """Make it.

        Raises:
            OutputError: It cannot be made.
        """
        raise NotImplementedError


class MemorySettings(OutletSettings):
    """In memory: 10,000 events for each sink; what a sink has not taken when the run ends or dies is lost to it."""

    kind: Literal["memory"] = "memory"

    def build(self, context: OutletContext) -> EventOutlet:
        """See `OutletSettings.build`."""
        return in_memory(context)


def in_memory(context: OutletContext) -> EventOutlet:
    """An outlet that keeps what waits in memory."""
    outlet = FanOut([*context.sinks, *context.passing])
    outlet.publish(context.opening)
    return outlet
