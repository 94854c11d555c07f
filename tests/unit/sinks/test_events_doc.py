"""docs/events.md says what is."""

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from domain.events import EVENT_CLASSES, event_from_json
from sinks.delivery import DeliveryOptions
from sinks.sql.sink import SqlSink
from sinks.sql.tables import Base
from tests.support.events import frame_event, health_event, one_of_each, visit_event, window_event
from tests.support.shared_data import ROOT

DOC = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOC, flags=re.DOTALL)


def test_the_examples_are_events_with_every_field() -> None:
    examples = [event_from_json(block) for block in blocks("json")]
    assert examples == [frame_event(42), visit_event(), window_event(), health_event(1)]
    for example in examples:
        assert set(example.model_fields_set) == set(type(example).model_fields)


@pytest.mark.parametrize("event_class", EVENT_CLASSES)
def test_every_topic_and_its_schema_are_named(event_class: type) -> None:
    topic = getattr(event_class, "topic")  # noqa: B009 - the union's class variable, by name for the type checker
    assert f"`{topic}`" in DOC
    assert f"schemas/{topic}.json" in DOC


def test_every_table_is_described_with_its_key() -> None:
    described = dict(re.findall(r"^\| `(\w+)` \| `([\w, ]+)` \|", DOC, flags=re.MULTILINE))
    keys = {
        name: ", ".join(column.name for column in table.primary_key)
        for name, table in Base.metadata.tables.items()
    }
    assert described == keys


def test_the_queries_run(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/footfall.db"
    sink = SqlSink(url)
    sink.store(one_of_each())
    sink.close()
    engine = create_engine(url)
    with engine.connect() as connection:
        wore, hours = (connection.execute(text(query)).all() for query in blocks("sql"))
    engine.dispose()
    assert sorted(wore) == [("door", "pants", "unknown", 1), ("door", "upper-clothes", "red", 1)]
    assert hours == [("09", 1)]


def test_the_figures_are_the_defaults() -> None:
    options = DeliveryOptions()
    assert f"({options.queue_size:,} events)" in DOC
    assert options.linger_s == 0.1, "the document says a tenth of a second"
