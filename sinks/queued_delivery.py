"""Delivery out of a bounded queue in memory."""

import logging
from collections.abc import Callable, Sequence

from domain.events import Event
from sinks.base import EventSink
from sinks.delivery import Delivery, DeliveryOptions, Wait
from sinks.supply import MemorySupply

_log = logging.getLogger(__name__)


class QueuedDelivery(Delivery):
    """A delivery of what is offered to it, from a bounded queue in memory. Arguments as of `Delivery`."""

    def __init__(
        self, sink: EventSink, options: DeliveryOptions, clock: Callable[[], float], wait: Wait
    ) -> None:
        self._queue = MemorySupply()
        self._dropping = self._hurried = False
        super().__init__(sink, self._queue, options, clock, wait)

    def offer(self, events: Sequence[Event], *, may_wait: bool) -> Sequence[Event]:
        """Queue what there is room for, without waiting, and return the rest. Any thread may call it.

        Those who may wait leave half of the queue to those who may not, once there are such.
        """
        with self._condition:
            self._hurried = self._hurried or not may_wait
            size = self._options.queue_size
            most = size - size // 2 if may_wait and self._hurried else size
            room = 0 if self._closing else max(0, most - self._queue.waiting())
            if not self._queue.waiting():
                self._progress_at = self._clock()
            self._queue.add(events[:room])
            self._condition.notify_all()
            return events[room:]

    def offer_rest(self, events: Sequence[Event], *, may_wait: bool) -> None:
        """Queue these too, waiting for room if that may be and the sink makes progress; count what does not go in."""
        with self._condition:
            # There may be room since: others were waited for.
            events = self.offer(events, may_wait=may_wait)
            while events and may_wait and self._worth_waiting():
                self._wait(self._condition, self._progress_at + self._options.stall_s - self._clock())
                events = self.offer(events, may_wait=may_wait)
            self._drop(len(events))

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
            "%s: %d events wait already, new ones are not delivered to it", self.name, self._queue.waiting()
        )

    def _settle(self, batch: Sequence[Event], *, refused: str | None) -> None:
        super()._settle(batch, refused=refused)
        self._dropping = False
