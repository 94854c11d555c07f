"""SqlReader on SQLite."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.event import listen, remove

from domain.events import Event, VisitEnded, WindowClosed
from sinks.sql.reader import EventFilter, SqlReader, StoredTotals
from sinks.sql.sink import SqlSink
from tests.support.events import (
    START,
    frame_event,
    visit_event,
    window_event,
)


@pytest.fixture
def reader(url: str) -> Iterator[SqlReader]:
    sink = SqlSink(url)
    sink.store([frame_event(index, "door", persons=index) for index in range(4)])
    sink.store([frame_event(0, "yard", persons=0)])
    sink.store([visit_event(track, "door") for track in range(1, 4)] + [visit_event(1, "yard")])
    sink.store([window_event(n, "door", length) for n in range(3) for length in (10, 60)])
    sink.close()
    reader = SqlReader(url)
    yield reader
    reader.close()


def test_totals(reader: SqlReader) -> None:
    assert reader.totals() == [
        StoredTotals("door", frames=4, persons_max=3, persons_mean=1.5, visits=3),
        StoredTotals("yard", frames=1, persons_max=0, persons_mean=0.0, visits=1),
    ]
    assert reader.totals(EventFilter(until=START)) == []


def test_clothing_counts_visits(reader: SqlReader) -> None:
    assert reader.clothing() == {"upper-clothes": {"red": 4}, "pants": {"unknown": 4}}
    assert reader.clothing(EventFilter(stream_id="yard")) == {
        "upper-clothes": {"red": 1},
        "pants": {"unknown": 1},
    }


def test_a_span_takes_its_beginning_and_leaves_its_end(reader: SqlReader) -> None:
    first, second, third = (visit_event(track).event_time for track in (1, 2, 3))
    visits = reader.visits(EventFilter(since=first, until=third, stream_id="door"))
    assert [visit.event_time for visit in visits] == [first, second]


def test_lists_are_limited_and_ordered(reader: SqlReader) -> None:
    assert reader.frames(EventFilter(stream_id="door"), limit=2) == [
        frame_event(0, persons=0),
        frame_event(1, persons=1),
    ]
    assert reader.windows(EventFilter(window_s=60), limit=1) == [window_event(0, window_s=60)]
    assert len(reader.windows()) == 6
    assert reader.health() == []


def plans_of(reader: SqlReader, ask: Callable[[], object]) -> str:
    """How SQLite goes about the questions."""
    asked: list[tuple[str, Sequence[Any]]] = []

    def note(
        _connection: object, _cursor: object, statement: str, parameters: Sequence[Any], *_: object
    ) -> None:
        asked.append((statement, parameters))

    listen(reader._engine, "before_cursor_execute", note)
    ask()
    remove(reader._engine, "before_cursor_execute", note)
    with reader._engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            for statement, parameters in asked
            if statement.startswith("SELECT")
        ]
    return "\n".join(str(row[-1]) for rows in plans for row in rows)


@pytest.mark.parametrize(
    ("kind", "index"), [(VisitEnded, "ix_visits_time"), (WindowClosed, "ix_windows_time")]
)
def test_a_page_of_a_day_looks_at_nothing_else_and_sorts_nothing(
    reader: SqlReader, kind: type[Event], index: str
) -> None:
    day = EventFilter(since=START, until=START + timedelta(days=1), after=(START, "door", "x"))
    plan = plans_of(reader, lambda: reader.events(kind, day, limit=2))
    assert f"USING INDEX {index}" in plan, plan
    assert "FOR ORDER BY" not in plan.split("visit_garments")[0], plan


def test_sums_of_a_day_look_up_no_row(reader: SqlReader) -> None:
    plan = plans_of(reader, lambda: reader.totals(EventFilter(since=START, until=START + timedelta(days=1))))
    assert "SEARCH frames USING COVERING INDEX ix_frames_time" in plan, plan
    assert "SCAN frames" not in plan


def test_totals_of_windows_count_each_visit_once(reader: SqlReader) -> None:
    (door,) = reader.totals_of_windows()
    assert (door.stream_id, door.frames, door.persons_max, door.persons_mean, door.visits) == (
        "door",
        150,
        2,
        0.5,
        3,
    )
    assert reader.clothing_of_windows() == {"upper-clothes": {"red": 3}, "pants": {"unknown": 3}}
    assert reader.clothing_of_windows(table="visit_body")["upper-body"] == {"red": 3}
    assert reader.totals_of_windows(EventFilter(min_group=5)) == []
