"""An outlet that keeps every event on disk until every sink has it."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from domain.errors import NoRoom, OutputError, SinkBusy
from domain.events import Event
from domain.names import shown_name
from domain.summary import SinkSummary
from sinks.backlog import Backlog
from sinks.delivery import Delivery, DeliveryOptions, Wait, wait_on
from sinks.outlet import Checkpoint
from sinks.spool.connection import SpoolFull
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.retention import Retention, RetentionOptions
from sinks.spool.ripening import Ripening
from sinks.spool.rows import RowMaker, row_of
from sinks.spool.store import Changes, Cursor, SpoolStore, end_run
from sinks.spool.supply import EventLog, SpoolSupply, place, settled_before

_log = logging.getLogger(__name__)
_FOLD_AFTER_S = 2.0

_UNWRITABLE = "events cannot be written as JSON; the log says which"


class SpoolOutlet:
    """An `EventOutlet` over a spool.

    1. `publish` hands events to a thread that writes, and returns. They wait until there is a state after them, which is made
       every `states_every_s`.
    2. That thread commits all that has one, every `commit_every_s`: events, states and cursors in one transaction, on the disk.
    3. Only then are the events shown to the sinks, each at its own pace, with a cursor of its own.
    4. Events that every sink has are deleted when they are too many or too old.

    Where there is no room, `publish` waits: a recording with it, and a camera drops frames and counts them as it does whenever the
    pipeline is behind. What waits for a sink at the end stays in the spool; the next outlet over it sends it.

    Args:
        store: The spool; the outlet owns it from here on.
        run: Which run publishes, and to whom.
        options: Sizes and times of the spool.
        delivery: Sizes and times of the sinks.
        retention: What is kept of what every sink has.
        clock: Monotonic seconds.
        wait: Waits on a condition whose lock is held, for so many seconds or (None) until it is notified.

    Raises:
        NoRoom: The spool has no room for the beginning of the run.
        OutputError: The cursor of a sink is ahead of the spool, or the sink cannot go back to it; or the spool cannot be written.
    """

    def __init__(  # noqa: PLR0913 - four of them have defaults
        self,
        store: SpoolStore,
        run: SpoolRun,
        *,
        options: SpoolOptions | None = None,
        delivery: DeliveryOptions | None = None,
        retention: RetentionOptions | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = wait_on,
    ) -> None:
        self._store = store
        self._run = run
        self._options = options or SpoolOptions()
        self._clock, self._wait = clock, wait
        self._condition = threading.Condition()
        self._log = EventLog(store, self._options.newest)
        self._waiting = Ripening(
            self._options.states_every_s, self._options.states_share, self._options.unripe, clock
        )
        self._rows = RowMaker()
        self._folded = False
        self._closed = self._hastened = self._ending = self._moved = False
        self._problem: str | None = None
        self._unwritable = 0
        self._bug: Exception | None = None
        self._lost = 0
        self._run_id = run.run_id or ""
        # A run that begins again where a store has been away for long must not find the door shut.
        store.use_reserve()
        try:
            before_run = self._begin(run) if run.run_id else store.last_seq
            self._supplies = self._make_supplies(before_run)
        except SinkBusy as busy:
            raise (NoRoom if isinstance(busy, SpoolFull) else OutputError)(str(busy)) from None
        store.keep_reserve()
        kept = retention or RetentionOptions()
        whole_after = before_run if run.run_id and not run.endless else None
        self._retention = Retention(store, replace(kept, whole_after=whole_after), clock)
        how = delivery or DeliveryOptions()
        self._grace_s = how.close_grace_s
        self._deliveries = [Delivery(supply.sink, supply, how, clock, wait) for supply in self._supplies]
        self._writer = threading.Thread(target=self._write, name="spool", daemon=True)
        self._writer.start()

    def publish(
        self, events: Sequence[Event], checkpoint: Checkpoint | None = None, *, may_wait: bool = False
    ) -> None:
        """See `EventOutlet.publish`. Waits while too many events wait for a commit, also where `may_wait` is false.

        A camera whose events wait for room drops frames, and counts them, instead of events that were counted.

        Raises:
            RuntimeError: The outlet is closed.
        """
        del may_wait
        began = self._clock()
        due = checkpoint is not None and self._waiting.is_due(checkpoint, len(events))
        state = checkpoint.state() if checkpoint is not None and due else None
        took_s = self._clock() - began
        with self._condition:
            while self._waiting.ripe >= self._options.pending and not (self._closed or self._hastened):
                self._wait(self._condition, None)
            if self._bug is not None:
                raise self._bug
            if self._closed:
                raise RuntimeError("events were published after the outlet was closed")
            if self._waiting.ripe >= self._options.pending + self._options.last_pending:
                self._lost += len(events)
                return
            stream_id = checkpoint.stream_id if checkpoint is not None else None
            self._waiting.add(events, stream_id, state, took_s)
            if self._waiting.has_work:
                self._condition.notify_all()

    def hasten(self) -> None:
        """See `EventOutlet.hasten`. The room that was kept for the end may be used from here on."""
        with self._condition:
            self._hastened = True
            self._condition.notify_all()

    def close(self, deadline_s: float) -> None:
        """See `EventOutlet.close`.

        1. What waits for a commit is written. 2. Every sink that takes events gets what waits for it, until the deadline; one that
        is away is not waited for. 3. The cursors are saved.
        """
        deadline = self._clock() + deadline_s
        self.hasten()
        with self._condition:
            already, self._closed = self._closed, True
            self._waiting.ripen_all()
            self._condition.notify_all()
            while self._waiting.ripe and self._writer.is_alive() and self._clock() < deadline:
                self._wait(self._condition, max(0.0, deadline - self._clock()))
        for delivery in self._deliveries:
            delivery.drain(deadline)
        for delivery in self._deliveries:
            delivery.join(deadline + self._grace_s)
        with self._condition:
            self._ending = True
            self._condition.notify_all()
        self._writer.join()
        if not already:
            self._lost += self._waiting.ripe
            self._store.close()

    def conclude(self) -> None:
        """See `EventOutlet.conclude`. A run of which events are missing is not concluded: the next one goes on with it."""
        if self._run.run_id and not self._lost:
            with suppress(sqlite3.Error):
                end_run(self._store.path, self._run.run_id)

    def problem(self) -> str | None:
        """See `EventOutlet.problem`."""
        with self._condition:
            return self._problem

    def report(self) -> tuple[SinkSummary, ...]:
        """See `EventOutlet.report`. The spool has a line of its own where it could not take everything."""
        sinks = tuple(delivery.summary() for delivery in self._deliveries)
        with self._condition:
            removed = not self._store.is_there
            if not (self._lost or removed):
                return sinks
            problem = self._problem or (_UNWRITABLE if self._unwritable else "too slow")
            if removed:
                problem = (
                    f"{shown_name(self._store.path)} was removed or renamed, and what waited in it with it"
                )
            own = SinkSummary(name="spool", events_stored=0, events_undelivered=self._lost, problem=problem)
        return *sinks, own

    def backlog(self) -> Backlog:
        """See `EventOutlet.backlog`. What waits for a commit is not in it."""
        try:
            sinks = tuple(delivery.backlog() for delivery in self._deliveries)
            return Backlog(sinks, self._store.used_bytes(), self._store.limit_bytes)
        except sqlite3.Error:
            # It is closed, or the disk fails, which `problem` tells.
            return Backlog()

    def _begin(self, run: SpoolRun) -> int:
        opening = Changes([row_of(event) for event in run.opening], run.carried)
        return self._store.begin_run(self._run_id, run.fingerprint, opening)

    def _make_supplies(self, before_run: int) -> list[SpoolSupply]:
        known, refused = self._store.cursors(), self._store.refused()
        beginning = Cursor(before_run)
        supplies = []
        for sink in self._run.sinks:
            cursor = beginning if sink.name in self._run.fresh else known.get(sink.name, beginning)
            cursor = place(sink, cursor, self._store)
            before = settled_before(cursor, [one for one in refused if one.sink == sink.name], before_run)
            supplies.append(SpoolSupply(sink, self._log, cursor, self._cursor_moved, before=before))
        if self._run.run_id:
            absent = known.keys() - {sink.name for sink in self._run.sinks}
            self._warn_of_absent({name: known[name] for name in absent})
        self._store.commit(self._run_id, Changes(cursors={one.sink.name: one.cursor for one in supplies}))
        return supplies + [
            SpoolSupply(sink, self._log, beginning, self._cursor_moved, kept=False)
            for sink in self._run.passing
        ]

    def _warn_of_absent(self, cursors: Mapping[str, Cursor]) -> None:
        for name, cursor in cursors.items():
            waiting = self._store.count(cursor.seq)
            if waiting:
                _log.warning("%d events wait for %s, which this run does not have", waiting, name)

    def _cursor_moved(self) -> None:
        with self._condition:
            self._moved = True
            self._condition.notify_all()

    def _write(self) -> None:
        """The thread that writes. A bug in it is raised by whoever publishes next."""
        try:
            self._write_until_the_end()
        except Exception as error:  # noqa: BLE001 - kept, and raised by `publish`
            _log.exception("the spool has failed")
            with self._condition:
                self._bug, self._problem, self._hastened = error, f"failed: {type(error).__name__}", True
                self._condition.notify_all()

    def _write_until_the_end(self) -> None:
        """Commit what waits, again and again, and once more at the end. Where nothing comes for a while, fold the log."""
        while True:
            with self._condition:
                came = self._await_work()
                ending = self._ending
            if not came:
                self._store.fold()
                self._folded = True
                continue
            if self._hastened:
                self._store.use_reserve()
            try:
                self._commit()
                self._retention.tidy_if_due([supply.cursor.seq for supply in self._supplies])
            except (SinkBusy, sqlite3.Error) as error:
                self._no_room(str(error))
                if ending:
                    return
                self._pause()
            else:
                if ending:
                    return

    def _await_work(self) -> bool:
        """Wait for something to commit, and for more of it; whether anything came before the log is to be folded."""
        since = self._clock()
        while not (self._waiting.has_work or self._moved or self._ending):
            left = None if self._folded else since + _FOLD_AFTER_S - self._clock()
            if left is not None and left <= 0:
                return False
            self._wait(self._condition, left)
        since = self._clock()
        while not self._closed and self._waiting.ripe < self._options.pending // 2:
            longest = (
                self._options.commit_every_s if self._waiting.has_work else self._options.cursors_every_s
            )
            left = since + longest - self._clock()
            if left <= 0:
                break
            self._wait(self._condition, left)
        return True

    def _commit(self) -> None:
        with self._condition:
            events, states = self._waiting.take()
            self._moved = False
        unsaved = [(supply, *supply.unsaved()) for supply in self._supplies if supply.kept]
        cursors = {supply.sink.name: cursor for supply, cursor, _ in unsaved if cursor is not None}
        refusals = [refusal for _, _, of_sink in unsaved for refusal in of_sink]
        if not (events or states or cursors or refusals):
            return
        pairs = self._rows.rows(events)
        changes = Changes([row for _, row in pairs], states, cursors, refusals)
        first = self._store.commit(self._run_id, changes)
        self._folded = False
        self._rows.settle()
        self._log.append(first, [event for event, _ in pairs])
        for supply, cursor, of_sink in unsaved:
            supply.saved(cursor, of_sink)
        with self._condition:
            self._waiting.settle(len(events), states)
            self._say_if_back()
            self._count_unwritable(len(events) - len(pairs))
            self._condition.notify_all()
        if pairs:
            for delivery in self._deliveries:
                delivery.announce()

    def _no_room(self, problem: str) -> None:
        """Say so once, and make what room there can be made without losing anything."""
        with self._condition:
            self._moved = True
            if self._problem is None:
                _log.error("%s; recordings wait, and cameras drop frames, until it can", problem)
            self._problem = problem
        with suppress(sqlite3.Error):
            self._retention.make_room([supply.cursor.seq for supply in self._supplies])
        # The room of its log can be used again.
        self._store.fold()

    def _say_if_back(self) -> None:
        if self._problem is not None:
            _log.warning("the spool can be written again")
            self._problem = None

    def _count_unwritable(self, count: int) -> None:
        if count:
            self._lost += count
            self._unwritable += count

    def _pause(self) -> None:
        with self._condition:
            until = self._clock() + 1.0
            while not self._ending and (left := until - self._clock()) > 0:
                self._wait(self._condition, left)
