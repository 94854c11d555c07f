"""How far a spool is in Kafka: a record in a compacted topic, written in the transaction of the events that it counts."""

import os
import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaTimeoutError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sinks.kafka.cluster import KafkaCluster

CURSORS = "footfall.cursors.v1"
"""The topic. It has one partition, so that one read finds every key."""

CURSORS_MADE_WITH: Mapping[str, Any] = {
    "num_partitions": 1,
    # A transaction writes a record; small segments, compacted soon, keep the reading of all of it short.
    "configs": {
        "cleanup.policy": "compact",
        "segment.bytes": "1048576",
        "segment.ms": "600000",
        "min.cleanable.dirty.ratio": "0.1",
    },
}
_PARTITION = TopicPartition(CURSORS, 0)
_POLL_MS = 200


class Owner(BaseModel):
    """Who writes: one sink in one process.

    Attributes:
        token: No other sink has it.
        host: Name of the machine.
        pid: Process there.
    """

    model_config = ConfigDict(frozen=True)

    token: str = Field(default_factory=lambda: token_hex(8))
    host: str = Field(default_factory=socket.gethostname)
    pid: int = Field(default_factory=os.getpid)

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


class CursorRecord(BaseModel):
    """The value of a record; its key is the id of the log.

    Attributes:
        number: Of the last event that Kafka has; 0 before the first.
        event_id: Of that event.
        owner: Who wrote it.
        at: When.
    """

    model_config = ConfigDict(frozen=True)

    number: int = Field(ge=0)
    event_id: str | None
    owner: Owner
    at: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))

    def sent_for(self, log_id: str) -> dict[str, Any]:
        """As `KafkaProducer.send` takes it."""
        return {
            "topic": CURSORS,
            "partition": 0,
            "key": log_id.encode(),
            "value": self.model_dump_json().encode(),
        }


def read_cursor(
    cluster: KafkaCluster, admin: KafkaAdminClient, log_id: str, deadline: float
) -> CursorRecord | None:
    """The newest committed record of that log; None where there is none.

    A transaction of another log that is still open hides what was committed behind its beginning. So this reads up to where the
    topic ends for those who see everything, and waits until that one has ended.

    Args:
        cluster: Where.
        admin: Of the same.
        log_id: Whose.
        deadline: Moment of `time.monotonic`.

    Raises:
        KafkaError: The topic cannot be read, or not until the deadline.
        ValueError: The record is none of ours.
    """
    end = admin.list_partition_offsets({_PARTITION: OffsetSpec.LATEST})[_PARTITION].offset
    consumer = cluster.consumer()
    newest: bytes | None = None
    try:
        consumer.assign([_PARTITION])
        consumer.seek_to_beginning(_PARTITION)
        while consumer.position(_PARTITION) < end:
            if time.monotonic() > deadline:
                raise KafkaTimeoutError("the cursors cannot be read in time")
            for records in consumer.poll(timeout_ms=_POLL_MS).values():
                newest = next((r.value for r in reversed(records) if r.key == log_id.encode()), newest)
    finally:
        consumer.close()
    return CursorRecord.model_validate_json(newest) if newest else None
