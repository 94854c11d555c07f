"""One supply, one thread, one sink: how events are delivered."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.errors import SinkBusy, SinkRejected, SinkStopped
from domain.events import Event
from domain.summary import SinkSummary
from sinks.backlog import SinkBacklog
from sinks.base import EventSink, NumberingSink, RunKeeper, TendedSink
from sinks.supply import EventSupply

_log = logging.getLogger(__name__)
_TEND_EVERY_S = 1.0

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

    The supply keeps a batch until it is settled: stored, or refused for good. The thread closes the sink when it ends.

    Args:
        sink: Only the delivery thread calls it from here on.
        supply: What waits for it.
        options: Sizes and times.
        clock: Monotonic seconds.
        wait: How to wait.
    """

    def __init__(
        self,
        sink: EventSink,
        supply: EventSupply,
        options: DeliveryOptions,
        clock: Callable[[], float],
        wait: Wait,
    ) -> None:
        self._sink = sink
        self._supply = supply
        self._options = options
        self._clock = clock
        self._wait = wait
        self._condition = threading.Condition()
        self._deadline: float | None = None
        self._ended = False
        before = supply.before
        self._stored, self._undelivered, self._problem = before.stored, before.refused, before.reason
        self._away = False
        self._progress_at = clock()
        self._thread = threading.Thread(target=self._run, name=f"deliver-{sink.name}", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """Of the sink."""
        return self._sink.name

    def announce(self) -> None:
        """More waits. Any thread may call it."""
        with self._condition:
            self._condition.notify_all()

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
        """What was stored and missed so far.

        Once the delivery has ended, or drains past its deadline, what still waits counts as missed, or as waiting where it is kept.
        """
        with self._condition:
            left = self._supply.waiting() if self._ended or self._too_late() else 0
            durable = self._supply.durable
            missed = self._undelivered + (0 if durable else left)
            return SinkSummary(
                name=self._sink.name,
                events_stored=self._stored,
                events_undelivered=missed,
                events_waiting=left if durable else 0,
                problem=(self._problem or "the deadline came first") if missed or left else None,
            )

    def backlog(self) -> SinkBacklog:
        """What waits at this moment, those being stored included. Any thread."""
        with self._condition:
            problem = self._problem if self._away or self._ended else None
        return SinkBacklog(self._sink.name, self._supply.waiting(), self._supply.oldest_at(), problem)

    @property
    def waiting(self) -> int:
        """Events that wait at this moment, those being stored included. Any thread."""
        return self._supply.waiting()

    @property
    def _closing(self) -> bool:
        return self._ended or self._deadline is not None

    def _run(self) -> None:
        try:
            while (batch := self._next_batch()) is not None:
                if batch and not self._deliver(batch):
                    break
                if isinstance(self._sink, TendedSink):
                    self._sink.tend()
        except Exception as error:  # noqa: BLE001 - a bug in one sink must not stop the others; it is logged whole
            _log.exception("%s: failed, it gets no more events", self._sink.name)
            self._undelivered_for(f"failed: {type(error).__name__}")
        finally:
            self._end()

    def _next_batch(self) -> Sequence[Event] | None:
        """The events to store next, which still wait; none of them where it is time to tend; None when it is time to end."""
        with self._condition:
            while not self._supply.waiting() and not self._closing:
                if isinstance(self._sink, TendedSink):
                    self._wait(self._condition, _TEND_EVERY_S)
                    if not self._supply.waiting() and not self._closing:
                        return ()
                else:
                    self._wait(self._condition, None)
            full_at = self._clock() + self._options.linger_s
            while self._supply.waiting() < self._options.batch_size and not self._closing:
                left = full_at - self._clock()
                if left <= 0:
                    break
                self._wait(self._condition, left)
            if self._too_late() or not self._supply.waiting():
                return None
        return self._supply.take(self._options.batch_size)

    def _too_late(self) -> bool:
        return self._deadline is not None and self._clock() >= self._deadline

    def _deliver(self, batch: Sequence[Event]) -> bool:
        """Offer the batch until it is settled; False where the time is up first.

        A batch that is refused is halved until only the events that are refused alone stay undelivered.
        """
        failures = 0
        while True:
            try:
                self._store(batch)
            except SinkStopped as stopped:
                self._stopped(str(stopped))
                return False
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

    def _store(self, batch: Sequence[Event]) -> None:
        numbers = self._supply.numbers(len(batch)) if isinstance(self._sink, NumberingSink) else None
        if isinstance(self._sink, NumberingSink) and numbers is not None:
            self._sink.store_numbered(batch, numbers)
        else:
            self._sink.store(batch)

    def _stopped(self, reason: str) -> None:
        what = "wait" if self._supply.durable else "are missing"
        with self._condition:
            self._away = False
            self._problem = reason
        _log.error("%s gets no more events, they %s: %s", self._sink.name, what, reason)

    def _pause(self, busy: SinkBusy, failures: int) -> bool:
        """Wait before the next attempt; False where there is none. The begin of draining ends the wait.

        Once it drains, what is kept is not worth waiting for: a later run delivers it.
        """
        self._away = True
        if failures == 1:
            # Not the exception, which holds its frames.
            _log.warning("%s: %s; trying again", self._sink.name, str(busy))
        with self._condition:
            self._problem = str(busy)
            draining = self._closing
            if draining and self._supply.durable:
                return False
            until = self._clock() + self._backoff_s(busy, failures)
            while draining == self._closing and not self._too_late():
                left = min(until, self._deadline or until) - self._clock()
                if left <= 0:
                    break
                self._wait(self._condition, left)
            return not self._too_late()

    def _backoff_s(self, busy: SinkBusy, failures: int) -> float:
        # Little time is left: as often as the sink allows.
        if self._closing:
            return busy.retry_after_s
        doubled = busy.retry_after_s * 2.0 ** min(failures - 1, 32)
        return max(busy.retry_after_s, min(doubled, self._options.max_retry_s))

    def _settle(self, batch: Sequence[Event], *, refused: str | None) -> None:
        self._supply.settle(len(batch), refused)
        with self._condition:
            self._progress_at = self._clock()
            if refused is None:
                self._say_if_back()
                self._stored += len(batch)
                self._problem = self._problem if self._undelivered else None
            else:
                self._undelivered += len(batch)
                self._undelivered_for(refused)
            self._away = False
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
            left = self._supply.waiting()
            missing = self._undelivered + left
            if self._away and missing:
                what = "wait for it" if self._supply.durable else "are missing"
                _log.error("%s: %d events %s: %s", self._sink.name, missing, what, self._problem)
            whole, away = not missing, self._away
            self._condition.notify_all()
        try:
            if isinstance(self._sink, RunKeeper) and not away:
                self._sink.end_run(whole=whole)
            self._sink.close()
        except Exception:  # noqa: BLE001 - as above; the thread must end
            _log.exception("%s: failed to close", self._sink.name)
