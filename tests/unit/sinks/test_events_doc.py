"""docs/events.md says what is."""

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from domain.errors import UsageError
from domain.events import event_classes, event_from_json
from domain.events.documentation import renewed
from sinks.delivery import DeliveryOptions
from sinks.journal import RunJournal
from sinks.sql.sink import SqlSink
from sinks.sql.tables import metadata
from tests.support.events import (
    frame_event,
    health_event,
    one_of_each,
    place_events,
    visit_event,
    window_event,
)
from tests.support.provenance import ended, run_record
from tests.support.shared_data import ROOT

DOC = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOC, flags=re.DOTALL)


def test_the_page_is_current() -> None:
    assert renewed(DOC) == DOC, "run: make schemas"


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(
        UsageError,
        match=r"^the page needs the lines <!-- kinds: python -m domain\.events\.documentation docs/events\.md --> and "
        r"<!-- end of kinds -->; put them where the kinds belong$",
    ):
        renewed("# Events\n")


def test_the_examples_are_events_with_every_field() -> None:
    examples = [event_from_json(block) for block in blocks("json")]
    analysis_id = "3c1b0f7e52d84a6e9f04b7c2a1d5e860"
    expected = [frame_event(42), visit_event(), window_event(), health_event(1), *place_events()]
    assert examples == [event.model_copy(update={"analysis_id": analysis_id}) for event in expected]
    for example in examples:
        assert set(example.model_fields_set) == set(type(example).model_fields)


def test_every_field_of_every_kind_has_a_meaning() -> None:
    rows = re.findall(r"^\| `([\w.\[\]]+)` \| .* \| (.*) \|$", DOC, flags=re.MULTILINE)
    described = {name for name, meaning in rows if meaning}
    assert {name for kind in event_classes() for name in kind.model_fields} - described == {"event_type"}


def test_every_table_is_described_with_its_key() -> None:
    described = dict(re.findall(r"^\| `(\w+)` \| `([\w, ]+)` \|", DOC, flags=re.MULTILINE))
    keys = {
        name: ", ".join(column.name for column in table.primary_key)
        for name, table in metadata().tables.items()
    }
    assert keys.items() <= described.items()


def test_the_queries_run(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/footfall.db"
    journal = RunJournal(run_record())
    sink = SqlSink(url, journal=journal)
    sink.store([event.model_copy(update={"analysis_id": "a5"}) for event in one_of_each()])
    ended(journal)
    sink.end_run(whole=True)
    sink.close()
    engine = create_engine(url)
    with engine.connect() as connection:
        wore, hours, analyses = (connection.execute(text(query)).all() for query in blocks("sql"))
    engine.dispose()
    assert sorted(wore) == [("door", "pants", "unknown", 1), ("door", "upper-clothes", "red", 1)]
    assert hours == [("09", 1)]
    assert analyses == [("a5", "lite", "0.5.0", "bf16", "complete", 1)]


def test_the_figures_are_the_defaults() -> None:
    options = DeliveryOptions()
    assert f"({options.queue_size:,} events)" in DOC
    assert options.linger_s == 0.1, "the document says a tenth of a second"
