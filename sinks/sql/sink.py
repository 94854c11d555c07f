"""Events into SQL tables."""

import logging
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event
from domain.file_ids import file_id
from domain.provenance import RunRecord
from domain.stores import StoreAddress
from sinks.journal import RunJournal
from sinks.sql.address import parse, reason
from sinks.sql.cures import cure
from sinks.sql.dialects import insert_into
from sinks.sql.engine import is_away, is_for_now, open_engine, passes, time_limit
from sinks.sql.retention import RowRetention
from sinks.sql.rows import child_rows, parent_row
from sinks.sql.runs import write_run
from sinks.sql.schema import prepare, unusable
from sinks.sql.tables import tables_by_kind
from sinks.sqlite_upkeep import fold_log, overwrite_what_goes

_log = logging.getLogger(__name__)
_FOLD_EVERY_S = 2.0
_FEW_S, _LATER_S = 1.0, 600.0
_LONGEST_MAKING_S = 60.0


class SqlSink:
    """An `EventSink` that writes to SQLite (WAL mode) or PostgreSQL.

    A batch is one transaction. An event whose id is there already is skipped, with everything inside it, so the same events may
    come any number of times, from one process or several.

    A SQLite file is made, or brought to this version, when the sink opens; so is a PostgreSQL database without tables. A PostgreSQL
    that is older is refused with the cure. One that cannot be reached when the sink opens does not keep a run from starting, and
    nor does either of them where its disk is full, or a SQLite file that another program has locked: its events wait like in any
    later outage, and its version is checked when it comes.

    Args:
        store: Its parts, or text as in `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`.
        name: For logs and summaries.
        timeout_s: How long connecting, and then storing one batch, may take, seconds. Making the tables may come to take longer.
        retry_after_s: What to tell a caller to wait while the store is away, seconds.
        journal: What the events come from; it is kept in tables of its own.
        retention: Deletes rows that are too old; None keeps them for good.
        clock: Monotonic seconds.

    Raises:
        OutputError: The address is wrong, the login is refused, the file cannot be written, or the tables are of another version.
    """

    def __init__(  # noqa: PLR0913 - all but one have defaults
        self,
        store: StoreAddress | str,
        *,
        name: str | None = None,
        timeout_s: float = 10.0,
        retry_after_s: float = 2.0,
        journal: RunJournal | None = None,
        retention: RowRetention | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = parse(store) if isinstance(store, str) else store
        self._name = name
        self._timeout_s = timeout_s
        self._retry_after_s = retry_after_s
        self._journal = journal
        self._told: RunRecord | None = None
        self._clock = clock
        self._fold_at = clock()
        self._folded = True
        self._retention = retention or RowRetention({})
        self._delete_at = clock()
        self._making_s = timeout_s
        self._prepared = False
        self._closed = False
        self._engine = open_engine(self._store, connect_timeout_s=timeout_s / 2, lock_timeout_s=timeout_s)
        try:
            self._prepare(self._engine)
        except OutputError:
            self._engine.dispose()
            raise
        except SQLAlchemyError as error:
            self._engine.dispose()
            if not self._may_come(error):
                raise unusable(error, self._store) from None
        self._file = file_id(self._store.file, follow=True) if self._store.kind == "sqlite" else None

    @property
    def name(self) -> str:
        """`sqlite` or `postgresql`, unless it was given another."""
        return self._name or self._store.kind

    def store(self, events: Sequence[Event]) -> None:
        """Insert those events that are not there yet, with everything inside them.

        Raises:
            SinkBusy: The store cannot be reached, hangs, is locked or full, or its file was removed, into which SQLite would go on
                writing; nothing of the batch is stored.
            SinkRejected: The tables are of another version, or a value does not fit; or the sink is closed.
        """
        if self._closed:
            raise SinkRejected("the sink is closed")
        if self._file is not None and file_id(self._store.file, follow=True) != self._file:
            message = f"{self._store.shown()}: it was removed or replaced while it was open"
            raise SinkBusy(message, retry_after_s=self._retry_after_s)
        try:
            self._prepare(self._engine)
            with self._engine.connect() as connection, time_limit(connection, self._timeout_s):
                told = self._tell(connection, self._journal.run if self._journal else None)
                _insert(connection, events)
                connection.commit()
                self._folded = False
                self._fold_log(connection)
            self._told = told
        except (
            OutputError
        ) as error:  # it was away when the sink opened, and turns out to be of another version
            raise SinkRejected(str(error)) from None
        except OverflowError as error:  # what sqlite3 raises for an integer of more than 64 bits
            raise SinkRejected(f"{self._store.shown()}: {error}") from None
        except DBAPIError as error:
            self._engine.dispose()
            raise self._translated(error) from None

    def end_run(self, *, whole: bool) -> None:
        """Write how the run ended; where events are missing here, nothing of it is complete here."""
        if self._journal is None or self._closed:
            return
        run = self._journal.run if whole else self._journal.run.without_numbers("events are missing here")
        try:
            self._prepare(self._engine)
            with self._engine.connect() as connection, time_limit(connection, self._timeout_s):
                self._tell(connection, run)
                connection.commit()
        except (OutputError, SQLAlchemyError) as error:
            said = reason(getattr(error, "orig", None) or error, self._store)
            _log.error("%s: how the run ended is not noted there: %s", self.name, said)

    def _tell(self, connection: Connection, run: RunRecord | None) -> RunRecord | None:
        """Write what is known of the run, where that is more than was written before."""
        if run is not None and run is not self._told:
            if self._told is None and self._journal is not None and self._journal.given_up is not None:
                write_run(connection, self._journal.given_up)
            write_run(connection, run)
        return run

    def close(self) -> None:
        """Close the connections; SQLite then folds its write-ahead log into the file."""
        self._closed = True
        self._engine.dispose()

    def _may_come(self, error: SQLAlchemyError) -> bool:
        """Whether a store that cannot be used when the sink opens is away, full or locked, so that events can wait for it."""
        if is_for_now(error):
            return True
        return self._store.kind == "postgresql" and is_away(error, self._store, self._timeout_s / 2)

    def _prepare(self, engine: Engine) -> None:
        """Make the tables, or look at them.

        A server so slow that this takes longer than a batch may would never have them, so each attempt may take twice as long.
        """
        if not self._prepared:
            limit_s = self._making_s
            self._making_s = max(limit_s, min(2 * limit_s, _LONGEST_MAKING_S))
            prepare(engine, self._store, limit_s=limit_s, deletes_from=self._retention.tables)
            self._prepared = True

    def tend(self) -> None:
        """Fold SQLite's log into the file, and delete some of the rows that are too old."""
        folds, deletes = not self._folded and self._clock() >= self._fold_at, self._clock() >= self._delete_at
        if self._closed or not self._prepared or not (folds or (deletes and self._retention.tables)):
            return
        try:
            with self._engine.connect() as connection, time_limit(connection, self._timeout_s):
                self._fold_log(connection)
                if deletes:
                    self._delete_old(connection)
        except DBAPIError as error:
            # Whatever it is, the next batch has it, too, and says so.
            self._delete_at = self._clock() + _LATER_S
            self._engine.dispose()
            _log.debug("%s: %s", self.name, reason(error.orig or error, self._store))

    def _delete_old(self, connection: Connection) -> None:
        """A few at a time, so that no batch waits long: SQLite has one writer."""
        if self._store.kind == "sqlite":
            overwrite_what_goes(connection.exec_driver_sql)
        more = self._retention.delete_some(connection)
        connection.commit()
        self._folded = self._folded and not more
        self._delete_at = self._clock() + (_FEW_S if more else _LATER_S)

    def _fold_log(self, connection: Connection) -> None:
        """Write SQLite's log into the file now and then: whoever copies the file alone misses little."""
        if self._store.kind == "sqlite" and self._clock() >= self._fold_at:
            self._fold_at = self._clock() + _FOLD_EVERY_S
            with suppress(DBAPIError):  # the batch is stored all the same
                fold_log(connection.exec_driver_sql)
                self._folded = True

    def _translated(self, error: DBAPIError) -> SinkBusy | SinkRejected:
        original = error.orig or error
        message = f"{self._store.shown()}: {reason(original, self._store)}"
        if isinstance(original, sqlite3.Error) and original.sqlite_errorcode & 0xFF in {
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
        }:
            message += f"; {cure(original)}"
        if passes(error):
            return SinkBusy(message, retry_after_s=self._retry_after_s)
        return SinkRejected(message)


def _insert(connection: Connection, events: Sequence[Event]) -> None:
    fresh: list[Event] = []
    for kind, of_kind in _by_kind(events).items():
        table = tables_by_kind()[kind].table
        statement = insert_into(connection, table).on_conflict_do_nothing().returning(table.c.event_id)
        stored = set(
            connection.execute(statement, [parent_row(event) for event in of_kind.values()]).scalars()
        )
        fresh += [event for event_id, event in of_kind.items() if event_id in stored]
    for table, rows in child_rows(fresh).items():
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), rows)


def _by_kind(events: Sequence[Event]) -> dict[type[Event], dict[str, Event]]:
    grouped: dict[type[Event], dict[str, Event]] = defaultdict(dict)
    for event in events:
        grouped[type(event)].setdefault(event.event_id, event)
    return grouped
