"""A producer that writes in transactions, for one log."""

import time
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from kafka.errors import KafkaTimeoutError

from sinks.kafka.cluster import KafkaCluster, topics
from sinks.kafka.cursor import CURSORS, CURSORS_MADE_WITH, CursorRecord, read_cursor

_RETRY_MS = 20
_ABORT_S = 2.0


class NoTransactionsError(Exception):
    """The cluster is there, and begins no transaction."""


class TransactionSession:
    """Opened, it is the only one that writes under the transactional id of that log, until another one is.

    kafka-python waits for the end of a transaction without a limit, hence its private halves.

    Args:
        cluster: Where.
        log_id: Whose.
        timeout_s: After that time Kafka itself ends a transaction that a dead process has left open, seconds.

    Raises:
        KafkaError: The cluster cannot be reached, or makes no topics.
        NoTransactionsError: It begins no transaction.
    """

    def __init__(self, cluster: KafkaCluster, log_id: str, *, timeout_s: float) -> None:
        self._cluster = cluster
        self._log_id = log_id
        with closing(cluster.admin()) as admin:
            cluster.make_topics(admin, {CURSORS: CURSORS_MADE_WITH, **{topic: {} for topic in topics()}})
        self._producer = cluster.producer(
            transactional_id=f"footfall-{log_id}",
            transaction_timeout_ms=max(1000, round(1000 * timeout_s)),
            retry_backoff_ms=_RETRY_MS,
        )
        try:
            self._producer.init_transactions()
        except KafkaTimeoutError:
            self.close()
            raise NoTransactionsError from None
        except BaseException:
            self.close()
            raise

    def cursor(self, deadline: float) -> CursorRecord | None:
        """How far that log is in Kafka. Whatever was open when this session was opened has ended, one way or the other.

        Raises:
            KafkaError: It cannot be read until that moment of `time.monotonic`.
            ValueError: The topic holds something else.
        """
        with closing(self._cluster.admin()) as admin:
            return read_cursor(self._cluster, admin, self._log_id, deadline)

    def commit(self, records: Iterable[dict[str, Any]], cursor: CursorRecord, deadline: float) -> None:
        """Write those and the cursor, or nothing.

        Raises:
            MessageSizeTooLargeError: One is too large; `abort` is next.
            KafkaError: It is unknown whether they are written; the session is of no use any more.
        """
        self._producer.begin_transaction()
        sent = [self._producer.send(**record) for record in (*records, cursor.sent_for(self._log_id))]
        for future in sent:
            future.get(timeout=max(0.0, deadline - time.monotonic()))
        self._end(self._producer._transaction_manager.begin_commit(), deadline)

    def abort(self) -> None:
        """Give up the transaction that is open.

        Raises:
            KafkaError: That cannot be done; the session is of no use any more.
        """
        self._end(self._producer._transaction_manager.begin_abort(), time.monotonic() + _ABORT_S)

    def close(self) -> None:
        """Let go of the producer. What it has left open ends when another session opens, or in time."""
        self._cluster.drop_producer(self._producer)

    def _end(self, result: Any, deadline: float) -> None:
        self._producer._sender.wakeup()
        if not result.wait(timeout_ms=max(0.0, 1000 * (deadline - time.monotonic()))):
            raise KafkaTimeoutError("the transaction does not end in time")
