"""How many pictures may be on their way at a time: beyond that the answer is "later", at once."""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Lock
from typing import TypeVar

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request

from domain.errors import Busy
from pipeline.executor import ExecutorState, Priority

_Result = TypeVar("_Result")
_GUESS_S = 0.5


class Admission:
    """Counts what is accepted, and has the threads that do it. One event loop uses it.

    Args:
        most: Pictures of each priority that may wait or be under way.
        load: How the parser fares.
        refused: Told how many pictures there was no room for.
    """

    def __init__(
        self, most: int, load: Callable[[], ExecutorState], refused: Callable[[int], object] = lambda _: None
    ) -> None:
        self._most, self._load, self._refused = most, load, refused
        self._lock = Lock()
        self._held = {Priority.INTERACTIVE: 0, Priority.BATCH: 0}
        self._threads = anyio.CapacityLimiter(2 * most)

    @property
    def held(self) -> dict[Priority, int]:
        """Pictures that are accepted and not done yet, by priority."""
        with self._lock:
            return dict(self._held)

    @contextmanager
    def admitted(self, priority: Priority, pictures: int = 1) -> Iterator[None]:
        """Within it, so many pictures are on their way. More of them than there is room for are let in where nothing else waits.

        Raises:
            Busy: There is no room.
        """
        with self._lock:
            held = self._held[priority]
            if held and held + pictures > self._most:
                self._refused(pictures)
                raise Busy(f"{held} pictures wait already", retry_after_s=self._clears_s(held))
            self._held[priority] += pictures
        try:
            yield
        finally:
            with self._lock:
                self._held[priority] -= pictures

    async def run(self, work: Callable[[Callable[[], bool]], _Result], request: Request) -> _Result:
        """Do it in a thread.

        Args:
            work: Is told how to ask whether anybody still waits for it.
            request: Who waits; its body has been read.
        """
        gone = Event()

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            gone.set()

        watching = asyncio.create_task(watch())
        try:
            return await run_sync(partial(work, lambda: not gone.is_set()), limiter=self._threads)
        finally:
            watching.cancel()

    def _clears_s(self, held: int) -> float:
        """About when half of what waits will be done, seconds."""
        load = self._load()
        return float(max(1, math.ceil(held / 2 * (load.mean_s or _GUESS_S))))
