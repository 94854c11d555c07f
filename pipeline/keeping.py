"""Deleting what is too old while a run goes on, beside it."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from config.keeping import OTHERS
from domain.errors import OutputError
from pipeline.forgetting import Before, forget_closed_lines, forget_files
from pipeline.results import ResultFolder

_log = logging.getLogger(__name__)

_EVERY_S = 3600.0
_NICER = 10


class Keeper:
    """A thread that deletes what has been kept long enough, when a run begins and every hour: what no sink sees to by itself.

    Tables are the sink's own (`RowRetention`), and the spool's events go when every sink has them. Here go lines of closed files of
    events, and pictures. The file of events that grows is not touched; it is closed every day.

    Args:
        results: The run's folder, claimed.
        days: How long things stay, by key of `privacy.keep_days`.
        packs: Whether closed files of events are packed by somebody else: those that are not packed yet are left to that one.
        now: The time of this machine, UTC.
    """

    def __init__(
        self,
        results: ResultFolder,
        days: Mapping[str, float],
        *,
        packs: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._results, self._days, self._packs, self._now = results, dict(days), packs, now
        self._others: list[Callable[[Before], object]] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def also(self, forget: Callable[[Before], object]) -> None:
        """Let that, too, delete what is too old, now and later. It raises nothing but OSError."""
        self._others.append(forget)
        if self._days:
            self._ask_others(Before.of_days(self._days, OTHERS, self._now()))

    def start(self) -> None:
        """Begin, where there is anything to delete."""
        if self._days:
            self._thread.start()

    def stop(self) -> None:
        """Stop soon; may be called twice."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def tidy(self) -> None:
        """Delete what is too old now. What cannot be deleted is logged."""
        before = Before.of_days(self._days, OTHERS, self._now())
        try:
            for gone in forget_closed_lines(self._results, before, packed_only=self._packs):
                _log.info("%d %s went: %s", gone.count, gone.what, gone.place)
                if self._stopped.is_set():
                    return
            for gone in forget_files(self._results, before):
                _log.info("%d %s went: %s", gone.count, gone.what, gone.place)
        except (OutputError, OSError, EOFError) as error:
            _log.error("what is too old cannot be deleted: %s", error)
        self._ask_others(before)

    def _ask_others(self, before: Before) -> None:
        for forget in tuple(self._others):
            try:
                forget(before)
            except OSError as error:
                _log.error("what is too old cannot be deleted: %s", error)

    def _run(self) -> None:
        # Counting goes first. On Linux that is of this thread alone.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)
        self.tidy()
        while not self._stopped.wait(_EVERY_S):
            self.tidy()
