"""What a consumer of the Kafka topics sees."""

import time
import warnings
from dataclasses import dataclass
from typing import Any

from domain.events import Event, event_from_json
from sinks.kafka.cluster import topics

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # kafka-python reads its schemas in a deprecated way
    from kafka import KafkaConsumer, TopicPartition
    from kafka.errors import KafkaError


@dataclass(frozen=True, slots=True)
class Consumed:
    """One record."""

    topic: str
    partition: int
    key: str
    headers: dict[str, str]
    event: Event


def consume(bootstrap: str, *, isolation_level: str = "read_committed") -> list[Consumed]:
    """Every record of Footfall's topics so far, in order within each partition. Any kind of record counts, doubles included."""
    return [_consumed(record) for record in records(bootstrap, isolation_level=isolation_level)]


def records(bootstrap: str, *, isolation_level: str = "read_committed") -> list[Any]:
    """The same, as they are.

    A broker that has just come back may for a moment know of no broker, itself included: it is asked again.
    """
    deadline = time.monotonic() + 30
    while True:
        try:
            return _consume(bootstrap, isolation_level)
        except KafkaError:
            if time.monotonic() > deadline:
                raise


def _consume(bootstrap: str, isolation_level: str) -> list[Any]:
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level=isolation_level,
    )
    try:
        there = set(consumer.topics()) & set(topics())
        parts = [
            TopicPartition(topic, n) for topic in there for n in consumer.partitions_for_topic(topic) or ()
        ]
        if not parts:
            return []
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        ends = consumer.end_offsets(parts)
        found: list[Any] = []
        while any(consumer.position(part) < ends[part] for part in parts):
            for polled in consumer.poll(timeout_ms=1000).values():
                found += polled
        return found
    finally:
        consumer.close()


def _consumed(record: Any) -> Consumed:
    headers = {name: value.decode() for name, value in record.headers}
    return Consumed(
        topic=record.topic,
        partition=record.partition,
        key=record.key.decode(),
        headers=headers,
        event=event_from_json(record.value),
    )
