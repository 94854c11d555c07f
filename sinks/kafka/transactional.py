"""Events as records of Kafka topics, exactly once: records and cursor in one transaction."""

import time
from collections.abc import Sequence

from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from domain.errors import SinkBusy, SinkRejected, SinkStopped
from domain.events import Event
from sinks.base import NumberedLog
from sinks.kafka.cluster import RETRY_S, KafkaCluster, record_of
from sinks.kafka.cursor import CursorRecord, Owner
from sinks.kafka.idempotent import KafkaSink
from sinks.kafka.session import NoTransactionsError, TransactionSession
from sinks.kafka_settings import KafkaSettings

_MOST = 1000
_FEWEST = 10
_LONGEST_S = 1.0


class TransactionalKafkaSink:
    """A `NumberingSink` that writes each event once, as read by consumers with `isolation_level=read_committed`.

    Every transaction holds events and, in the topic `footfall.cursors.v1`, the number of the last of them in the log that they come
    from. Kafka commits both or neither. Whatever goes wrong in a transaction, the answer is the same. The producer is dropped, a
    new one under the same transactional id ends what the old one left open, the cursor is read back, and what lies behind it is
    sent. So it does not matter whether a commit whose answer was lost took place.

    - **Fenced** is a producer whose transactional id another one has taken, but also one whose process or disk was slow. Both read
      the cursor back. A rival is whoever has written there since: each sink has a token of its own.
    - **A log that was rolled back**, restored or copied ends before Kafka's cursor, or has another event under that number. Its
      next events would be left out as if they had been sent, so the sink stops.
    - Transactions are as large as are committed within a second, and none is open while the sink waits.

    Out of a queue in memory there are no numbers to go on from. Then it writes as `KafkaSink` does.

    Args:
        settings: Servers, time limits, topics, login. Nothing is contacted until the first event.
        name: For logs and summaries.
        run_id: Of the run that the events come from.

    Raises:
        OutputError: A certificate file cannot be read.
    """

    def __init__(self, settings: KafkaSettings, *, name: str = "kafka", run_id: str | None = None) -> None:
        self._settings = settings
        self._name = name
        self._run_id = run_id
        self._cluster = KafkaCluster(settings)
        self._unnumbered = KafkaSink(settings, name=name, run_id=run_id)
        self._owner = Owner()
        self._log: NumberedLog | None = None
        self._session: TransactionSession | None = None
        self._cursor = 0
        self._claimed = False
        self._size = _MOST
        self._closed = False

    @property
    def name(self) -> str:
        """`kafka`, unless it was given another."""
        return self._name

    def store(self, events: Sequence[Event]) -> None:
        """See `KafkaSink.store`: these have no numbers."""
        self._unnumbered.store(events)

    def follow(self, log: NumberedLog) -> None:
        """See `NumberingSink.follow`."""
        self._log = log

    def store_numbered(self, events: Sequence[Event], numbers: Sequence[int]) -> None:
        """See `NumberingSink.store_numbered`.

        Raises:
            SinkBusy: Kafka cannot be reached, does not answer in time, or broke off a transaction. What was committed until then is
                not sent again.
            SinkRejected: An event is larger than Kafka takes, and nothing of its transaction is written; or the sink is closed.
            SinkStopped: Kafka's cursor does not fit the log, or another Footfall writes for it.
        """
        if self._closed or self._log is None:
            raise SinkRejected("the sink is closed" if self._closed else "the sink follows no log")
        deadline = time.monotonic() + self._settings.store_timeout_s
        try:
            session = self._session or self._begin(self._log, numbers[0] - 1, deadline)
            waiting = [pair for pair in zip(numbers, events, strict=True) if pair[0] > self._cursor]
            while waiting:
                part, waiting = waiting[: self._size], waiting[self._size :]
                self._write(session, part, deadline)
        except MessageSizeTooLargeError:
            self._give_up_transaction()
            raise SinkRejected("Kafka takes only smaller events than one of these") from None
        except SinkStopped:
            self._drop()
            raise
        except (KafkaError, NoTransactionsError) as error:
            what = self._explain(error)
            self._drop()
            raise SinkBusy(what, retry_after_s=RETRY_S) from None

    def close(self) -> None:
        """Let go. No transaction is open between two batches. May be called twice."""
        self._closed = True
        self._unnumbered.close()
        self._drop()

    def _begin(self, log: NumberedLog, position: int, deadline: float) -> TransactionSession:
        """Take the transactional id over, and find out where to go on.

        The claim is what tells the former owner, if it is still alive, that it was not merely slow.
        """
        session = TransactionSession(self._cluster, log.id, timeout_s=self._settings.store_timeout_s)
        self._session = session
        found = self._read(session, deadline)
        if found is not None and found.number > position:
            self._check(found, log)
        self._cursor = found.number if found else position
        if found is None or found.owner != self._owner:
            event_id = found.event_id if found else log.event_id(position)
            session.commit([], self._cursor_record(self._cursor, event_id), deadline)
        self._claimed = True
        return session

    def _read(self, session: TransactionSession, deadline: float) -> CursorRecord | None:
        try:
            found = session.cursor(deadline)
        except ValueError:
            raise SinkStopped(
                f"the cursor in Kafka at {self._cluster.where} is not one of Footfall's"
            ) from None
        if self._claimed and found is not None and found.owner != self._owner:
            raise SinkStopped(
                f"{found.owner} writes the events of this spool, too, since {found.at:%Y-%m-%d %H:%M} UTC: the folder was copied; "
                f"end one of the two, or give its place up with: footfall spool forget DIR {self._name}"
            )
        return found

    def _check(self, found: CursorRecord, log: NumberedLog) -> None:
        """Make sure that what lies before Kafka's cursor and was not sent from here is what was sent."""
        if log.event_id(found.number) != found.event_id:
            raise SinkStopped(
                f"Kafka has events up to number {found.number} of this spool, which ends with {log.last_number} or has another one "
                "there: it was rolled back or copied; put the newer one back, or give up what is between with: "
                f"footfall spool forget DIR {self._name}"
            )

    def _write(self, session: TransactionSession, part: Sequence[tuple[int, Event]], deadline: float) -> None:
        """One transaction. Where it takes long, the next one is smaller."""
        begin = time.monotonic()
        number, last = part[-1]
        records = [record_of(event, self._run_id) for _, event in part]
        session.commit(records, self._cursor_record(number, last.event_id), deadline)
        self._cursor = number
        taken = time.monotonic() - begin
        if taken > _LONGEST_S:
            self._size = max(_FEWEST, len(part) // 2)
        elif taken < _LONGEST_S / 4:
            self._size = min(_MOST, 2 * self._size)

    def _cursor_record(self, number: int, event_id: str | None) -> CursorRecord:
        return CursorRecord(number=number, event_id=event_id, owner=self._owner)

    def _give_up_transaction(self) -> None:
        try:
            if self._session is not None:
                self._session.abort()
        except KafkaError:
            self._drop()

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _explain(self, error: Exception) -> str:
        if isinstance(error, NoTransactionsError):
            return (
                f"Kafka at {self._cluster.where} begins no transaction; it may need more brokers, or a smaller "
                "transaction.state.log.replication.factor"
            )
        if self._session is None and isinstance(error, KafkaTimeoutError):
            return self._cluster.unreachable()
        return self._cluster.explain(error)
