"""One queue, one thread, one sink: how a `FanOut` delivers."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from domain.errors import SinkBusy, SinkRejected
from domain.events import Event
from domain.summary import SinkSummary
from sinks.base import EventSink

_log = logging.getLogger(__name__)

Wait: TypeAlias = Callable[[threading.Condition, float | None], object]
"""Waits on a condition whose lock is held, for so many seconds or (None) until it is notified; may return early."""


def wait_on(condition: threading.Condition, seconds: float | None) -> None:
    """The real one."""
    condition.wait(seconds)


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """How events are queued and offered again.

    Attributes:
        queue_size: Events that may wait for one sink, those being stored included.
        batch_size: Events that a sink is given at once, at most.
        linger_s: How long an event may wait for others to fill the batch, seconds.
        stall_s: A sink that has settled nothing for that long while events waited makes no progress, seconds.
        max_retry_s: Longest time between two attempts to store a batch, seconds, unless the sink itself asks for longer.
        close_grace_s: How long closing waits beyond its deadline for a `store` that is under way, seconds.

    Raises:
        ValueError: A size is below 1, or a time below 0.
    """

    queue_size: int = 10_000
    batch_size: int = 500
    linger_s: float = 0.1
    stall_s: float = 10.0
    max_retry_s: float = 30.0
    close_grace_s: float = 20.0

    def __post_init__(self) -> None:
        for name in ("queue_size", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        for name in ("linger_s", "stall_s", "max_retry_s", "close_grace_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")


class Delivery:
    """Brings events to one sink, in order, from a thread of its own that starts at once and ends after `drain`.

    The queue keeps a batch until it is settled: stored, or refused for good. The thread closes the sink when it ends.

    Args:
        sink: Only the delivery thread calls it from here on.
        options: Sizes and times.
        clock: Monotonic seconds.
        wait: How to wait.
    """

    def __init__(
        self, sink: EventSink, options: DeliveryOptions, clock: Callable[[], float], wait: Wait
    ) -> None:
        self._sink = sink
        self._options = options
        self._clock = clock
        self._wait = wait
        self._condition = threading.Condition()
        self._queue: deque[Event] = deque()
        self._deadline: float | None = None
        self._ended = False
        self._stored = 0
        self._undelivered = 0
        self._problem: str | None = None
        self._dropping = self._away = False
        self._progress_at = clock()
        self._hurried = False
        self._thread = threading.Thread(target=self._run, name=f"deliver-{sink.name}", daemon=True)
        self._thread.start()

    def offer(self, events: Sequence[Event], *, may_wait: bool) -> Sequence[Event]:
        """Queue what there is room for, without waiting, and return the rest. Any thread may call it.

        Those who may wait leave half of the queue to those who may not, once there are such.
        """
        with self._condition:
            self._hurried = self._hurried or not may_wait
            size = self._options.queue_size
            most = size - size // 2 if may_wait and self._hurried else size
            room = 0 if self._closing else max(0, most - len(self._queue))
            if not self._queue:
                self._progress_at = self._clock()
            self._queue.extend(islice(events, room))
            self._condition.notify_all()
            return events[room:]

    def offer_rest(self, events: Sequence[Event], *, may_wait: bool) -> None:
        """Queue these too, waiting for room if that may be and the sink makes progress; count what does not go in."""
        with self._condition:
            events = self.offer(events, may_wait=may_wait)  # there may be room since: others were waited for
            while events and may_wait and self._worth_waiting():
                self._wait(self._condition, self._progress_at + self._options.stall_s - self._clock())
                events = self.offer(events, may_wait=may_wait)
            self._drop(len(events))

    def drain(self, deadline: float) -> None:
        """Take nothing more, deliver what waits until that moment of the clock, and end. The first deadline holds."""
        with self._condition:
            if self._deadline is None:
                self._deadline = deadline
            self._condition.notify_all()

    def join(self, until: float) -> None:
        """Wait for the end of the thread until that moment of the clock; says so in the log if it does not come."""
        self._thread.join(max(0.0, until - self._clock()))
        if self._thread.is_alive():
            _log.error("%s: still storing long after its own time limit; it is left behind", self._sink.name)
            with self._condition:
                self._problem = "did not come back from storing"

    def summary(self) -> SinkSummary:
        """What was stored and missed so far; once the delivery drains past its deadline, what still waits counts as missed."""
        with self._condition:
            late = self._deadline is not None and self._clock() >= self._deadline
            missed = self._undelivered + (len(self._queue) if late else 0)
            return SinkSummary(
                name=self._sink.name,
                events_stored=self._stored,
                events_undelivered=missed,
                problem=(self._problem or "the deadline came first") if missed else None,
            )

    @property
    def waiting(self) -> int:
        """Events that wait at this moment, those being stored included. Any thread."""
        with self._condition:
            return len(self._queue)

    @property
    def _closing(self) -> bool:
        return self._ended or self._deadline is not None

    def _worth_waiting(self) -> bool:
        stalled = self._clock() >= self._progress_at + self._options.stall_s
        return not self._closing and not stalled

    def _drop(self, count: int) -> None:
        if count == 0:
            return
        self._undelivered += count
        if self._dropping or self._closing:
            return
        self._dropping = True
        self._problem = self._problem or f"too slow: {self._options.queue_size} events were waiting"
        _log.error(
            "%s: %d events wait already, new ones are not delivered to it", self._sink.name, len(self._queue)
        )

    def _run(self) -> None:
        try:
            while (batch := self._next_batch()) and self._deliver(batch):
                pass
        except Exception as error:  # noqa: BLE001 - a bug in one sink must not stop the others; it is logged whole
            _log.exception("%s: failed, it gets no more events", self._sink.name)
            self._undelivered_for(f"failed: {type(error).__name__}")
        finally:
            self._end()

    def _next_batch(self) -> list[Event]:
        """The events to store next, still in the queue; none when it is time to end."""
        with self._condition:
            while not self._queue and not self._closing:
                self._wait(self._condition, None)
            full_at = self._clock() + self._options.linger_s
            while len(self._queue) < self._options.batch_size and not self._closing:
                left = full_at - self._clock()
                if left <= 0:
                    break
                self._wait(self._condition, left)
            return [] if self._too_late() else list(islice(self._queue, self._options.batch_size))

    def _too_late(self) -> bool:
        return self._deadline is not None and self._clock() >= self._deadline

    def _deliver(self, batch: list[Event]) -> bool:
        """Offer the batch until it is settled; False where the time is up first.

        A batch that is refused is halved until only the events that are refused alone stay undelivered.
        """
        failures = 0
        while True:
            try:
                self._sink.store(batch)
            except SinkBusy as busy:
                failures += 1
                if not self._pause(busy, failures):
                    return False
            except SinkRejected as refusal:
                half = len(batch) // 2
                if half:
                    return self._deliver(batch[:half]) and self._deliver(batch[half:])
                self._settle(batch, refused=str(refusal))
                return True
            else:
                self._settle(batch, refused=None)
                return True

    def _pause(self, busy: SinkBusy, failures: int) -> bool:
        """Wait before the next attempt; False where there is none. The begin of draining ends the wait."""
        self._away = True
        if failures == 1:
            _log.warning(
                "%s: %s; trying again", self._sink.name, str(busy)
            )  # not the exception, which holds its frames
        with self._condition:
            self._problem = str(busy)
            draining = self._closing
            until = self._clock() + self._backoff_s(busy, failures)
            while draining == self._closing and not self._too_late():
                left = min(until, self._deadline or until) - self._clock()
                if left <= 0:
                    break
                self._wait(self._condition, left)
            return not self._too_late()

    def _backoff_s(self, busy: SinkBusy, failures: int) -> float:
        if self._closing:  # little time is left: as often as the sink allows
            return busy.retry_after_s
        doubled = busy.retry_after_s * 2.0 ** min(failures - 1, 32)
        return max(busy.retry_after_s, min(doubled, self._options.max_retry_s))

    def _settle(self, batch: list[Event], *, refused: str | None) -> None:
        with self._condition:
            for _ in batch:
                self._queue.popleft()
            self._progress_at = self._clock()
            if refused is None:
                self._say_if_back()
                self._stored += len(batch)
                self._problem = self._problem if self._undelivered else None
            else:
                self._undelivered += len(batch)
                self._undelivered_for(refused)
            self._dropping = self._away = False
            self._condition.notify_all()

    def _say_if_back(self) -> None:
        if self._away:
            missing = f"; {self._undelivered} events are missing there" if self._undelivered else ""
            _log.warning("%s: takes events again%s", self._sink.name, missing)

    def _undelivered_for(self, reason: str) -> None:
        """Keep the reason for the summary, and log it where it is a new one."""
        if reason != self._problem:
            _log.error("%s: does not take events: %s", self._sink.name, reason)
        self._problem = reason

    def _end(self) -> None:
        with self._condition:
            self._ended = True
            self._undelivered += len(self._queue)
            self._queue.clear()
            if self._away and self._undelivered:
                _log.error("%s: %d events are missing: %s", self._sink.name, self._undelivered, self._problem)
            self._condition.notify_all()
        try:
            self._sink.close()
        except Exception:  # noqa: BLE001 - as above; the thread must end
            _log.exception("%s: failed to close", self._sink.name)
