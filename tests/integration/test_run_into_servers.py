"""A whole run into a real Kafka and a real PostgreSQL: what is in one store is in all of them."""

import gc
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from domain.events import Event, VisitEnded, WindowClosed, event_from_json
from domain.summary import RunSummary
from sinks.sql.reader import SqlReader
from tests.support.command import Footfall
from tests.support.consuming import consume
from tests.support.kafka import KafkaServer
from tests.support.sql import everything

pytestmark = pytest.mark.integration

STREAMS = ("synthetic:?seconds=12&persons=2&seed=1", "synthetic:?seconds=12&persons=3&seed=2")


def events_in(path: Path) -> list[Event]:
    return [event_from_json(line) for line in path.read_bytes().splitlines()]


def ordered(events: list[Event]) -> list[tuple[str, str]]:
    return sorted((event.event_id, event.model_dump_json()) for event in events)


def test_every_event_arrives_everywhere_once_and_in_order(
    broker: KafkaServer, database: str, tmp_path: Path, footfall: Footfall
) -> None:
    out = tmp_path / "out"

    outcome = footfall("run", *STREAMS, "--out", out, "--kafka", broker.bootstrap, "--sql", database)

    assert outcome.code == 0, outcome.err
    written = events_in(out / "events.jsonl")
    assert len({event.event_id for event in written}) == len(written) > 100
    streams = {summary.stream_id for summary in summary_of(out).streams}
    sent = [record for record in consume(broker.bootstrap) if record.key in streams]
    assert ordered([record.event for record in sent]) == ordered(written)
    assert ordered(everything(database)) == ordered(written)
    by_topic: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for record in sent:
        by_topic[record.topic, record.key].append(record.event.event_id)
    for (topic, stream), ids in by_topic.items():
        assert ids == [
            event.event_id for event in written if (event.topic, event.stream_id) == (topic, stream)
        ], f"{topic} is out of order"

    run_again = footfall("run", *STREAMS, "--out", out, "--kafka", broker.bootstrap, "--sql", database)

    assert run_again.code == 0, run_again.err
    assert ordered(everything(database)) == ordered(written), "processing again has stored something twice"
    assert ordered(events_in(out / "events.jsonl")) == ordered(written)


def test_tables_events_and_summary_tell_the_same(tmp_path: Path, footfall: Footfall) -> None:
    out = tmp_path / "out"

    outcome = footfall("run", *STREAMS, "--out", out)

    assert outcome.code == 0, outcome.err
    events = events_in(out / "events.jsonl")
    reader = SqlReader(f"sqlite:///{out / 'footfall.db'}")
    totals = {each.stream_id: each for each in reader.totals()}
    reader.close()
    for stream in summary_of(out).streams:
        visits = [
            event for event in events if isinstance(event, VisitEnded) and event.stream_id == stream.stream_id
        ]
        assert len(visits) == stream.visits == totals[stream.stream_id].visits > 0
        counted = Counter((item.part, item.color) for visit in visits for item in visit.outfit)
        assert counted == {
            (part, color): count
            for part, colors in stream.clothing.items()
            for color, count in colors.items()
        }
        minutes = [
            event
            for event in events
            if isinstance(event, WindowClosed)
            and event.window_s == 60
            and event.stream_id == stream.stream_id
        ]
        assert sum(window.visits_ended for window in minutes) == stream.visits
        assert sum(window.coverage.frames_parsed for window in minutes) == stream.frames_parsed
        assert sum(window.coverage.frames_read for window in minutes) == stream.frames_read
        assert max(window.persons_max for window in minutes) == stream.persons_max


@pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning"
)  # kafka-python leaves refused ones to the collector
def test_a_kafka_that_is_away_costs_its_own_events_only(
    tmp_path: Path, footfall: Footfall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTFALL_SHUTDOWN_DEADLINE_S", "1")
    monkeypatch.setenv("FOOTFALL_SINKS__KAFKA__STORE_TIMEOUT_S", "1")
    monkeypatch.setenv("FOOTFALL_SINKS__KAFKA__CONNECT_TIMEOUT_S", "1")
    out = tmp_path / "out"

    outcome = footfall("run", "synthetic:?seconds=4", "--out", out, "--kafka", "127.0.0.1:9")

    gc.collect()
    assert outcome.code == 4, outcome.err
    written = events_in(out / "events.jsonl")
    sinks = {sink.name: sink for sink in summary_of(out).sinks}
    assert sinks["kafka"].events_waiting == len(written) > 0
    assert sinks["kafka"].events_undelivered == 0
    assert sinks["jsonl"].events_stored == sinks["sqlite"].events_stored == len(written)
    assert "kafka" in outcome.out
    assert (out / "report.html").exists()


def summary_of(out: Path) -> RunSummary:
    return RunSummary.model_validate_json((out / "summary.json").read_bytes())
